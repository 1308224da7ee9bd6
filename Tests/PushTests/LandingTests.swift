import Base
import Foundation
import GitStore
import PushProtocol
import SpaceLock
import Synchronization
import TestSupport
import Testing

/// Pushes that are accepted, and what they leave behind.
@Suite struct LandingTests {
    @Test func aPushWithoutADaemonStandsAndSaysSo() throws {
        let fixture = try PushFixture()
        let new = try fixture.change()
        let push = try fixture.push()
        #expect(push.isAccepted, "\(push.output)")
        #expect(fixture.main == new)
        #expect(push.output.contains("remote: docmost-git: saved. The sync service does not answer now"))
        #expect(push.outcome.contains("ref refs/heads/main ok"))
        #expect(try fixture.redis.command("EXISTS", RedisLeases.key(fixture.space)) == "0")
    }

    @Test func aCloneFromBeforeAPurgeDoesNotBringThePageBack() throws {
        let fixture = try PushFixture()
        let old = try #require(fixture.main)
        let holder = try #require(try fixture.change("Salaries.md", page("One million.\n")))
        #expect(try fixture.push().isAccepted)
        #expect(PurgedCommits(of: fixture.repository).add([holder]))
        try fixture.repository.git(["update-ref", RefNames.main, "\(old)"])
        try fixture.git("rm", "-q", "Salaries.md")
        try fixture.commit()
        let push = try fixture.push()
        #expect(!push.isAccepted)
        #expect(push.output.contains("it holds a page that was purged from the history"), "\(push.output)")
        #expect(fixture.main == old)
        // Work that starts from the new history is welcome.
        try fixture.git("reset", "-q", "--hard", "\(old)")
        try fixture.change()
        #expect(try fixture.push().isAccepted)
    }

    @Test func theRecordNamesWhoMovedMainFromWhereToWhere() throws {
        let fixture = try PushFixture()
        let old = fixture.main
        let user = UserID.fresh()
        let new = try fixture.change()
        _ = try fixture.push(
            ["-o", "allow-deletes", "origin", "main"],
            driver: ["USER": "\(user)", "NAME": "Zoë <z>"]
        )
        let record = try #require(try fixture.journal.pending().first)
        #expect(record.user == user && record.name == "Zoë <z>" && record.old == old && record.new == new)
        #expect(record.options == ["allow-deletes"])
        #expect(try runProgram(["git", "--git-dir=\(fixture.repository.path)", "fsck"]).contains("error") == false)
    }

