internal import Base
import GitStore
import Reconcile

/// What a space's refs hold, kept in memory between cycles and brought up to date by differences.
struct SpaceView {
    var main = MainTree()
    var baseTip: ObjectID?
    var table = PagesTable()
    /// Whether the base has the agreed files in `agreedFolder`. An older one, and the predecessor's, has them at its root.
    var hasAgreedFolder = false
    /// The tip of main when the base was written.
    var agreedMain: ObjectID?
    /// Pages whose row or entry changed, or may have, since they were last found in order.
    var openPages: Set<PageID> = []
    /// Paths at which main is, or may be, another than the table.
    private var openPaths: Set<PagePath> = []

    /// Where the base's tree has the files that both sides agree on.
    static let agreedFolder = ".docmost/agreed"

    /// The paths at which main and the table differ: page files that the table does not know as they are, and files of
    /// the table that main does not have. Only what was touched since the last call is compared.
    mutating func differingPaths() -> Set<PagePath> {
        openPaths.formUnion(main.takeTouched())
        openPaths.formUnion(table.takeTouchedPaths())
        openPaths = openPaths.filter(differs)
        return openPaths
    }

    /// What is agreed on where main has something else: the agreed blob, or nil where main's page file is not agreed on.
    mutating func agreedDifferences() -> [PagePath: String?] {
        let open = differingPaths()
        var differences: [PagePath: String?] = [:]
        for path in open where main.pages[path] != nil { differences[path] = .some(nil) }
        for path in open.sorted() {
            guard let id = table.page(at: path), let entry = table[id], entry.state == .live, !entry.blob.isEmpty else {
                continue
            }
            // While pages change places, the one whose file lies there already is the one agreed on.
            let isFree = open.contains(entry.path) || main.pages[entry.path] == nil
            if entry.path == path || (isFree && (differences[entry.path] ?? nil) == nil) {
                differences[entry.path] = entry.blob
            }
        }
        return differences
    }

    private func differs(_ path: PagePath) -> Bool {
        guard let blob = main.pages[path] else { return table.page(at: path) != nil }
        guard let id = table.page(at: path), let entry = table[id] else { return true }
        return entry.state != .live || entry.file != nil || entry.blob != blob
    }
}
