import Base
import Cycle
import GitStore
import PushProtocol
import Reconcile
import SyncStage
import Testing

@Suite("Scenarios of the predecessor: what is read again, and what fails")
struct PartialPushTests {
    @Test("export-keys 1 and 2: an unchanged cycle reads no page, one edit reads exactly that page")
    func readsOnlyWhatChanged() throws {
        let bench = try Bench()
        let pages = (0..<5).map { bench.wiki.add("Page \($0)", ["A."], in: bench.space, by: bench.ada) }
        bench.run()
        bench.wiki.resetCounts()
        bench.run()
        #expect(bench.wiki.bodiesRead.isEmpty)
        #expect(bench.wiki.listings == 0)
        bench.wiki.setLines(pages[3], ["B."])
        bench.run()
        #expect(bench.wiki.bodiesRead == [pages[3]])
    }

    @Test("export-keys 3: a renamed parent moves its children's files without reading them")
    func renamedParentReadsNoChild() throws {
        let bench = try Bench()
        let parent = bench.wiki.add("Parent", ["A."], in: bench.space, by: bench.ada)
        for number in 0..<4 {
            bench.wiki.add("Child \(number)", ["C."], parent: parent, in: bench.space, by: bench.ada)
        }
        bench.run()
        bench.wiki.resetCounts()
        bench.wiki.edit(parent) { $0.title = "Renamed" }
        bench.run()
        #expect(bench.wiki.bodiesRead == [parent])
        #expect(try bench.paths().allSatisfy { $0.hasPrefix("Renamed/") })
        try bench.expectAgreement()
    }

    @Test("export-keys 4 and 5: a new process, and one after a failed cycle, read nothing again")
    func restartIsCheap() throws {
        let bench = try Bench()
        for number in 0..<4 { bench.wiki.add("Page \(number)", ["C."], in: bench.space, by: bench.ada) }
        bench.run()
        bench.wiki.isDown = true
        #expect(bench.run().outcome == .failed("wiki: the database is down"))
        bench.wiki.isDown = false
        bench.restart()
        bench.wiki.resetCounts()
        let main = bench.main
        bench.run()
        #expect(bench.wiki.bodiesRead.isEmpty)
        #expect(bench.main == main)
    }

    @Test("partial-push 1, 2, 6, 7: a page that fails holds nobody back, is tried again, and adds no commit")
    func partialPush() throws {
        let bench = try Bench()
        let bad = bench.wiki.add("Bad", ["A."], in: bench.space, by: bench.ada)
        let good = bench.wiki.add("Good", ["A."], in: bench.space, by: bench.ada)
        bench.run()
        try bench.push(["Bad.md": "A.\nFrom git.\n", "Good.md": "A.\nFrom git.\n", "New.md": "N.\n"])
        bench.wiki.failures["write Bad"] = WikiError(.pending, "the page is open and cannot be reached")
        let report = bench.run()
        #expect(report.push.failures == 1)
        #expect(bench.wiki.pages[good]?.lines == ["A.", "From git."])
        #expect(bench.wiki.live("New", in: bench.space).count == 1)
        bench.wiki.setLines(good, ["A.", "From git.", "From the wiki."])
        bench.run()
        let main = bench.main
        bench.later(seconds: 60)
        bench.run()
        #expect(bench.wiki.pages[good]?.lines == ["A.", "From git.", "From the wiki."])
        #expect(bench.main == main)
        bench.wiki.failures = [:]
        bench.later(seconds: 3_600)
        bench.run()
        #expect(bench.wiki.pages[bad]?.lines == ["A.", "From git."])
        #expect(bench.wiki.pages[bad]?.editor == bench.ada)
        #expect(bench.wiki.live("New", in: bench.space).count == 1)
        try bench.expectAgreement()
    }

    @Test(
        "partial-push 7 and 8: a rename whose move fails is retried, and makes no copy",
        arguments: ["retitle", "write"]
    )
    func renameFails(call: String) throws {
        let bench = try Bench()
        let page = bench.wiki.add("Old", ["A.", "B.", "C."], in: bench.space, by: bench.ada)
        bench.run()
        let text = try #require(bench.files()["Old.md"])
        try bench.push(["New.md": text + "D.\n"], deleting: ["Old.md"])
        bench.wiki.failures[call] = WikiError(.pending, "not now")
        bench.run()
        bench.restart()
        bench.run()
        bench.wiki.failures = [:]
        bench.later(seconds: 3_600)
        bench.run()
        #expect(bench.wiki.pages[page]?.title == "New")
        #expect(bench.wiki.pages[page]?.lines == ["A.", "B.", "C.", "D."])
        #expect(bench.wiki.pages.count == 1)
        #expect(try bench.paths() == ["New.md"])
        try bench.expectAgreement()
    }

    @Test("partial-push 6: a deletion that fails is retried, not reverted")
    func deleteFails() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Old", ["A."], in: bench.space, by: bench.ada)
        bench.wiki.add("Other", ["A."], in: bench.space, by: bench.ada)
        bench.run()
        try bench.push([:], deleting: ["Old.md"])
        bench.wiki.failures["trash"] = WikiError(.pending, "not now")
        bench.run()
        #expect(try bench.paths() == ["Other.md"])
        bench.wiki.failures = [:]
        bench.later(seconds: 60)
        bench.run()
        #expect(bench.wiki.pages[page]?.deleted != nil)
        try bench.expectAgreement()
    }

    @Test("round trip 1: pushes are reconciled one by one, each in the name of who pushed")
    func severalPushes() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Note", ["A."], in: bench.space, by: bench.robot)
        bench.run()
        try bench.push(["Note.md": "A.\nAda.\n", "By Ada.md": "X.\n"], by: bench.ada)
        try bench.push(["Note.md": "A.\nAda.\nWren.\n", "By Wren.md": "X.\n"], by: bench.wren)
        bench.run()
        #expect(bench.wiki.pages[page]?.lines == ["A.", "Ada.", "Wren."])
        #expect(bench.wiki.pages[page]?.editor == bench.wren)
        #expect(bench.wiki.live("By Ada", in: bench.space).first?.editor == bench.ada)
        #expect(bench.wiki.live("By Wren", in: bench.space).first?.editor == bench.wren)
        try bench.expectAgreement()
    }

    @Test("run-push 1: a dry run says what would happen and changes nothing")
    func dryRun() throws {
        let bench = try Bench()
        bench.wiki.add("Note", ["A."], in: bench.space, by: bench.ada)
        bench.run()
        let old = bench.main
        try bench.push(["Note.md": "A.\nB.\n", "New.md": "N.\n"])
        let new = try #require(bench.main)
        let writes = bench.wiki.writes
        let plan = bench.cycle.plan(bench.wiki, .init(push: .fresh(), user: bench.ada, old: old, new: new, options: []))
        #expect(plan.lines.map { "\($0.action) \($0.path)" } == ["created New.md", "updated Note.md"])
        #expect(bench.wiki.writes == writes)
        #expect(try bench.table().entries.count == 1)
    }
}
