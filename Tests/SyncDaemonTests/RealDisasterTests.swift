import SyncStage
import TestSupport
import Testing

extension RealServers {
    @Suite("Ways to lose pages by deletion, on real servers")
    struct RealDisasterTests {
        /// More than forty in every run: those whose outcome rests on the rows, and every other one.
        private static let sample = Disaster.all.enumerated().filter { $0.element.isSampled || $0.offset % 2 == 0 }
            .map(\.element)

        @Test("there are at least forty") func count() { #expect(Self.sample.count >= 40) }

        @Test(
            "none trashes or removes more than a person meant",
            arguments: ModelRun.isFull ? Disaster.all : sample
        )
        func disaster(_ disaster: Disaster) throws {
            try disaster.strike(try RealStage(cap: disaster.cap))
        }
    }
}
