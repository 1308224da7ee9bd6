internal import Base
import GitStore
import Reconcile

/// What a space's refs hold, kept in memory between cycles and brought up to date by differences.
struct SpaceView {
    var main = MainTree()
    var baseTip: ObjectID?
    var table = PagesTable()
    /// Where the agreed files lie in the base's tree.
    var baseFiles: [PageID: BaseFile] = [:]
    var baseOwners: [PagePath: PageID] = [:]
    /// The tip of main when the base was written.
    var agreedMain: ObjectID?

    struct BaseFile: Equatable {
        var path: PagePath
        var blob: String
    }
}

/// The files of main: pages by path, and everything else.
struct MainTree {
    private(set) var tip: ObjectID?
    private(set) var pages: [PagePath: String] = [:]
    private(set) var others: Set<PagePath> = []

    /// Reads the whole tree. One process.
    mutating func load(_ tip: ObjectID?, from repository: Repository) throws(GitError) {
        self = MainTree()
        self.tip = tip
        guard let tip else { return }
        for entry in try repository.files(of: tip) { set(PagePath(entry.path), entry.id, mode: entry.mode) }
    }

    /// Goes from one tip to another by their difference. One process.
    ///
    /// - Returns: new path → old path of the files that git pairs as renamed.
    mutating func advance(to tip: ObjectID, in repository: Repository) throws(GitError) -> TreeStep {
        var step = TreeStep()
        let changes = try repository.changes(from: self.tip, to: tip, renames: true)
        for change in changes {
            let path = PagePath(change.path)
            if change.status == .renamed || change.status == .deleted {
                pages[PagePath(change.oldPath)] = nil
                others.remove(PagePath(change.oldPath))
            }
            if change.status == .renamed { step.renames[path] = PagePath(change.oldPath) }
        }
        for change in changes where change.status != .deleted {
            let path = PagePath(change.path)
            set(path, change.id, mode: change.mode)
            if change.status != .modified, pages[path] != nil { step.added.append(path) }
        }
        self.tip = tip
        return step
    }

    /// Takes over what our own commits did.
    mutating func commit(_ tip: ObjectID, writing files: [PagePath: String], removing paths: Set<PagePath>) {
        for path in paths { pages[path] = nil }
        for (path, blob) in files { pages[path] = blob }
        self.tip = tip
    }

    private mutating func set(_ path: PagePath, _ id: ObjectID, mode: String) {
        // A link's text is a path, not a page; it is never followed and never read.
        if path.isPage, mode.hasPrefix("100") {
            pages[path] = "\(id)"
            others.remove(path)
        } else {
            pages[path] = nil
            others.insert(path)
        }
    }
}

/// What one state of main brought over the one before.
struct TreeStep {
    var renames: [PagePath: PagePath] = [:]
    /// Page files that are new or came from elsewhere.
    var added: [PagePath] = []

    /// Folders with pages that were not there before, shallow first.
    func newFolders(before: MainTree) -> [String] {
        guard !added.isEmpty else { return [] }
        var known: Set<PagePath> = []
        for path in before.pages.keys { for folder in path.folders { known.insert(PagePath(folder)) } }
        for path in before.others { for folder in path.folders { known.insert(PagePath(folder)) } }
        var new: Set<PagePath> = []
        for path in added {
            for folder in path.folders where !known.contains(PagePath(folder)) { new.insert(PagePath(folder)) }
        }
        return new.sorted().map(\.text)
    }
}
