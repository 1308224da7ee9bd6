import Base
import Foundation
import GitStore
import Push
import PushProtocol
import SpaceLock
import TestSupport
import Testing

/// The responder is killed at each step: main and its record moved together or not at all, and the next push heals.
@Suite struct KillTests {
    @Test(arguments: [PushStep.checking, .locked, .recorded]) func killedBeforeMainMovesNothingHasHappened(
        _ step: PushStep
    ) throws {
        let fixture = try PushFixture()
        let before = fixture.main
        let new = try fixture.change()
        let push = try fixture.push(driver: ["KILL_AT": step.rawValue])
        #expect(push.status != 0, "\(push.output)")
        #expect(fixture.main == before)
        #expect(try fixture.journal.pending().isEmpty)
        try expire(fixture)
        #expect(try fixture.push().isAccepted)
        #expect(fixture.main == new)
        #expect(try fixture.journal.pending().count == 1)
    }

    @Test(arguments: [PushStep.moved, .announced]) func killedAfterMainMovedThePushIsDurable(_ step: PushStep) throws {
        let fixture = try PushFixture()
        let new = try fixture.change()
        _ = try fixture.push(driver: ["KILL_AT": step.rawValue])
        #expect(fixture.main == new)
        #expect(try fixture.journal.pending().map(\.new) == [try #require(new)])
        try expire(fixture)
        let again = try fixture.push()
        #expect(again.isAccepted && again.output.contains("Everything up-to-date"))
        #expect(try fixture.journal.pending().count == 1)
        #expect(try runProgram(["git", "--git-dir=\(fixture.repository.path)", "fsck"]).contains("error") == false)
    }

    @Test func aKilledHoldersLeaseEndsByItself() throws {
        let fixture = try PushFixture()
        try fixture.change()
        _ = try fixture.push(driver: ["KILL_AT": "locked"])
        let left = Int(try fixture.redis.command("PTTL", RedisLeases.key(fixture.space))) ?? 0
        #expect((1...30_000).contains(left))
    }

    @Test func lockFilesOfAKilledGitDoNotRefuseTheNextPush() throws {
        let fixture = try PushFixture()
        let path = fixture.repository.path
        for name in ["refs/heads/main.lock", "refs/docmost/pushed.lock"] {
            #expect(FileManager.default.createFile(atPath: "\(path)/\(name)", contents: nil))
        }
        let new = try fixture.change()
        let push = try fixture.push()
        #expect(push.isAccepted, "\(push.output)")
        #expect(fixture.main == new)
    }

    @Test func aRecordThatWasOvertakenByAKillDoesNotStopTheNextPush() throws {
        let fixture = try PushFixture()
        // A power cut between the two renames of one transaction: main is ahead of its record.
        let lone = try fixture.change()
        _ = try fixture.push()
        let record = try #require(fixture.journal.newest)
        try runProgram([
            "git", "--git-dir=\(fixture.repository.path)", "update-ref", "-d", RefNames.pushed, "\(record)",
        ])
        #expect(fixture.main == lone)
        let next = try fixture.change("Home.md", "again\n")
        #expect(try fixture.push().isAccepted)
        let pending = try fixture.journal.pending()
        #expect(pending.map(\.new) == [try #require(next)])
        #expect(pending.first?.old == lone)
    }

    /// What 30 s do to the lease of a killed holder.
    private func expire(_ fixture: PushFixture) throws {
        try fixture.redis.command("PEXPIRE", RedisLeases.key(fixture.space), "1")
        sleep(milliseconds: 20)
    }
}
