import SyncStage
import TestSupport
import Testing

@Suite("Ways to lose pages by deletion")
struct DisasterTests {
    @Test("none trashes or removes more than a person meant", arguments: Disaster.all)
    func disaster(_ disaster: Disaster) throws {
        let bench = try Bench()
        bench.maxDeletes = disaster.cap
        bench.restart()
        try disaster.strike(bench)
    }

    @Test("there are at least forty, each told once")
    func count() {
        #expect(Set(Disaster.all.map(\.name)).count == Disaster.all.count)
        #expect(Disaster.all.count >= 40)
    }
}
