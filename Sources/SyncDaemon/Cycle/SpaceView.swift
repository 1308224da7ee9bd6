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
    /// Pages whose row or entry changed, or may have, since they were last found in order.
    var openPages: Set<PageID> = []
    /// Paths at which main is, or may be, another than the table.
    private var openPaths: Set<PagePath> = []

    struct BaseFile: Equatable {
        var path: PagePath
        var blob: String
    }

    /// The paths at which main and the table differ: page files that the table does not know as they are, and files of
    /// the table that main does not have. Only what was touched since the last call is compared.
    mutating func differingPaths() -> Set<PagePath> {
        openPaths.formUnion(main.takeTouched())
        openPaths.formUnion(table.takeTouchedPaths())
        openPaths = openPaths.filter(differs)
        return openPaths
    }

    private func differs(_ path: PagePath) -> Bool {
        guard let blob = main.pages[path] else { return table.page(at: path) != nil }
        guard let id = table.page(at: path), let entry = table[id] else { return true }
        return entry.state != .live || entry.file != nil || entry.blob != blob
    }
}
