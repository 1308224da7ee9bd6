import Base
import Cycle
import GitStore
import PushProtocol
import Reconcile
import SyncStage
import Testing

@Suite("Dry runs", .serialized)
struct ForetellingTests {
    @Test(
        "what a dry run foretells is what the push then does, whatever anybody did before",
        arguments: ModelRun.seeds(sample: 1, full: 6)
    )
    func foretelling(seed: UInt64) throws {
        let bench = try Bench()
        bench.maxDeletes = 1_000
        bench.restart()
        let work = try RandomWork(bench, seed: seed)
        bench.foretells = true
        work.run(operations: ModelRun.operations(sample: 100, full: 1_000))
        #expect(bench.foretold > 5)
        #expect(
            bench.surprises.isEmpty,
            "\(bench.surprises.count): \(bench.surprises.prefix(3).joined(separator: "\n"))"
        )
    }

    @Test("a dry run beside deletions that are held and files that wait speaks of its own push only, and moves nothing")
    func besideWaiting() throws {
        let bench = try Bench()
        bench.maxDeletes = 2
        bench.restart()
        for number in 0..<6 { bench.wiki.add("Page \(number)", ["P."], in: bench.space, by: bench.ada) }
        bench.run()
        try bench.push(["Poison.md": "POISON\n"], deleting: ["Page 0.md", "Page 1.md", "Page 2.md"])
        bench.run()
        #expect(bench.held.count == 3 && bench.lastReport.push.failures == 1)
        let old = bench.main
        try bench.push(["Page 5.md": "P.\nMore.\n"], deleting: ["Page 4.md"])
        let plan = bench.cycle.plan(
            bench.wiki,
            PlanRequest(push: .fresh(), user: bench.ada, old: old, new: try #require(bench.main), options: [])
        )
        let lines = plan.lines.map { "\($0.action) \($0.path)" }
        #expect(lines.contains("updated Page 5.md"), "\(lines)")
        #expect(!lines.contains { $0.contains("Poison") }, "\(lines)")
        #expect(!lines.contains { $0.hasPrefix("trashed") && !$0.contains("Page 4") }, "\(lines)")
        #expect(try bench.trashed() == 0 && bench.held.count == 3)
    }

    @Test("who moves a page where the wiki has just moved it, with the same text, is told that it is unchanged")
    func sameOnBothSides() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Plan", ["P."], in: bench.space, by: bench.ada)
        let home = bench.wiki.add("Home", ["H."], in: bench.space, by: bench.ada)
        bench.run()
        let text = try #require(try bench.files()["Plan.md"])
        bench.setParent(of: page, to: home)
        bench.setLines(of: page, to: ["P.", "More."])
        try bench.push(["Home/Plan.md": bench.edited(text) { $0 = ["P.", "More."] }], deleting: ["Plan.md"])
        #expect(bench.run().lines.map { "\($0.action) \($0.path)" } == ["unchanged Home/Plan.md"])
        try bench.expectAgreement()
    }

    @Test("a dry run against a space that was never exported, and one whose wiki is down, is told, and nothing begins")
    func beforeExport() throws {
        let bench = try Bench()
        bench.wiki.add("Page", ["P."], in: bench.space, by: bench.ada)
        try bench.push(["New.md": "N.\n"])
        let request = PlanRequest(push: .fresh(), user: bench.ada, old: nil, new: try #require(bench.main), options: [])
        let plan = bench.cycle.plan(bench.wiki, request)
        #expect(plan.lines.map { "\($0.action) \($0.path)" } == ["created New.md"])
        bench.wiki.isDown = true
        #expect(bench.cycle.plan(bench.wiki, request).outcome == .failed("wiki: the database is down"))
        #expect(bench.wiki.writes == 0 && bench.repository.resolve("refs/docmost/wiki") == nil)
    }
}

extension Bench {
    /// Asks for the plan of the push that waits, and then lets it be carried out.
    func runForetold() -> CycleReport {
        guard let pending = try? PushJournal(repository).pending(), pending.count == 1, let push = pending.first else {
            return cycle.runOnce(wiki)
        }
        let writes = wiki.writes
        let request = PlanRequest(
            push: push.push,
            user: push.user,
            old: push.old,
            new: push.new,
            options: push.allowedDeletions.isEmpty ? [] : ["allow-deletes"]
        )
        let plan = cycle.plan(wiki, request)
        if writes != wiki.writes { surprises.append("a dry run wrote to the wiki") }
        let report = cycle.runOnce(wiki)
        foretold += 1
        let (said, done) = (Self.words(plan), Self.words(report))
        if said != done {
            surprises.append("said, not done: \(said.subtracting(done)); done, not said: \(done.subtracting(said))")
        }
        return report
    }

    /// To merge is to update; who else edited, and whether the wiki has the text already, is known only when it is done.
    private static func words(_ report: CycleReport) -> Set<String> {
        let texts: Set<ReportLine.Action> = [.updated, .merged, .unchanged]
        return Set(report.lines.map { "\(texts.contains($0.action) ? .updated : $0.action) \($0.path)" })
    }
}
