import Base
import Foundation
import TestSupport
import TestTraits
import Testing

@Suite("Another engine beside the daemon", .ownThread)
struct RivalTests {
    /// The value that gitmost's own git-sync puts into the lock: the plain UUID of its process.
    private static let predecessor = "0b0e6b2e-6f2f-4c3e-9a3f-2f6f1c6f9a10"

    @Test("the predecessor holds the lock: its cycle is respected, a start is refused, and afterwards all goes on")
    func predecessor() throws {
        let installation = try Installation()
        let site = installation.site
        let key = "git-sync:lock:\(Site.space)"
        let writer = try Writer(at: site)
        try waitUntil("the space is free") { try site.redis.command("EXISTS", key) == "0" }
        try site.redis.command("SET", key, Self.predecessor)
        let main = try installation.main()
        try installation.write("wiki", on: "Beta")
        let running = writer.startPush()
        running.thread?.join()
        #expect(running.ending()?.isAccepted == true, "nothing to push needs no lock")
        sleep(milliseconds: 3_000)
        #expect(try installation.main() == main)
        #expect(try site.redis.command("GET", key) == Self.predecessor)
        let start = try installation.operate("run")
        #expect(start.status == 78 && start.output.contains("another engine holds the lock"), "\(start.output)")
        let check = try installation.operate("check")
        #expect(check.status != 0 && check.output.contains("held by another program"), "\(check.output)")
        try writer.create("Waits.md", "waits")
        _ = try writer.commit("Waits")
        let push = writer.startPush()
        sleep(milliseconds: 2_000)
        #expect(try installation.main() == main)
        try site.redis.command("DEL", key)
        push.thread?.join()
        var ledger = Ledger()
        ledger.add("wiki")
        let ending = try #require(push.ending())
        if !ending.isAccepted {
            // The wiki's edit was committed first.
            #expect(ending.output.contains("fetch first"), "\(ending.output)")
            try writer.rebase()
            #expect(try writer.pushPatiently().isAccepted)
        }
        ledger.add("waits")
        try installation.expectAgreement(ledger, "the predecessor has gone")
        try installation.expectRest(ledger)
    }

    @Test("a stop in the middle of work ends soon and leaves the lock free; the next start does the rest")
    func stop() throws {
        let installation = try Installation()
        let writer = try Writer(at: installation.site)
        var ledger = Ledger()
        for number in 1...(Installation.isFull ? 400 : 60) {
            try writer.create("Many \(number).md", "many\(number)")
            ledger.add("many\(number)")
        }
        let commit = try writer.commit("Many")
        let push = writer.startPush()
        try waitUntil("main has the push") { try installation.main() == commit }
        let started = MonotonicClock.milliseconds()
        installation.stopDaemons()
        #expect(MonotonicClock.milliseconds() - started < 10_000)
        #expect(try installation.site.redis.command("EXISTS", "git-sync:lock:\(Site.space)") == "0")
        push.thread?.join()
        let ending = try #require(push.ending())
        #expect(ending.isAccepted, "\(ending.output)")
        try installation.startDaemon()
        try installation.expectAgreement(ledger, "after the stop")
        try installation.expectRest(ledger)
    }
}
