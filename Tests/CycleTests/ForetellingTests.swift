import Base
import Cycle
import PushProtocol
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
