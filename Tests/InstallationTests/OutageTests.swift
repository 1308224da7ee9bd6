import Base
import Foundation
import TestSupport
import TestTraits
import Testing

@Suite("Servers behind the daemon that go away and come back", .ownThread)
struct OutageTests {
    /// Somebody pushes a new page and an edit; the words that must arrive if it is accepted.
    private func push(_ writer: Writer, _ name: String) throws -> (ending: Writer.Ending, words: [String]) {
        try writer.update()
        try writer.create("\(name).md", "new\(name)")
        try writer.write("edit\(name)", on: "Alpha.md")
        _ = try writer.commit(name)
        return (try writer.pushPatiently(), ["new\(name)", "edit\(name)"])
    }

    @Test("Redis is restarted under the daemon, with and without its data", arguments: [true, false])
    func redis(keepsData: Bool) throws {
        let installation = try Installation()
        let site = installation.site
        let writer = try Writer(at: site)
        var ledger = Ledger()
        let first = try push(writer, "Before")
        #expect(first.ending.isAccepted, "\(first.ending.output)")
        first.words.forEach { ledger.add($0) }
        try installation.write("wikiBefore", on: "Beta")
        ledger.add("wikiBefore")
        try site.redis.restart(keepingData: keepsData)
        try installation.write("wikiAfter", on: "Beta")
        ledger.add("wikiAfter")
        // Whether a page is open is not known for 15 s: its edit is said to follow, and follows. A lock that could not
        // be given back is waited for, and then it may be known.
        let second = try push(writer, "After")
        #expect(second.ending.isAccepted && second.ending.milliseconds < 40_000, "\(second.ending.output)")
        let output = second.ending.output
        let isWrittenLate = output.contains("updated    Alpha.md") && output.contains("waiting, 10 s")
        #expect(output.contains("pending    Alpha.md") || isWrittenLate, "\(output)")
        second.words.forEach { ledger.add($0) }
        try installation.expectAgreement(ledger, "after the restart")
        try installation.expectRest(ledger)
    }

    @Test("Redis is down: a push is refused at once with the reason, the daemon waits; back, all goes on by itself")
    func redisDown() throws {
        let installation = try Installation()
        let site = installation.site
        let writer = try Writer(at: site)
        var ledger = Ledger()
        let main = try installation.main()
        site.redis.stop()
        try installation.write("wikiMeanwhile", on: "Beta")
        ledger.add("wikiMeanwhile")
        let refused = try push(writer, "Refused")
        #expect(!refused.ending.isAccepted && refused.ending.milliseconds < 30_000)
        #expect(
            refused.ending.output.contains("503") || refused.ending.output.contains("Redis"),
            "\(refused.ending.output)"
        )
        sleep(milliseconds: 2_500)
        #expect(try installation.main() == main)
        try site.redis.start()
        let again = try push(writer, "Again")
        #expect(again.ending.isAccepted, "\(again.ending.output)")
        again.words.forEach { ledger.add($0) }
        try installation.expectAgreement(ledger, "Redis is back")
        try installation.expectRest(ledger)
    }

    @Test("PostgreSQL crashes under the daemon and under pushes, and recovers")
    func postgres() throws {
        let server = try PostgresServer(isDurable: true)
        let installation = try Installation(postgres: server)
        let writer = try Writer(at: installation.site)
        var ledger = Ledger()
        for round in 1...(Installation.isFull ? 30 : 2) {
            try writer.update()
            try writer.create("Git \(round).md", "new\(round)")
            try writer.write("edit\(round)", on: "Alpha.md")
            let commit = try writer.commit("Round \(round)")
            let running = writer.startPush()
            try installation.write("wiki\(round)", on: "Alpha")
            ledger.add("wiki\(round)")
            sleep(milliseconds: Int.random(in: 0...600))
            try server.crash()
            sleep(milliseconds: Int.random(in: 0...1000))
            try server.start()
            running.thread?.join()
            let ending = try #require(running.ending())
            #expect(ending.milliseconds < 60_000, "\(ending.output)")
            let main = try #require(try installation.main())
            let stands = try installation.onServer("rev-list", main).contains(commit)
            #expect(stands == ending.isAccepted, "\(ending.output)")
            #expect(stands || ending.output.contains("503") || ending.output.contains("rejected"), "\(ending.output)")
            if stands { for word in ["new\(round)", "edit\(round)"] { ledger.add(word) } }
            try installation.expectAgreement(ledger, "round \(round)")
        }
        try installation.expectRest(ledger)
    }
}
