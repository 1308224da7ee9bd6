import Base
import Cycle
import Reconcile
import SyncStage
import TestSupport
import Testing

@Suite("Which rows a cycle reads")
struct RowsTests {
    private func bench(pages: Int) throws -> (bench: Bench, pages: [PageID]) {
        let bench = try Bench()
        let pages = (0..<pages).map { bench.wiki.add("Page \($0)", ["A."], in: bench.space, by: bench.ada) }
        bench.run()
        bench.wiki.resetCounts()
        return (bench, pages)
    }

    @Test("an edit in the wiki, a new title and a pushed edit list no rows and read one body")
    func onlyWhatChanged() throws {
        let (bench, pages) = try bench(pages: 50)
        bench.wiki.edit(pages[7]) { $0.lines = ["B."] }
        #expect(bench.run().pull.written == 1)
        #expect(bench.wiki.bodiesRead == [pages[7]])
        bench.wiki.edit(pages[8]) { $0.title = "Another" }
        bench.run()
        #expect(try bench.paths().contains("Another.md"))
        try bench.push(["Page 9.md": "C.\n"])
        #expect(bench.run().push.updated == 1)
        #expect(bench.wiki.listings == 0)
        try bench.expectAgreement()
    }

    @Test("what others edit while a push is carried is in the next cycle's commits, after one look at the sums")
    func editDuringPush() throws {
        let (bench, pages) = try bench(pages: 50)
        try bench.push(["Page 9.md": "C.\n"])
        bench.onStep = { [unowned bench] step in
            guard step == .afterBody else { return }
            bench.wiki.edit(pages[7], by: bench.wren) { $0.lines = ["Meanwhile."] }
        }
        let glances = bench.wiki.glances
        #expect(bench.run().push.updated == 1)
        #expect(bench.wiki.glances == glances + 1)
        bench.onStep = { _ in }
        #expect(bench.run().pull.written == 1)
        #expect(try bench.files()["Page 7.md"]?.contains("Meanwhile.") == true)
        #expect(bench.wiki.listings == 0)
        try bench.expectAgreement()
    }

    @Test("one row from the future does not make every later edit list all rows")
    func rowFromTheFuture() throws {
        let (bench, pages) = try bench(pages: 50)
        bench.wiki.pages[pages[3]]?.updated = 4_102_444_800_000_000
        bench.run()
        bench.wiki.resetCounts()
        bench.wiki.edit(pages[7]) { $0.lines = ["B."] }
        #expect(bench.run().pull.written == 1)
        #expect(bench.wiki.listings == 0)
        try bench.expectAgreement()
    }

    @Test("an edit that is committed late, with a time long past, is seen by the next cycle")
    func lateCommit() throws {
        let (bench, pages) = try bench(pages: 50)
        bench.wiki.time += 3_600_000_000
        bench.later(seconds: 3_600)
        bench.wiki.edit(pages[1]) { $0.lines = ["Newer."] }
        bench.run()
        bench.wiki.resetCounts()
        bench.wiki.pages[pages[2]]?.lines = ["Late."]
        bench.wiki.pages[pages[2]]?.updated += 1
        #expect(bench.run().pull.written == 1)
        #expect(bench.wiki.listings == 1)
        try bench.expectAgreement()
    }

    @Test("a late commit beside a new one is seen too, although the new one is found at once")
    func lateBesideNew() throws {
        let (bench, pages) = try bench(pages: 50)
        bench.wiki.time += 3_600_000_000
        bench.wiki.pages[pages[2]]?.lines = ["Late."]
        bench.wiki.pages[pages[2]]?.updated += 1
        bench.wiki.edit(pages[1]) { $0.lines = ["Newer."] }
        #expect(bench.run().pull.written == 2)
        try bench.expectAgreement()
    }

    @Test("what comes, goes, moves, is hidden or shown again makes the cycle list all rows")
    func treeChanges() throws {
        let (bench, pages) = try bench(pages: 20)
        let changes: [(MemoryWiki) -> Void] = [
            { $0.add("New", ["N."], in: bench.space, by: bench.ada) },
            { $0.edit(pages[3]) { $0.parent = pages[4] } },
            { $0.trashSubtree(pages[5]) },
            { $0.restoreSubtree(pages[5]) },
            { wiki in
                wiki.pages[pages[6]]?.isRestricted = true
                wiki.restrictions += 1
            },
            { $0.moveToSpace(pages[7], .fresh()) },
            { $0.pages[pages[8]] = nil },
        ]
        for change in changes {
            bench.wiki.resetCounts()
            change(bench.wiki)
            bench.run()
            #expect(bench.wiki.listings == 1)
            try bench.expectAgreement()
        }
    }

    @Test("a change that leaves all sums as they were is found by the list that is read from time to time")
    func invisible() throws {
        let (bench, pages) = try bench(pages: 10)
        bench.wiki.pages[pages[2]]?.title = "Silently renamed"
        #expect(bench.run().outcome == .unchanged)
        bench.later(seconds: 601)
        #expect(bench.run().outcome == .ran)
        #expect(try bench.paths().contains("Silently renamed.md"))
        bench.wiki.resetCounts()
        bench.later(seconds: 601)
        #expect(bench.run().outcome == .unchanged)
        #expect(bench.wiki.listings == 1)
        #expect(bench.run().outcome == .unchanged)
        #expect(bench.wiki.listings == 1)
    }
}
