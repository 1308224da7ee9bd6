import Base
import Foundation
import GitStore
import TestSupport
import Testing

@testable import PushProtocol

/// Records beside main: written together, read in order, marked when they are done.
@Suite struct JournalTests {
    private let directory: TemporaryDirectory
    private let repository: Repository

    init() throws {
        directory = try TemporaryDirectory("dg-journal")
        repository = Repository(path: directory.file("s.git"))
        try runProgram(["git", "init", "-q", "--bare", "-b", "main", repository.path])
        try repository.git(["mktree"])
    }

    private func commit(_ number: Int, on parent: ObjectID?) throws -> ObjectID {
        let importer = try Importer(repository)
        let who = Signature(name: "A", email: "a@example.org", seconds: number)
        let id = try importer.commit(
            parents: parent.map { [$0] } ?? [],
            edits: [.write(path: "\(number).md", bytes: [UInt8(ascii: "x")])],
            author: who,
            committer: who,
            message: "\(number)"
        )
        _ = try importer.finish()
        return id
    }

    @discardableResult
    private func push(_ number: Int, name: String = "Ann") throws -> PushRecord {
        let journal = PushJournal(repository)
        let old = repository.resolve(RefNames.main)
        var record = PushRecord(
            push: .fresh(),
            user: .fresh(),
            name: name,
            email: "a@example.org",
            time: 1_700_000_000_000,
            old: old,
            new: try commit(number, on: old)
        )
        let written = try journal.write(record, on: journal.newest)
        try journal.moves(for: record, commit: written, on: journal.newest).commit(in: repository, reason: "push")
        record.commit = written
        return record
    }

    @Test func pendingPushesComeInTheirOrder() throws {
        #expect(try PushJournal(repository).pending().isEmpty)
        let records = try (0..<4).map { try push($0) }
        #expect(try PushJournal(repository).pending() == records)
    }

    @Test func aReconciledPushIsNotPendingAndNeitherAreOlderOnes() throws {
        let records = try (0..<4).map { try push($0) }
        var moves = RefTransaction()
        PushJournal(repository).markReconciled(records[1], in: &moves)
        try moves.commit(in: repository, reason: "cycle")
        #expect(try PushJournal(repository).pending() == Array(records[2...]))
        moves = RefTransaction()
        PushJournal(repository).markReconciled(records[3], in: &moves)
        try moves.commit(in: repository, reason: "cycle")
        #expect(try PushJournal(repository).pending().isEmpty)
    }

    @Test(arguments: ["", "   ", "<>", "Eve\nparent 0000", "\u{0}", "名前", "{\"push\":1}"])
    func hostileNamesDoNotBreakARecord(_ name: String) throws {
        let record = try push(1, name: name)
        #expect(try PushJournal(repository).pending() == [record])
        #expect(try runProgram(["git", "--git-dir=\(repository.path)", "fsck", "--strict"]).contains("error") == false)
    }

    @Test func aPushOnAMovedMainMovesNothing() throws {
        try push(1)
        let journal = PushJournal(repository)
        let main = repository.resolve(RefNames.main)
        let stale = PushRecord(
            push: .fresh(),
            user: .fresh(),
            name: "A",
            email: "a@example.org",
            time: 0,
            old: nil,
            new: try commit(9, on: nil)
        )
        let written = try journal.write(stale, on: journal.newest)
        #expect(throws: GitError.self) {
            try journal.moves(for: stale, commit: written, on: journal.newest).commit(in: repository, reason: "push")
        }
        #expect(repository.resolve(RefNames.main) == main)
        #expect(try journal.pending().count == 1)
    }
}
