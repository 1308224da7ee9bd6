import Base
import Foundation
import GitStore
import PushProtocol
import Synchronization
import TestSupport
import Testing

/// Many people, responders killed at random steps, leases that run out under their holders.
///
/// Takes a minute; runs with DOCMOST_GIT_FULL=1.
@Suite struct ChaosTests {
    private static let isFull = FullSizes.isOn

    @Test(.enabled(if: isFull)) func whatWasAcknowledgedIsInMainAndEveryMoveHasItsRecord() throws {
        let fixture = try PushFixture()
        let remote = try fixture.git("remote", "get-url", "origin")
        let acknowledged = Mutex<[String]>([])
        let end = Deadline.after(milliseconds: 45_000)
        let people = try (0..<4).map { number in (number, try fixture.colleague()) }
        let threads = people.map { number, clone in
            startThread {
                var round = 0
                while !end.hasPassed {
                    round += 1
                    let landed = try? push(fixture, clone, remote, name: "\(number)-\(round)")
                    if let landed { acknowledged.withLock { $0.append(landed) } }
                }
            }
        }
        threads.forEach { $0?.join() }
        let main = try #require(fixture.main)
        let landed = acknowledged.withLock { $0 }
        #expect(landed.count > 5)
        for commit in landed {
            let id = try #require(ObjectID(commit))
            #expect(try fixture.repository.isAncestor(id, of: main), "\(commit) was acknowledged and is lost")
        }
        try checkRecords(fixture, main)
    }

    /// One push; the responder may be killed on the way.
    ///
    /// - Returns: the commit, when the server said that it was accepted.
    private func push(_ fixture: PushFixture, _ clone: String, _ remote: String, name: String) throws -> String? {
        let steps = ["checking", "locked", "recorded", "moved", "announced"]
        var driver = ["TTL": "1500", "LOCK_WAIT": "8000"]
        if Int.random(in: 0..<4) == 0 { driver["KILL_AT"] = steps.randomElement() }
        let environment = try fixture.environment(driver, outcome: "/dev/null")
        let script = """
            git fetch -q '\(fixture.repository.path)' main && git reset -q --hard FETCH_HEAD
            echo x > 'Page \(name).md'; git add -A; git commit -q -m '\(name)'
            git -c protocol.ext.allow=always push -q '\(remote)' main >/dev/null 2>&1 && git rev-parse HEAD
            """
        let result = try runProgramResult(["sh", "-c", script], environment: environment, directory: clone)
        let commit = result.output.trimmingCharacters(in: .newlines)
        return result.status == 0 && commit.count == 40 ? commit : nil
    }

    /// Each record begins where the one before it ended, unless a kill fell between main and its record.
    private func checkRecords(_ fixture: PushFixture, _ main: ObjectID) throws {
        let records = try fixture.journal.pending()
        for (earlier, later) in zip(records, records.dropFirst()) {
            let old = try #require(later.old)
            #expect(try fixture.repository.isAncestor(earlier.new, of: old))
        }
        if let last = records.last { #expect(try fixture.repository.isAncestor(last.new, of: main)) }
        let moves = try fixture.git("--git-dir=\(fixture.repository.path)", "rev-list", "--count", "\(main)")
        #expect((Int(moves) ?? 0) >= records.count)
        try fixture.git("--git-dir=\(fixture.repository.path)", "fsck", "--no-dangling")
    }
}
