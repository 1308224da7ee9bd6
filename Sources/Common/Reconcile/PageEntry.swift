package import Base

/// What both sides agreed on for one page: a line of the table of identities.
package struct PageEntry: Hashable, Sendable {
    package enum State: String, Sendable {
        /// The page has a row and, unless a change is pending, a file.
        case live
        /// The id is given to a file; the row is not yet known to exist.
        case reserved
        /// The page lies in the wiki's trash; `path` is where its file was.
        case trashed
    }

    package var id: PageID
    /// The agreed path: the page's file in the base.
    package var path: PagePath
    /// Where main has the file when a move from git is still pending.
    package var file: PagePath?
    /// The agreed file. Empty for a page made for a bare folder, which never had one.
    package var blob: String
    /// The wiki's title when both sides agreed.
    package var title: String
    /// The wiki's parent when both sides agreed.
    package var parent: PageID?
    /// The parent that the paths say; other than `parent` where the wiki's parent is not in the repository.
    package var under: PageID?
    package var slug: String
    /// The row's `updated_at` (µs since 1970) that the agreed file stands for; 0 when it must be compared.
    package var updated: Int64
    /// The Yjs struct that our last write of the body made.
    package var write: WriteMark?
    /// The agreed file before our last write: the base to merge with again if a server overwrote the write.
    package var before: String?
    package var state: State
    /// Whether the path was chosen here: then a leaf may become a folder note, and back.
    package var isOurPath: Bool
    /// An id that the file states but that is another page's: known, and not believed.
    package var says: PageID?
    /// Pages that the file links to by relative path.
    package var links: [PageID]
    /// Where the file was before, the last place first: other files may still link there.
    package private(set) var formerPaths: [PagePath]

    package init(
        id: PageID,
        path: PagePath,
        blob: String,
        title: String,
        parent: PageID? = nil,
        slug: String = "",
        updated: Int64 = 0,
        state: State = .live,
        isOurPath: Bool = false
    ) {
        self.id = id
        self.path = path
        self.blob = blob
        self.title = title
        self.parent = parent
        self.under = parent
        self.slug = slug
        self.updated = updated
        self.state = state
        self.isOurPath = isOurPath
        links = []
        formerPaths = []
    }

    /// How many former paths are remembered.
    private static let mostFormerPaths = 4

    /// Remembers where the file was.
    package mutating func leave(_ old: PagePath) {
        guard old != path else { return }
        formerPaths = Array(([old] + formerPaths.filter { $0 != old && $0 != path }).prefix(Self.mostFormerPaths))
    }

    /// The entry with the former paths that the table's line has.
    func with(formerPaths: [PagePath]) -> PageEntry {
        var entry = self
        entry.formerPaths = formerPaths
        return entry
    }

    /// Where main has the file.
    package var current: PagePath { file ?? path }
}

/// A struct of a Yjs document: the client that made it and the clock just before its end.
package struct WriteMark: Hashable, Sendable {
    package let client: UInt64
    package let clock: UInt64

    package init(client: UInt64, clock: UInt64) {
        self.client = client
        self.clock = clock
    }
}
