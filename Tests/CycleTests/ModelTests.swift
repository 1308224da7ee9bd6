import SyncStage
import TestSupport
import Testing

@Suite("Random work from both sides", .serialized)
struct ModelTests {
    @Test("both sides agree, ids stay, no text is lost", arguments: ModelRun.seeds(sample: 4, full: 8))
    func agree(seed: UInt64) throws {
        let bench = try Bench()
        bench.maxDeletes = 1_000
        bench.restart()
        let operations = ModelRun.operations(sample: 150, full: 1_000)
        try RandomWork(bench, seed: seed).run(operations: operations)
        if ModelRun.isFull { proof("random work, in memory: seed \(seed), \(operations) operations") }
    }
}
