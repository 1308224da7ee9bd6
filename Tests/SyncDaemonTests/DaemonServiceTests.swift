import Base
import Cycle
import GitStore
import Logging
import PageStore
import ServiceLifecycle
import Synchronization
import Testing

@testable import SyncDaemon

@Suite("The daemon's threads")
struct DaemonServiceTests {
    private static let space = SpaceID(high: 1, low: 1)

    /// What the service was seen doing.
    private final class Log: Sendable {
        let cycles = Mutex(0)
        let isListening = Mutex(false)
    }

    private func work(_ log: Log, look: @escaping @Sendable (@Sendable (SpaceID) -> Void) -> Void) -> ServiceWork<Int> {
        ServiceWork(
            makeThread: { 0 },
            probe: { _ in [Self.space: Schedule.Sight(wiki: SpaceFingerprint(live: 1, updatedSum: 1), main: nil)] },
            cycle: { _, _ in log.cycles.withLock { $0 += 1 } },
            listen: { lookAt, stop in
                log.isListening.withLock { $0 = true }
                look(lookAt)
                while !stop.isCancelled { sleep(milliseconds: 20) }
            }
        )
    }

    @Test("a new space runs once, a push makes it run again at once, a stop ends all threads")
    func life() async throws {
        let log = Log()
        let service = try DaemonService(
            work: work(log) { lookAt in
                // After the first cycle, a push is heard.
                let deadline = Deadline.after(milliseconds: 600_000)
                while log.cycles.withLock({ $0 }) == 0, !deadline.hasPassed { sleep(milliseconds: 5) }
                lookAt(Self.space)
            },
            timing: .init(debounceMilliseconds: 20, pollMilliseconds: 3_600_000),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let group = ServiceGroup(services: [service], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        async let running: Void = group.run()
        // Other tests may hold all threads of the pool for minutes; the daemon's own threads are plain ones.
        let deadline = Deadline.after(milliseconds: 600_000)
        while log.cycles.withLock({ $0 }) < 2, !deadline.hasPassed { try await Task.sleep(for: .milliseconds(10)) }
        try await Task.sleep(for: .milliseconds(200))
        #expect(log.cycles.withLock { $0 } == 2)
        #expect(log.isListening.withLock { $0 })
        await group.triggerGracefulShutdown()
        try await running
    }
}
