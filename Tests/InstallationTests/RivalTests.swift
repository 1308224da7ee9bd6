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

    /// A machine that sleeps, or a process that is stopped, wakes up in the middle of a cycle whose lock has been given to
    /// somebody else long ago.
    @Test("a daemon that stood still in the middle of work finds another has done it: nothing is done twice")
    func stalled() throws {
        let installation = try Installation()
        let writer = try Writer(at: installation.site)
        var ledger = Ledger()
        for round in 1...(Installation.isFull ? 20 : 2) {
            try writer.update()
            for number in 1...20 {
                try writer.create("Many \(round)-\(number).md", "many\(round)x\(number)")
                ledger.add("many\(round)x\(number)")
            }
            let commit = try writer.commit("Many \(round)")
            let push = writer.startPush()
            try waitUntil("main has the push", seconds: 60) { try installation.main() == commit }
            sleep(milliseconds: Int.random(in: 0...150))
            let sleeper = try #require(installation.daemonProcess)
            kill(sleeper, SIGSTOP)
            try installation.site.redis.expireLocks()
            try installation.startDaemon()
            try installation.write("wiki\(round)", on: "Beta")
            ledger.add("wiki\(round)")
            push.thread?.join()
            let ending = try #require(push.ending())
            #expect(ending.isAccepted, "\(ending.output)")
            try installation.expectAgreement(ledger, "round \(round), while the first stands still")
            kill(sleeper, SIGCONT)
            try installation.write("again\(round)", on: "Alpha")
            ledger.add("again\(round)")
            try installation.expectAgreement(ledger, "round \(round), with both")
        }
        try installation.expectRest(ledger)
    }

    @Test(
        "two spaces exchange their slugs: a push by the old address is refused, and neither space takes the other's pages"
    )
    func slugs() throws {
        let installation = try Installation()
        let site = installation.site
        try site.workspace.sql(
            """
            UPDATE spaces SET settings = '{"gitSync":{"enabled":true}}' WHERE slug = 'private';
            INSERT INTO space_members (user_id, space_id, role, added_by_id) VALUES
              ('\(SampleWorkspace.robot)', '\(SampleWorkspace.privateSpace)', 'writer', '\(SampleWorkspace.ada)')
            """
        )
        try site.workspace.insertPage(title: "Own", paragraphs: ["own"], space: SampleWorkspace.privateSpace)
        let git = try GitClient()
        try waitUntil("both are exported", seconds: 60) {
            try git.run(["clone", "-q", site.url("private"), "private"]).status == 0
        }
        try git("clone", "-q", site.url("handbook"), "handbook")
        let rows =
            "SELECT string_agg(concat_ws(' ', id, space_id, title, deleted_at IS NULL), ',' ORDER BY id) FROM pages"
        let before = try site.workspace.sql(rows)
        try site.workspace.sql(
            """
            UPDATE spaces SET slug = 'other' WHERE slug = 'private';
            UPDATE spaces SET slug = 'private' WHERE slug = 'handbook';
            UPDATE spaces SET slug = 'handbook' WHERE slug = 'other';
            """
        )
        try git.write("new\n", to: "handbook/New.md")
        try git("add", "-A", in: "handbook")
        try git("commit", "-q", "-m", "New", in: "handbook")
        for options in [[], ["--force"]] {
            let refused = try git.run(["push"] + options + ["origin", "main"], in: "handbook")
            #expect(refused.status != 0, "\(refused.output)")
        }
        sleep(milliseconds: 2_500)
        #expect(try site.workspace.sql(rows) == before)
        let moved = try git.run(["push", site.url("private"), "main"], in: "handbook")
        #expect(moved.status == 0 && moved.output.contains("created    New.md"), "\(moved.output)")
        #expect(
            try site.workspace.sql("SELECT space_id FROM pages WHERE title = 'New'") == SampleWorkspace.handbook
        )
    }

    @Test(
        "three daemons start at once on a space that nobody has exported, and are restarted over and over: one history"
    )
    func manyStarts() throws {
        let installation = try Installation()
        let site = installation.site
        installation.stopDaemons()
        try runProgram(["rm", "-rf", site.repository()])
        for _ in 0..<3 { try installation.startDaemon() }
        try waitUntil("the first export is there\n\(installation.daemonLog)", seconds: 60) {
            try installation.main() != nil
        }
        var ledger = Ledger()
        let writer = try Writer(at: site)
        for round in 1...(Installation.isFull ? 20 : 3) {
            try installation.write("wiki\(round)", on: "Alpha")
            ledger.add("wiki\(round)")
            try writer.rebase()
            try writer.create("New \(round).md", "new\(round)")
            _ = try writer.commit("Round \(round)")
            let push = writer.startPush()
            installation.stopDaemons()
            for _ in 0..<2 { try installation.startDaemon() }
            push.thread?.join()
            if push.ending()?.isAccepted != true { #expect(try writer.pushPatiently().isAccepted) }
            ledger.add("new\(round)")
            try installation.expectAgreement(ledger, "round \(round)")
        }
        #expect(
            try installation.onServer("log", "--format=%s", "main").components(separatedBy: "Create 3 pages").count == 2
        )
        try installation.expectRest(ledger)
    }
}
