import Base
import Foundation
import GitStore
import TestSupport
import Testing

@testable import Vault

/// Damage that a crash leaves, and what becomes of it without a person.
@Suite struct MendingTests {
    private func exported() throws -> VaultFixture {
        let fixture = try VaultFixture()
        try fixture.vault.ensureServable(fixture.space)
        try fixture.export()
        return fixture
    }

    @Test func aQuarantineIsRemovedByItsNameAndNothingElseIs() throws {
        let fixture = try exported()
        let objects = "\(fixture.repository.path)/objects"
        try fixture.write("\(objects)/tmp_objdir-incoming-a1/pack/tmp_pack_1", "half")
        try fixture.write("\(objects)/tmp_objdir-incoming-b2/pack/tmp_pack_1", "half")
        // The name is git's word: a path elsewhere, or another directory of the repository, is not touched.
        for path in ["/", "..", "\(objects)/pack", "\(objects)", "", "/elsewhere/tmp_objdir-incoming-a1"] {
            fixture.vault.removeQuarantine(path, of: fixture.space)
        }
        #expect(!fixture.exists("\(objects)/tmp_objdir-incoming-a1"))
        #expect(fixture.exists("\(objects)/tmp_objdir-incoming-b2") && fixture.exists("\(objects)/pack"))
    }

    @Test func aQuarantineThatNobodyCanBeUsingIsRemovedAndAYoungOneIsLeft() throws {
        let fixture = try exported()
        let objects = "\(fixture.repository.path)/objects"
        for (name, hours) in [("left", 7), ("running", 0), ("long", 7)] {
            let directory = "\(objects)/tmp_objdir-incoming-\(name)"
            try fixture.write("\(directory)/pack/tmp_pack_1", "half")
            for path in ["\(directory)/pack/tmp_pack_1", "\(directory)/pack", directory] {
                try runProgram(["touch", "-d", "\(hours) hours ago", path])
            }
        }
        // An upload that has been running for hours still writes.
        try runProgram(["touch", "\(objects)/tmp_objdir-incoming-long/pack/tmp_pack_1"])
        try fixture.again().ensureServable(fixture.space)
        let left = try FileManager.default.contentsOfDirectory(atPath: objects).filter { $0.hasPrefix("tmp_objdir") }
        #expect(Set(left) == ["tmp_objdir-incoming-running", "tmp_objdir-incoming-long"])
    }

    @Test(arguments: ["", "ref: refs/heads/docmost\n", "garbage", nil])
    func aHeadThatDoesNotNameMainIsMended(_ content: String?) throws {
        let fixture = try exported()
        let head = "\(fixture.repository.path)/HEAD"
        if let content {
            try fixture.write(head, content)
        } else {
            try FileManager.default.removeItem(atPath: head)
        }
        try fixture.again().ensureServable(fixture.space)
        #expect(try fixture.git("symbolic-ref", "HEAD") == "refs/heads/main")
    }

    @Test(arguments: ["", "0000", nil]) func aLostMainIsRestoredFromItsLog(_ content: String?) throws {
        let fixture = try exported()
        let last = try fixture.export("Second.md")
        let main = "\(fixture.repository.path)/refs/heads/main"
        if let content {
            try fixture.write(main, content)
        } else {
            try FileManager.default.removeItem(atPath: main)
        }
        #expect(fixture.repository.resolve("refs/heads/main") == nil)
        try fixture.again().ensureServable(fixture.space)
        #expect(fixture.repository.resolve("refs/heads/main") == last)
        #expect(try fixture.git("fsck", "--strict", "--no-dangling").isEmpty)
    }

    @Test func aMainThatCannotBeRestoredIsAnErrorAndNotAnEmptySpace() throws {
        let fixture = try exported()
        try FileManager.default.removeItem(atPath: "\(fixture.repository.path)/refs/heads/main")
        try FileManager.default.removeItem(atPath: "\(fixture.repository.path)/logs/refs/heads/main")
        #expect(throws: VaultError.self) { try fixture.again().ensureServable(fixture.space) }
    }

