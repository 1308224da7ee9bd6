import SyncStage
import TestSupport
import Testing

extension RealServers {
    @Suite("Random work from both sides, on real servers")
    struct RealModelTests {
        @Test("both sides agree, ids stay, no text is lost", arguments: ModelRun.seeds(sample: 2, full: 10))
        func agree(seed: UInt64) throws {
            let stage = try RealStage(seed.isMultiple(of: 2) ? .upstream : .gitmost)
            let operations = ModelRun.operations(sample: 100, full: 600)
            try RandomWork(stage, seed: seed).run(operations: operations)
            if ModelRun.isFull { proof("random work, PostgreSQL: seed \(seed), \(operations) operations") }
        }
    }
}
