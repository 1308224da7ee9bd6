import GitStore
import Reconcile

/// The files of main: pages by path, and everything else.
struct MainTree {
    private(set) var tip: ObjectID?
    private(set) var pages: [PagePath: String] = [:]
    private(set) var others: Set<PagePath> = []
    private var touched: Set<PagePath> = []

    /// The paths whose files changed since this was last asked.
    mutating func takeTouched() -> Set<PagePath> {
        defer { touched = [] }
        return touched
    }

    /// Reads the whole tree, or that of one folder. One process.
    mutating func load(_ tip: ObjectID?, in folder: String? = nil, from repository: Repository) throws(GitError) {
        let before = touched.union(pages.keys)
        self = MainTree()
        touched = before
        self.tip = tip
        guard let tip else { return }
        for entry in try repository.files(of: tip, in: folder) { set(PagePath(entry.path), entry.id, mode: entry.mode) }
    }

    /// Goes from one tip to another by their difference. One process.
    ///
    /// - Returns: what is new, and new path → old path of the files that git pairs as renamed.
    mutating func advance(to tip: ObjectID, in repository: Repository) throws(GitError) -> TreeStep {
        var step = TreeStep()
        let changes = try repository.changes(from: self.tip, to: tip, renames: true)
        step.newFolders = newFolders(changes)
        step.newPictures = changes.filter { $0.status == .added }.map { PagePath($0.path) }.filter(\.isPicture)
        for change in changes {
            if change.status == .renamed || change.status == .deleted { remove(PagePath(change.oldPath)) }
            if change.status == .renamed { step.renames[PagePath(change.path)] = PagePath(change.oldPath) }
        }
        for change in changes where change.status != .deleted {
            set(PagePath(change.path), change.id, mode: change.mode)
        }
        self.tip = tip
        return step
    }

    /// Folders with pages that are not there yet, shallow first.
    private func newFolders(_ changes: [TreeChange]) -> [String] {
        let added = changes.filter { change in
            change.status != .deleted && change.status != .modified
                && MainTree.isPage(PagePath(change.path), mode: change.mode)
        }
        guard !added.isEmpty else { return [] }
        var known: Set<PagePath> = []
        for path in pages.keys { for folder in path.folders { known.insert(PagePath(folder)) } }
        for path in others { for folder in path.folders { known.insert(PagePath(folder)) } }
        var new: Set<PagePath> = []
        for change in added {
            for folder in PagePath(change.path).folders where !known.contains(PagePath(folder)) {
                new.insert(PagePath(folder))
            }
        }
        return new.sorted().map(\.text)
    }

    /// Takes over what our own commits did.
    mutating func commit(_ tip: ObjectID, writing files: [PagePath: String], removing paths: Set<PagePath>) {
        touched.formUnion(paths)
        touched.formUnion(files.keys)
        for path in paths { pages[path] = nil }
        for (path, blob) in files { pages[path] = blob }
        self.tip = tip
    }

    private mutating func remove(_ path: PagePath) {
        touched.insert(path)
        pages[path] = nil
        others.remove(path)
    }

    // A link's text is a path, not a page; it is never followed and never read.
    private static func isPage(_ path: PagePath, mode: String) -> Bool { path.isPage && mode.hasPrefix("100") }

    private mutating func set(_ path: PagePath, _ id: ObjectID, mode: String) {
        touched.insert(path)
        if MainTree.isPage(path, mode: mode) {
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
    /// Folders with pages that were not there before, shallow first.
    var newFolders: [String] = []
    /// Pictures that were not there before.
    var newPictures: [PagePath] = []
}

extension PagePath {
    private static let pictures: Set = [
        "avif", "bmp", "gif", "heic", "jpeg", "jpg", "png", "svg", "tif", "tiff", "webp",
    ]

    /// Whether the name is that of a picture, outside the folders that belong to programs.
    fileprivate var isPicture: Bool {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
        let isHidden = text.utf8.split(separator: UInt8(ascii: "/")).contains { $0.first == UInt8(ascii: ".") }
        return !isHidden && PagePath.pictures.contains(String(name[name.index(after: dot)...]).lowercased())
    }
}
