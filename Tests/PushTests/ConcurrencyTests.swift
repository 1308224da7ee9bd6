import Base
import Foundation
import GitStore
import PushProtocol
import SpaceLock
import Synchronization
import TestSupport
import Testing

/// Several pushes, cycles and foreign holders at once.
@Suite struct ConcurrencyTests {
    /// Pushes on a thread of its own.
    private final class Pushing: Sendable {
        private let result = Mutex<PushFixture.Push?>(nil)
        private let thread = Mutex<ThreadHandle?>(nil)

        init(_ fixture: PushFixture, _ arguments: [String] = ["origin", "main"], driver: [String: String] = [:]) {
            let started = startThread { [self] in
                let push = try? fixture.push(arguments, driver: driver)
                result.withLock { $0 = push }
            }
            thread.withLock { $0 = started }
        }

        func end() throws -> PushFixture.Push {
            thread.withLock { $0 }?.join()
            return try #require(result.withLock { $0 })
        }
    }

    private func waitUntilQueued(_ fixture: PushFixture) throws {
        try waitUntil("the push waits for the space") {
            try fixture.redis.command("ZCARD", "docmost-git:queue:\(fixture.space)") == "1"
        }
    }

    @Test func aPushWaitsForTheHolderWithALineForThePerson() throws {
        let fixture = try PushFixture()
        try fixture.hold()
        let new = try fixture.change()
        let pushing = Pushing(fixture, driver: ["REPORT_EVERY": "500"])
        try waitUntilQueued(fixture)
        sleep(milliseconds: 1_700)
        #expect(fixture.main != new)
        try fixture.letGo()
        let push = try pushing.end()
        #expect(push.isAccepted && fixture.main == new)
        #expect(push.output.contains("another push or sync of this space is running; waiting, 1 s"))
    }

    @Test func aPushThatMainOvertookIsToldToFetch() throws {
        let fixture = try PushFixture()
        try fixture.hold()
        try fixture.change()
        let pushing = Pushing(fixture)
        // The push has seen the old main, and waits; then a cycle commits.
        try waitUntilQueued(fixture)
        let cycle = try fixture.export(["Wiki.md": "from the wiki\n"])
        try fixture.letGo()
        let push = try pushing.end()
        #expect(push.status != 0)
        #expect(push.output.contains("main has changed since you fetched"))
        #expect(fixture.main == cycle)
        #expect(try fixture.journal.pending().isEmpty)
        try fixture.git("fetch", "-q", fixture.repository.path, "main")
        try fixture.git("rebase", "-q", "FETCH_HEAD")
        #expect(try fixture.push().isAccepted)
    }

    @Test func ofTwoPushesOfOneBaseOneLandsAndTheOtherIsToldToFetch() throws {
        let fixture = try PushFixture()
        let daemon = try DaemonDouble(
            fixture,
            reconcile: { _, _, _, _ in
                sleep(milliseconds: 300)
                return "done"
            }
        )
        defer { daemon.end() }
        try fixture.git("branch", "other")
        try fixture.change("A.md")
        try fixture.git("checkout", "-q", "other")
        try fixture.change("B.md")
        let pushes = [Pushing(fixture, ["origin", "main"]), Pushing(fixture, ["origin", "other:main"])]
        let results = try pushes.map { try $0.end() }
        #expect(results.filter(\.isAccepted).count == 1, "\(results.map(\.output))")
        let refused = try #require(results.first { !$0.isAccepted })
        #expect(refused.output.contains("main has changed since you fetched") || refused.output.contains("fetch first"))
        #expect(!refused.output.contains("Everything up-to-date"))
        #expect(try fixture.journal.pending().count == 1)
    }

    @Test func earlyLockingServesAPushToo() throws {
        let fixture = try PushFixture()
        let new = try fixture.change()
        #expect(try fixture.push(driver: ["LOCK": "early"]).isAccepted)
        #expect(fixture.main == new)
        #expect(try fixture.redis.command("EXISTS", RedisLeases.key(fixture.space)) == "0")
    }

    @Test func aPredecessorsLockIsWaitedForAndLeftAlone() throws {
        let fixture = try PushFixture()
        try fixture.hold("0199aaaa-bbbb-7000-8000-000000000000")
        try fixture.change()
        let push = try fixture.push(driver: ["LOCK_WAIT": "700"])
        #expect(push.status != 0 && push.output.contains("was still running"))
        let holder = try fixture.redis.command("GET", RedisLeases.key(fixture.space))
        #expect(holder == "0199aaaa-bbbb-7000-8000-000000000000")
    }

    @Test func aClientThatLeavesWhileItWaitsFreesEverything() throws {
        let fixture = try PushFixture()
        let before = fixture.main
        try fixture.hold()
        try fixture.change()
        let push = try fixture.push(driver: ["LIFE": "1500"])
        #expect(push.status != 0)
        try fixture.letGo()
        sleep(milliseconds: 300)
        #expect(fixture.main == before)
        #expect(try fixture.redis.command("KEYS", "*").isEmpty)
        #expect(try fixture.push().isAccepted)
    }

    @Test func aClientThatLeavesWhileTheWikiIsUpdatedChangesNothing() throws {
        let fixture = try PushFixture()
        let ended = Mutex(false)
        let daemon = try DaemonDouble(
            fixture,
            reconcile: { _, _, held, _ in
                sleep(milliseconds: 7_000)
                ended.withLock { $0 = !held.cancellation.isCancelled }
                return "done"
            }
        )
        let new = try fixture.change()
        _ = try fixture.push(driver: ["LIFE": "4000"])
        #expect(fixture.main == new)
        daemon.end()
        #expect(ended.withLock { $0 })
    }

    @Test func tenPeoplePushOneAfterTheOther() throws {
        let fixture = try PushFixture()
        let names = (0..<10).map { "Page \($0).md" }
        let clones = try names.map { _ in try fixture.colleague() }
        let remote = try fixture.git("remote", "get-url", "origin")
        let environment = try fixture.environment([:], outcome: "/dev/null")
        let threads = zip(names, clones).map { name, clone in
            startThread {
                let script = """
                    git remote set-url origin '\(remote)'
                    echo x > '\(name)'; git add -A; git commit -q -m '\(name)'
                    for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
                        git -c protocol.ext.allow=always push -q origin main && exit 0
                        git fetch -q '\(fixture.repository.path)' main && git rebase -q FETCH_HEAD
                    done
                    exit 1
                    """
                _ = try? runProgramResult(["sh", "-c", script], environment: environment, directory: clone)
            }
        }
        threads.forEach { $0?.join() }
        let files = try fixture.repository.files(of: try #require(fixture.main)).map(\.path)
        for name in names { #expect(files.contains(name)) }
        let records = try fixture.journal.pending()
        #expect(records.count == 10)
        for (earlier, later) in zip(records, records.dropFirst()) { #expect(later.old == earlier.new) }
    }
}
