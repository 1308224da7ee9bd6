package import Base

/// A page as the listing of a space shows it: everything but its body.
package struct PageRow: Sendable, Equatable {
    package var id: PageID
    package var slugID: String
    package var title: String?
    package var icon: String?
    package var parent: PageID?
    package var position: String?
    /// Microseconds since 1970, as all times here.
    package var createdAt: Int64
    package var updatedAt: Int64
    package var deletedAt: Int64?
    package var creator: UserID?
    package var lastUpdatedBy: UserID?
    package var deletedBy: UserID?
    /// A database page, which has no document.
    package var isBase: Bool
    /// The page or one of its ancestors is restricted.
    package var isRestricted: Bool

    package var isLive: Bool { deletedAt == nil }
}

/// The body of a page as the row holds it.
package struct PageContent: Sendable {
    package var id: PageID
    package var space: SpaceID
    package var workspace: WorkspaceID
    package var title: String?
    package var updatedAt: Int64
    package var deletedAt: Int64?
    package var lastUpdatedBy: UserID?
    /// The text of the ProseMirror JSON; nil for a page nobody has written in.
    package var content: [UInt8]?
    /// The Yjs state; nil as above.
    package var ydoc: [UInt8]?
}

/// What a probe of a space compares: equal fingerprints mean that nothing happened in the wiki.
///
/// A watermark would not do: a transaction that took its time earlier may commit later.
package struct SpaceFingerprint: Sendable, Hashable {
    package let live: Int
    /// The sum of `updated_at` of the live rows, microseconds since 1970.
    package let updatedSum: Int128
    package let trashed: Int
    /// The greatest `deleted_at`.
    package let lastTrashed: Int64?
    /// Changes with every restriction that is put on a page or taken off.
    package let restrictions: String

    package init(live: Int, updatedSum: Int128, trashed: Int = 0, lastTrashed: Int64? = nil, restrictions: String = "")
    {
        self.live = live
        self.updatedSum = updatedSum
        self.trashed = trashed
        self.lastTrashed = lastTrashed
        self.restrictions = restrictions
    }
}

/// A person as commits name them.
package struct Person: Sendable, Equatable {
    package let id: UserID
    package let name: String?
    package let email: String
    /// The account was removed or disabled; the name may then say so.
    package let isGone: Bool

    package init(id: UserID, name: String?, email: String, isGone: Bool) {
        self.id = id
        self.name = name
        self.email = email
        self.isGone = isGone
    }
}

/// The bytes of a body, always written together.
package struct PageBody: Sendable {
    /// The text of the ProseMirror JSON.
    package var content: [UInt8]
    package var ydoc: [UInt8]
    package var text: String
    package var references: PageReferences

    package init(content: [UInt8], ydoc: [UInt8], text: String, references: PageReferences) {
        self.content = content
        self.ydoc = ydoc
        self.text = text
        self.references = references
    }
}
