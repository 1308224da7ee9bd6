package import Base

/// What is to be done in the wiki for one state of main, in the order in which it is safe.
package struct Plan: Sendable {
    /// Creates and restores (parents first), then moves (parents first), titles and bodies of one page together.
    package var work: [PageWork] = []
    /// Pages to trash, leaves first.
    package var trash: [PageID] = []
    /// Deletions that wait for somebody's word.
    package var held: [Held] = []
    /// Pages whose file comes back, because their deletion was refused or the wiki's edit beats it.
    package var kept: [PageID: String] = [:]
    /// Entries that need no work in the wiki: path, blob and state as both sides have them now.
    package var settled: [PageEntry] = []
    /// Pages that are in neither side any more.
    package var forgotten: [PageID] = []
    /// What the person who pushed is told beyond the actions' outcomes.
    package var lines: [PlanLine] = []
    /// Pages whose move was refused: their file follows the wiki again.
    package var settledMoves: Set<PageID> = []

    package init() {}
}

/// Everything that git's side asks of one page.
package struct PageWork: Sendable {
    package enum Existence: Sendable { case present, create, restore }

    package var id: PageID
    package var path: PagePath
    /// The file on main; nil for a page made for a bare folder.
    package var blob: String?
    package var existence: Existence = .present
    /// The new title, if git renamed the page.
    package var title: String?
    /// The new parent, if git moved the page; `.some(nil)` is the root.
    package var parent: PageID??
    /// Whether the body differs from the agreed one.
    package var hasBody = false
    /// The agreed file to merge against.
    package var base: String?
    /// An id the file wrongly states.
    package var says: PageID?
    /// What the person is told beside what was done.
    package var note = ""

    package init(id: PageID, path: PagePath, blob: String?) {
        self.id = id
        self.path = path
        self.blob = blob
    }
}

/// A deletion that waits.
package struct Held: Hashable, Sendable {
    package let id: PageID
    package let path: PagePath
    package let reason: String
    /// Whether the page was deleted in the wiki, and its file waits; otherwise the file is gone, and the page waits.
    package let isWikis: Bool

    package init(id: PageID, path: PagePath, reason: String, isWikis: Bool = false) {
        self.id = id
        self.path = path
        self.reason = reason
        self.isWikis = isWikis
    }
}

/// One line of what is told to the person who pushed.
package struct PlanLine: Hashable, Sendable {
    package enum Action: String, Sendable, CaseIterable {
        case created, updated, merged, moved, renamed, trashed, restored, unchanged, pending, held, kept, refused
    }

    package var action: Action
    package var path: PagePath
    package var id: PageID?
    package var note: String

    package init(_ action: Action, _ path: PagePath, id: PageID? = nil, note: String = "") {
        self.action = action
        self.path = path
        self.id = id
        self.note = note
    }
}
