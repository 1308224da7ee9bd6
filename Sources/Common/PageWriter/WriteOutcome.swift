internal import PageStore
package import ProseMirror
package import YDoc

/// The body of a page at the moment of a write, as the row or the live document holds it.
package struct CurrentBody: Sendable {
    /// What the page holds; an empty document for a page nobody has written in.
    package let document: Node
    /// The Yjs state behind it.
    package let state: YDoc
    /// The row's time of change, in microseconds; not newer than the document if the page is open.
    package let updatedAt: Int64
    /// Whether this is the live document of an open page.
    package let isLive: Bool

    init(_ state: YDoc, of row: PageContent, isLive: Bool) {
        document = state.document()
        self.state = state
        updatedAt = row.updatedAt
        self.isLive = isLive
    }
}

/// A change that has been proved to be in the page.
package struct Written: Sendable {
    /// The row's time of change; nil while only the live document holds it, which Docmost stores seconds later.
    package let updatedAt: Int64?
    /// The Yjs client and its next clock: a state that does not contain them was overwritten by somebody.
    package let client: UInt64
    package let clock: Int
    /// What the page holds now.
    package let document: Node
}

extension Written {
    init(_ update: YUpdate, document: Node, updatedAt: Int64?) {
        self.init(updatedAt: updatedAt, client: update.client, clock: update.clock, document: document)
    }
}

/// What became of a write.
package enum WriteOutcome: Sendable {
    case written(Written)
    /// The page held the target already. The document is what it holds.
    case unchanged(Node, updatedAt: Int64)
    /// It cannot be written now; nothing was changed, and a later try may succeed.
    case pending(String)
    /// It will not be written, and trying again does not help.
    case refused(String)
    /// PostgreSQL or Redis could not be asked.
    case unavailable(String)
}

/// The points of a write at which the world may change, for tests that make it do so.
package enum WriteStep: String, Sendable, CaseIterable {
    /// The page is known to be closed.
    case foundClosed
    /// Its lock is ours.
    case claimed
    /// Its row is locked.
    case rowLocked
    /// The update is made.
    case computed
    /// The row is written, not committed.
    case rowWritten
    /// The lock was still ours a moment ago; the commit follows.
    case confirmed
    case committed
    /// The lock is given back.
    case released
    /// We are an editor of the open page.
    case joined
    /// The live document has answered our update.
    case sent
}