    @Test func oldLockFilesAreRemovedAndFreshOnesAreLeft() throws {
        let fixture = try exported()
        let path = fixture.repository.path
        for name in ["refs/heads/main.lock", "refs/docmost/wiki.lock", "packed-refs.lock"] {
            try fixture.write("\(path)/\(name)", "")
        }
        #expect(fixture.vault.removeStaleLocks(of: fixture.space, olderThan: 60) > 50)
        #expect(fixture.exists("\(path)/refs/heads/main.lock"))
        #expect(fixture.vault.removeStaleLocks(of: fixture.space, olderThan: 0) == 0)
        #expect(!fixture.exists("\(path)/refs/heads/main.lock"))
        #expect(!fixture.exists("\(path)/refs/docmost/wiki.lock"))
        try fixture.export("After.md")
    }

    @Test func anInterruptedCreationIsBegunAgain() throws {
        let fixture = try VaultFixture()
        let beside = "\(fixture.directory.path)/.docmost-git/\(fixture.space).new"
        try fixture.write("\(beside)/HEAD", "half")
        try fixture.vault.ensureServable(fixture.space)
        #expect(try fixture.git("symbolic-ref", "HEAD") == "refs/heads/main")
        #expect(!fixture.exists(beside))
    }

    @Test func maintenancePacksWithBitmapsAndChangedPaths() throws {
        let fixture = try exported()
        #expect(try fixture.vault.maintain(fixture.space) == false)
        #expect(!fixture.vault.needsMaintenance(fixture.space))
        #expect(fixture.vault.needsMaintenance(fixture.space, thresholds: MaintenanceThresholds(packs: -1)))
        for number in 0..<3 { try fixture.export("\(number).md", "page \(number)\n") }
        #expect(try fixture.vault.maintain(fixture.space, thresholds: MaintenanceThresholds(packs: -1)))
        let packs = try FileManager.default.contentsOfDirectory(atPath: "\(fixture.repository.path)/objects/pack")
        #expect(packs.filter { $0.hasSuffix(".pack") }.count == 1)
        #expect(packs.contains { $0.hasSuffix(".bitmap") })
        #expect(fixture.exists("\(fixture.repository.path)/objects/info/commit-graph"))
        #expect(fixture.repository.resolve("refs/heads/main") != nil)
        #expect(fixture.vault.isExported(fixture.space))
    }

    @Test func smallPacksAreRolledUpBesideALargeOne() throws {
        let fixture = try exported()
        var generator = SystemRandomNumberGenerator()
        let many = (0..<100).map { number in
            let words = (0..<150).map { _ in String(UInt64.random(in: 0...UInt64.max, using: &generator), radix: 36) }
            return ("Large \(number).md", words.joined(separator: " "))
        }
        try fixture.export(Dictionary(uniqueKeysWithValues: many))
        try fixture.vault.maintain(fixture.space, force: true)
        let bitmap = try packs(of: fixture).first { $0.hasSuffix(".bitmap") }
        for number in 0..<6 { try fixture.export("\(number).md", "page \(number)\n") }
        #expect(try packs(of: fixture).filter { $0.hasSuffix(".pack") }.count == 7)
        #expect(try fixture.vault.maintain(fixture.space, thresholds: MaintenanceThresholds(packs: 5, interval: 0)))
        let after = try packs(of: fixture)
        #expect(after.filter { $0.hasSuffix(".pack") }.count == 2)
        #expect(!fixture.vault.needsMaintenance(fixture.space, thresholds: MaintenanceThresholds(packs: -1)))
        #expect(after.first { $0.hasSuffix(".bitmap") } == bitmap)
        #expect(try fixture.git("show", "main:3.md") == "page 3")
    }

    private func packs(of fixture: VaultFixture) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(fixture.repository.path)/objects/pack")
    }

    @Test func maintenanceKeepsWhatARunningTransferMayNeed() throws {
        let fixture = try exported()
        let blob = try runProgram(
            ["git", "--git-dir=\(fixture.repository.path)", "hash-object", "-w", "--stdin"],
            input: "just pushed",
            environment: identity
        ).trimmingCharacters(in: .newlines)
        try fixture.vault.maintain(fixture.space, force: true)
        #expect(try fixture.git("cat-file", "-t", blob) == "blob")
    }
}
