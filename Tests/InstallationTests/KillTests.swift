import Base
import Foundation
import TestSupport
import TestTraits
import Testing

/// The programs themselves are killed while nginx, git, PostgreSQL and Redis go on.
@Suite("kill -9 of the programs", .ownThread)
struct KillTests {
    @Test("the daemon, at any moment: the next one does the rest, and every push stands once")
    func daemon() throws {
        let installation = try Installation()
        let writer = try Writer(at: installation.site)
        var ledger = Ledger()
        var pushes: [(thread: ThreadHandle?, ending: @Sendable () -> Writer.Ending?)] = []
        for round in 1...(Installation.isFull ? 120 : 3) {
            if round % 4 != 0 {
                try writer.update()
                pushes.append(try push(writer, round, &ledger, installation))
            }
            try installation.write("wiki\(round)", on: "Alpha")
            ledger.add("wiki\(round)")
            if round % 3 == 0 { try installation.rename("Git \(round - 2)", to: "Renamed \(round - 2)") }
            sleep(milliseconds: Int.random(in: 0...350))
            try installation.killDaemons()
            try installation.site.redis.expireLocks()
            try installation.startDaemon()
            try installation.expectAgreement(ledger, "round \(round)")
        }
        for push in pushes {
            push.thread?.join()
            let ending = try #require(push.ending())
            #expect(ending.isAccepted, "\(ending.output)")
        }
        try installation.expectRest(ledger)
    }

    /// A new page, an edit, and a move; returns once main has them, with the report still running.
    private func push(
        _ writer: Writer,
        _ round: Int,
        _ ledger: inout Ledger,
        _ installation: Installation
    ) throws -> (thread: ThreadHandle?, ending: @Sendable () -> Writer.Ending?) {
        try writer.create("Git \(round).md", "new\(round)")
        try writer.write("edit\(round)", on: "Alpha.md")
        let place = try writer.path(of: "Gamma.md")
        if round % 3 == 2 { try writer.move(place, to: "Folder \(round)/Gamma.md") }
        if round % 3 == 0, place != "Gamma.md" { try writer.move(place, to: "Gamma.md") }
        let commit = try writer.commit("Round \(round)")
        let push = writer.startPush()
        for word in ["new\(round)", "edit\(round)"] { ledger.add(word) }
        do {
            try waitUntil("main has the push", seconds: 60) { try installation.main() == commit }
        } catch {
            Issue.record("round \(round): \(push.ending()?.output ?? "the push still runs"); \(installation.daemonLog)")
            throw error
        }
        return push
    }
}

extension KillTests {
    @Test("the responder, at any moment of a push: it stands and arrives, or the person is told; never half")
    func responder() throws {
        let installation = try Installation()
        let site = installation.site
        let writer = try Writer(at: site)
        var ledger = Ledger()
        var stood = 0
        let rounds = Installation.isFull ? 150 : 4
        for round in 1...rounds {
            try writer.update()
            try writer.create("Git \(round).md", "new\(round)")
            try writer.write("edit\(round)", on: "Alpha.md")
            let commit = try writer.commit("Round \(round)")
            let before = try #require(try installation.main())
            let push = writer.startPush()
            sleep(milliseconds: Int.random(in: 0...700))
            try site.responder?.signal(SIGKILL)
            push.thread?.join()
            let ending = try #require(push.ending())
            try site.restartResponder()
            try site.redis.expireLocks()
            let after = try #require(try installation.main())
            let stands = try installation.onServer("rev-list", after).contains(commit)
            #expect(ending.milliseconds < 60_000, "round \(round): \(ending.output)")
            #expect(stands || !ending.isAccepted, "told that it stands, and lost: \(ending.output)")
            #expect(stands || after == before, "round \(round): main is neither the old one nor the push")
            if stands {
                stood += 1
                for word in ["new\(round)", "edit\(round)"] { ledger.add(word) }
            }
            try installation.expectAgreement(ledger, "round \(round), \(stands ? "stands" : "refused")")
        }
        // With a whole responder the next push is an ordinary one.
        try writer.update()
        try writer.create("Last.md", "last")
        _ = try writer.commit("Last")
        let last = try writer.push()
        #expect(last.isAccepted, "\(last.output)")
        ledger.add("last")
        try installation.expectAgreement(ledger, "the last push")
        try installation.expectRest(ledger)
        if Installation.isFull { #expect((10...(rounds - 10)).contains(stood), "\(stood) of \(rounds) stood") }
    }

    @Test("the daemon is killed holding the lock: pushes wait their turn, and the lock is free after its time")
    func lockOfTheDead() throws {
        let installation = try Installation()
        let site = installation.site
        let key = "git-sync:lock:\(Site.space)"
        // The lock of a process that is gone.
        try installation.killDaemons()
        try site.redis.command("SET", key, "docmost-git:gone:1", "PX", "30000")
        try installation.startDaemon()
        let writer = try Writer(at: site)
        try writer.create("Patient.md", "patient")
        _ = try writer.commit("Patient")
        let ending = try writer.push()
        #expect(ending.isAccepted, "\(ending.output)")
        #expect(ending.output.contains("another push or sync of this space is running; waiting"), "\(ending.output)")
        #expect(ending.output.contains("created    Patient.md"), "\(ending.output)")
        var ledger = Ledger()
        ledger.add("patient")
        try installation.expectAgreement(ledger, "after the lock's time")
    }

    @Test(
        "the responder, while the person reads its lines: git says at once that the push has failed",
        arguments: [FrontEnd.nginxStream, .nginxSpool, .apacheProxy]
    )
    func inTheMiddleOfTheReply(_ frontEnd: FrontEnd) throws {
        let installation = try Installation(frontEnd)
        let site = installation.site
        let key = "git-sync:lock:\(Site.space)"
        let writer = try Writer(at: site)
        let main = try installation.main()
        try writer.create("New.md", "new")
        _ = try writer.commit("New")
        try waitUntil("the space is free") { try site.redis.command("EXISTS", key) == "0" }
        try site.redis.command("SET", key, "docmost-git:somebody:1", "PX", "60000")
        let push = writer.startPush(patience: 40)
        sleep(milliseconds: 8_000)
        let killed = MonotonicClock.milliseconds()
        try site.responder?.signal(SIGKILL)
        push.thread?.join()
        let ending = try #require(push.ending())
        #expect(MonotonicClock.milliseconds() - killed < 15_000, "\(ending.output)")
        #expect(!ending.isAccepted && ending.output.contains("waiting, 5 s"), "\(ending.output)")
        #expect(try installation.main() == main)
    }
}
