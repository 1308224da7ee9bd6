import Base
import Cycle
import Reconcile
import SyncStage
import TestSupport

extension Bench: SyncStage {
    var stateDirectory: String { directory.path }
    var format: any PageFormat { LineFormat() }

    func pages() -> [PageID: StagePage] { wiki.pages.mapValues { StagePage($0) } }

    func history() -> Set<String> { Set(wiki.snapshots.values.joined().joined()) }

    func stamp() -> String { "\(wiki.writes)" }

    func make(_ page: StagePage) -> PageID {
        wiki.add(page.title, page.lines, parent: page.parent, in: page.space, by: ada, id: page.id)
    }

    func setLines(of page: PageID, to lines: [String]) { wiki.setLines(page, lines, by: wren) }

    func setTitle(of page: PageID, to title: String) { wiki.edit(page, by: wren) { $0.title = title } }

    func setParent(of page: PageID, to parent: PageID?) { wiki.edit(page) { $0.parent = parent } }

    func trash(_ page: PageID, alone: Bool) {
        guard alone else { return wiki.trashSubtree(page, by: wren) }
        wiki.pages[page]?.deleted = wiki.tick()
        wiki.pages[page]?.deleter = wren
    }

    func restore(_ page: PageID) { wiki.restoreSubtree(page) }

    func move(_ page: PageID, toSpace space: SpaceID) { wiki.moveToSpace(page, space) }

    func restrict(_ page: PageID, _ isRestricted: Bool) {
        wiki.pages[page]?.isRestricted = isRestricted
        wiki.restrictions += 1
    }

    func loseRows(_ pages: some Sequence<PageID>) {
        for page in pages { lost[page] = wiki.pages.removeValue(forKey: page) }
    }

    func returnRows() {
        wiki.pages.merge(lost) { $1 }
        lost = [:]
    }

    func setRight(of user: UserID, _ mayWrite: Bool) {
        wiki.writers = mayWrite ? nil : Set([ada, wren, robot]).subtracting([user])
    }

    func edited(_ file: String, _ change: (inout [String]) -> Void) -> String {
        var lines = file.split(separator: "\n").map(String.init)
        var head: [String] = []
        if lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") {
            head = Array(lines[...end])
            lines.removeFirst(end + 1)
        }
        change(&lines)
        return (head + lines).map { $0 + "\n" }.joined()
    }

    func run(stoppingAfter steps: Int) {
        killAt = steps
        run()
        killAt = nil
        // Half of the time the process goes on.
        if steps.isMultiple(of: 2) { restart() }
    }
}

extension StagePage {
    init(_ page: MemoryWiki.Page) {
        self.init(id: page.id, space: page.space, title: page.title, parent: page.parent, lines: page.lines)
        isTrashed = page.deleted != nil
        isRestricted = page.isRestricted
    }
}