    @Test func eachPageIsReportedOnALineOfItsOwn() throws {
        let fixture = try PushFixture()
        let seen = Mutex<(PushID, [PushRecord])?>(nil)
        let daemon = try DaemonDouble(fixture) { _, push, _, reporter in
            seen.withLock { $0 = (push, (try? fixture.journal.pending()) ?? []) }
            reporter.report(ReportLine(.updated, "Home.md", url: "https://wiki/s/x/p/home", note: "merged with Eve"))
            reporter.report(ReportLine(.refused, "Bad\u{1B}[31m.md", note: "no such page"))
            return "1 page updated, 1 refused"
        }
        defer { daemon.end() }
        try fixture.change()
        let push = try fixture.push()
        #expect(push.isAccepted)
        #expect(
            push.output.contains("remote: docmost-git: updated    Home.md  (merged with Eve)  https://wiki/s/x/p/home")
        )
        #expect(push.output.contains("refused    Bad?[31m.md  (no such page)"))
        #expect(push.output.contains("remote: docmost-git: 1 page updated, 1 refused"))
        #expect(push.outcome.contains("report done"))
        let record = seen.withLock { $0 }
        #expect(record?.0 == record?.1.first?.push)
    }

    @Test func thePageIsWrittenBeforeTheNextPushGetsTheSpace() throws {
        let fixture = try PushFixture()
        let events = Mutex<[String]>([])
        let daemon = try DaemonDouble(fixture) { _, _, _, _ in
            events.withLock { $0.append("begin") }
            sleep(milliseconds: 400)
            events.withLock { $0.append("end") }
            return ""
        }
        defer { daemon.end() }
        let other = try fixture.colleague()
        try fixture.change()
        let first = startThread { _ = try? fixture.push() }
        try waitUntil("the first push landed") { events.withLock { $0 } == ["begin"] }
        _ = other
        try fixture.git("commit", "-q", "--allow-empty", "-m", "second")
        let second = try fixture.push()
        first?.join()
        #expect(second.isAccepted)
        #expect(events.withLock { $0 } == ["begin", "end", "begin", "end"])
    }

    @Test func whatMainHoldsAlreadyIsNoPush() throws {
        let fixture = try PushFixture()
        try fixture.change()
        _ = try fixture.push()
        let push = try fixture.push()
        #expect(push.isAccepted && push.output.contains("Everything up-to-date"))
        #expect(try fixture.journal.pending().count == 1)
    }

    @Test func theClientsViewOfMainMovesWithThePush() throws {
        let fixture = try PushFixture()
        let new = try fixture.change()
        _ = try fixture.push()
        #expect(ObjectID(try fixture.git("rev-parse", "origin/main")) == new)
    }

    @Test func aDryRunPrintsThePlanAndMovesNothing() throws {
        let fixture = try PushFixture()
        let old = fixture.main
        let asked = Mutex<PlanRequest?>(nil)
        let plan: @Sendable (SpaceID, PlanRequest, PushReporter) -> String = { _, request, reporter in
            asked.withLock { $0 = request }
            reporter.report(ReportLine(.created, "New.md"))
            return "1 page would be created"
        }
        let daemon = try DaemonDouble(fixture, plan: plan)
        defer { daemon.end() }
        let new = try fixture.change("New.md")
        let push = try fixture.push(["-o", "dry-run", "origin", "main"])
        #expect(push.isAccepted, "\(push.output)")
        #expect(push.output.contains("created    New.md") && push.output.contains("1 page would be created"))
        #expect(fixture.main == old)
        #expect(ObjectID(try fixture.git("rev-parse", "origin/main")) == old)
        #expect(asked.withLock { $0 }?.new == new && asked.withLock { $0 }?.old == old)
        #expect(try fixture.journal.pending().isEmpty)
        #expect(push.outcome.contains("dry-run true"))
        #expect(try fixture.push().isAccepted)
        #expect(fixture.main == new)
    }

    @Test func aDryRunTakesNoLock() throws {
        let fixture = try PushFixture()
        try fixture.hold()
        try fixture.change()
        let push = try fixture.push(["-o", "dry-run", "origin", "main"])
        #expect(push.isAccepted && push.output.contains("would be accepted"))
    }

    @Test func aReportThatTakesTooLongDoesNotHoldThePush() throws {
        let fixture = try PushFixture()
        let daemon = try DaemonDouble(fixture) { _, _, _, _ in
            sleep(milliseconds: 3_000)
            return "late"
        }
        defer { daemon.end() }
        try fixture.change()
        let push = try fixture.push(driver: ["REPORT_TOTAL": "1000", "REPORT_EVERY": "400"])
        #expect(push.isAccepted)
        #expect(push.output.contains("the wiki is being updated"))
        #expect(push.output.contains("saved. The remaining pages follow"))
    }

    @Test func anOptionThatIsNotKnownIsNamed() throws {
        let fixture = try PushFixture()
        try fixture.change()
        let push = try fixture.push(["-o", "alow-deletes", "origin", "main"])
        #expect(push.isAccepted && push.output.contains("the option \"alow-deletes\" is not known"))
    }

    @Test func manyDeletionsAreAllowedByThePersonsWordAndRecorded() throws {
        let fixture = try PushFixture(["A.md": page("a"), "B.md": page("b"), "C.md": page("c")])
        try fixture.git("rm", "-q", "A.md", "B.md", "C.md")
        try fixture.commit()
        let refused = try fixture.push(driver: ["DELETIONS": "2"])
        #expect(!refused.isAccepted && refused.output.contains("would move 3 pages to the trash"))
        let allowed = try fixture.push(["-o", "allow-deletes", "origin", "main"], driver: ["DELETIONS": "2"])
        #expect(allowed.isAccepted)
        #expect(try fixture.journal.pending().first?.allowedDeletions == ["A.md", "B.md", "C.md"])
    }

    @Test func movedPagesAreNotDeletions() throws {
        let fixture = try PushFixture(["A.md": page("a"), "B.md": page("b"), "C.md": page("c")])
        try FileManager.default.createDirectory(atPath: "\(fixture.clone)/Guide/Sub", withIntermediateDirectories: true)
        for name in ["A.md", "B.md", "C.md"] { try fixture.git("mv", name, "Guide/Sub/\(name)") }
        // One of them with quite another text: the id says that it is the page.
        let id = try fixture.git("show", "HEAD:A.md").split(separator: "\n")[1]
        try fixture.write("Guide/Sub/A.md", "---\n\(id)\n---\n\n\(String(repeating: "other words ", count: 50))\n")
        try fixture.commit()
        let push = try fixture.push(driver: ["DELETIONS": "0"])
        #expect(push.isAccepted, "\(push.output)")
    }

    @Test func filesThatAreNoPagesMayBeDeletedFreely() throws {
        let fixture = try PushFixture(["a.png": "1", "b.png": "2", ".obsidian/x.md": "3"])
        try fixture.git("rm", "-q", "-r", "a.png", "b.png", ".obsidian")
        try fixture.commit()
        #expect(try fixture.push(driver: ["DELETIONS": "0"]).isAccepted)
    }

    private static let python = ProcessInfo.processInfo.environment["DOCMOST_GIT_PYTHON"]

    @Test(.enabled(if: python != nil, "DOCMOST_GIT_PYTHON names a Python with dulwich")) func dulwichPushesToo() throws
    {
        let python = try #require(Self.python)
        let fixture = try PushFixture()
        let new = try fixture.change()
        let script = packagePath("Tests/PushTests/push_with_dulwich.py")
        let arguments = [python, script, fixture.clone, try builtProduct("PushDriver")]
        let outcome = fixture.directory.file("outcome")
        let accepted = try runProgramResult(arguments, environment: fixture.environment([:], outcome: outcome))
        #expect(accepted.status == 0, "\(accepted.output)")
        #expect(fixture.main == new)
        try fixture.git("reset", "-q", "--hard", "HEAD~1")
        try fixture.change("Home.md", "rewritten")
        let refused = try runProgramResult(arguments, environment: fixture.environment([:], outcome: outcome))
        #expect(refused.output.contains("cannot be rewritten"), "\(refused.output)")
        #expect(fixture.main == new)
    }
}
