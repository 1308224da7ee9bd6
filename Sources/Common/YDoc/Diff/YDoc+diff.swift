package import ProseMirror

/// What a write has changed.
package struct YUpdate: Sendable {
    /// The change alone, to be sent to others; `00 00` if there is none.
    package let bytes: [UInt8]
    /// The client id under which the change was written.
    package let client: UInt64
    /// The client's next clock: a state holds this change if `contains(client:clock:)` is true of these two.
    package let clock: Int

    package var isEmpty: Bool { bytes == [0, 0] }
}

extension YDoc {
    /// Changes the page into a target, touching only what differs, and returns the change.
    ///
    /// Ids and attributes that the schema does not know stay if the target leaves them out. Unknown nodes may stay
    /// where they are; none is created.
    ///
    /// - Parameter client: the number under which to write; replaced by another one if the document knows it already.
    /// - Throws: `invalidTarget` if the target breaks a rule of the schema: an editor would delete what it cannot show.
    package mutating func diff(
        to target: Node,
        schema: Schema,
        client: UInt64? = nil
    ) throws(YDocError) -> YUpdate {
        do throws(SchemaViolation) {
            try schema.validate(target, unknown: .accepted)
        } catch {
            throw .invalidTarget(error.description)
        }
        let known = stateVector
        var changed = store
        changed.workLeft = Store.workLimit
        let root = changed.root(Self.rootName)
        var diff = try StructuralDiff(changed, root: root, to: target, schema: schema, client: client)
        try diff.run()
        let hasDeletions = !diff.context.store.deletions.isEmpty
        guard hasDeletions || diff.clientClock > 0 else {
            return YUpdate(bytes: [0, 0], client: diff.clientNumber, clock: 0)
        }
        if diff.clientClock == 0 { try diff.leaveTombstone(in: root) }
        var result = diff.context.store
        result.compact()
        let bytes = UpdateWriter.change(of: result, beyond: known, deletions: result.deletions)
        result.deletions = DeleteSet()
        store = result
        return YUpdate(bytes: bytes, client: diff.clientNumber, clock: diff.clientClock)
    }

    /// A fresh document with the given content, for a page that has no state yet and was never open in an editor.
    ///
    /// - Throws: as `diff`.
    package static func new(from document: Node, schema: Schema, client: UInt64? = nil) throws(YDocError) -> YDoc {
        var fresh = YDoc()
        _ = try fresh.diff(to: document, schema: schema, client: client)
        return fresh
    }
}
