import Base
import Cycle
import Foundation
import Settings
import Synchronization
import TestSupport
import TestTraits
import Testing

@testable import SyncDaemon

/// A cycle in a process of its own, with real PostgreSQL, Redis and git, is killed by the kernel at its steps; another
/// process does the rest.
@Suite("Killed at a step, on real servers", .ownThread, .serialized)
struct KilledCycleTests {
    private static let isFull = ProcessInfo.processInfo.environment["DOCMOST_GIT_FULL"] == "1"

    @Test("kill -9 at a step: the next process does the rest, nothing is lost, nothing is doubled")
    func everyStep() async throws {
        let redis = try RedisServer()
        var seen: Set<String> = []
        var number = Self.isFull ? 1 : 2
        while true {
            let busy = try BusySpace(redis)
            let marks = busy.real.directory.file("steps")
            let variables = busy.real.variables.merging(["KILL_AT": "\(number)", "MARKS": marks]) { $1 }
            await #expect(processExitsWith: .failure, "step \(number)") {
                [variables = variables as [String: String]] in
                try runCycleInThisProcess(variables)
            }
            let end = try String(contentsOfFile: marks, encoding: .utf8)
            guard end != "survived" else { break }
            seen.insert(end)
            try busy.expectWholeAfterwards("killed at step \(number), \(end)")
            number += Self.isFull ? 1 : 2
        }
        #expect(number > 15)
        if Self.isFull { #expect(seen == Set(CycleStep.allCases.map(\.rawValue)), "\(seen)") }
    }
}

/// One cycle of the daemon's engine; the process is killed at the step of that number.
private func runCycleInThisProcess(_ variables: [String: String]) throws {
    let settings = try Settings.read(environment: variables).settings
    let fatal = variables["KILL_AT"].flatMap { Int($0) } ?? 0
    let marks = variables["MARKS"] ?? "/dev/null"
    let count = Mutex(0)
    let engine = SpaceEngine(settings: settings) { step in
        let number = count.withLock { count in
            count += 1
            return count
        }
        guard number == fatal else { return }
        mark(step.rawValue, marks)
        kill(getpid(), SIGKILL)
    }
    let connections = WorkerConnections(settings: settings, redis: engine.redis, settleSeconds: 0)
    guard let space = SpaceID(SampleWorkspace.handbook) else { return }
    let report = engine.runOnce(space, on: connections)
    if case .failed = report.outcome { return }
    mark("survived", marks)
    exit(1)
}

private func mark(_ text: String, _ path: String) {
    _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
}
