import Base
import Cycle
import Foundation
import SpaceLock
import Synchronization
import TestSupport
import TestTraits
import Testing

@testable import SyncDaemon

@Suite("A lock that is lost in the middle of a cycle", .ownThread)
struct StolenLockTests {
    private static let isFull = ProcessInfo.processInfo.environment["DOCMOST_GIT_FULL"] == "1"

    /// Runs one cycle that does something at the step of that number.
    private func cycle(_ busy: BusySpace, at fatal: Int, _ act: @escaping @Sendable () -> Void) -> CycleReport {
        let count = Mutex(0)
        let engine = busy.real.newEngine { _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            if number == fatal { act() }
        }
        return busy.real.cycle(of: engine)
    }

    @Test(
        "taken by somebody else or gone: the cycle stops at its next step, leaves the other's lock, the next one heals",
        arguments: ["foreign", nil]
    )
    func stopsAtTheNextStep(_ thief: String?) throws {
        let redis = try RedisServer()
        let busy = try BusySpace(redis)
        let key = RedisLeases.key(busy.real.space)
        let report = cycle(busy, at: 6) {
            _ = try? thief.map { try redis.command("SET", key, $0) } ?? redis.command("DEL", key)
            // A third of the lease's time, after which its holder asks for it.
            sleep(milliseconds: 12_000)
        }
        #expect(report.outcome == .failed("stopped: the lock of the space was lost to somebody else"))
        #expect(try redis.command("GET", key) == thief ?? "")
        if thief != nil {
            #expect(busy.real.cycle().outcome == .skipped(.lockHeld))
        }
        try busy.expectWholeAfterwards("the lock was \(thief ?? "gone")")
    }

    @Test("lost unnoticed while another process runs a whole cycle: its next write fails or is no news")
    func overtaken() throws {
        let redis = try RedisServer()
        let program = try builtProduct("docmost-git-sync")
        for number in Self.isFull ? Array(1...21) : [3, 9, 20] {
            let busy = try BusySpace(redis)
            // A page without a lock counts as closed once Redis has been up for a while.
            try waitUntil("Redis has settled") { try redis.uptime() > 16 }
            let output = Mutex("")
            let variables = busy.real.variables
            _ = cycle(busy, at: number) {
                try? redis.expireLocks()
                let result = try? runProgramResult([program, "once"], environment: variables)
                output.withLock { $0 = result?.output ?? "it did not run" }
            }
            let said = output.withLock { $0 }
            #expect(said.contains("handbook: ") && !said.contains("failed"), "step \(number): \(said)")
            try busy.expectWholeAfterwards("overtaken at step \(number)")
        }
    }
}
