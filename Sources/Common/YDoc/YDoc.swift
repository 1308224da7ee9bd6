package import ProseMirror

// A Yjs document as Docmost keeps it: the whole page is one state in the v1 update format.
//
// Read in this order: Coding (bytes and values), Store (what a document is, and how structs find their place),
// Update (reading and writing updates), Reading (the document as ProseMirror sees it), Diff (from a document to a
// target in as few changes as possible), Protocol (the frames of the live channel). It does no I/O.

/// A Yjs document.
///
/// A value: a copy is independent, and a call that throws leaves the document as it was.
package struct YDoc: Sendable {
    /// Name of the root that holds a page.
    package static let rootName = "default"

    var store = Store()

    /// An empty document.
    package init() {}

    /// Reads a state or any other update that depends on nothing.
    ///
    /// - Throws: for input that is cut, damaged or crafted, and `pending` if it is not complete.
    package init(decoding bytes: [UInt8]) throws(YDocError) {
        try store.apply(bytes)
        store.compact()
        store.deletions = DeleteSet()
    }

    /// Adds the changes of an update; what is known already has no effect.
    ///
    /// - Throws: as `init(decoding:)`.
    package mutating func apply(_ update: [UInt8]) throws(YDocError) {
        var changed = store
        try changed.apply(update)
        changed.compact()
        changed.deletions = DeleteSet()
        store = changed
    }

    /// What this document knows.
    package var stateVector: StateVector { store.stateVector }

    /// The whole document as one update, byte for byte as Yjs encodes it.
    package func encodeState() -> [UInt8] { UpdateWriter.state(of: store) }

    /// What the holder of a state vector lacks.
    package func encodeState(beyond known: StateVector) -> [UInt8] { UpdateWriter.state(of: store, beyond: known) }

    /// Whether the change of a client that ends before `clock` is in the document.
    package func contains(client: UInt64, clock: Int) -> Bool { stateVector[client] >= clock }

    /// The page as ProseMirror's JSON, exactly as Docmost's server derives it.
    package func document() -> Node { DocumentReader(store).document(root: YDoc.rootName) }
}

extension Store {
    var stateVector: StateVector {
        var vector = StateVector()
        for client in clients { vector[client.number] = client.next }
        return vector
    }
}
