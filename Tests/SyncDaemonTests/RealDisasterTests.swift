import SyncStage
import TestSupport
import Testing

extension RealServers {
    @Suite("Ways to lose pages by deletion, on real servers")
    struct RealDisasterTests {
        @Test(
            "none trashes or removes more than a person meant",
            arguments: Disaster.all.filter { $0.isSampled || ModelRun.isFull }
        )
        func disaster(_ disaster: Disaster) throws {
            try disaster.strike(try RealStage(cap: disaster.cap))
        }
    }
}
