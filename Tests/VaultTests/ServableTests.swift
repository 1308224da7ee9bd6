import Base
import Foundation
import GitStore
import TestSupport
import Testing

@testable import Vault

/// What `ensureServable` makes, and what it leaves alone.
@Suite struct ServableTests {
    @Test func aNewRepositoryIsBareWithMainAsItsHead() throws {
        let fixture = try VaultFixture()
        try fixture.vault.ensureServable(fixture.space)
        #expect(fixture.repository.path == "\(fixture.directory.path)/\(fixture.space).git")
        #expect(try fixture.git("rev-parse", "--is-bare-repository") == "true")
        #expect(try fixture.git("symbolic-ref", "HEAD") == "refs/heads/main")
        #expect(try fixture.git("count-objects").hasPrefix("1 objects"))
    }

    @Test func theSettingsOfTheContractAreThere() throws {
        let fixture = try VaultFixture()
        try fixture.vault.ensureServable(fixture.space)
        let expected = [
            "http.receivepack": "true", "http.uploadpack": "true", "receive.denynonfastforwards": "true",
            "receive.denycurrentbranch": "updateInstead", "receive.fsckobjects": "true",
            "receive.advertisepushoptions": "true", "uploadpack.allowfilter": "true",
            "transfer.hiderefs": "refs/docmost", "core.logallrefupdates": "true", "receive.autogc": "false",
        ]
        for (key, value) in expected { #expect(try fixture.git("config", "--local", key) == value, "\(key)") }
        #expect(try fixture.git("config", "--local", "core.fsync").contains("reference"))
    }

    @Test func aSecondCallOfTheProcessTouchesNothing() throws {
        let fixture = try VaultFixture()
        try fixture.vault.ensureServable(fixture.space)
        try FileManager.default.removeItem(atPath: "\(fixture.repository.path)/config")
        try fixture.vault.ensureServable(fixture.space)
        #expect(!fixture.exists("\(fixture.repository.path)/config"))
    }

    @Test func aGoodRepositoryIsNotWrittenByTheNextProcess() throws {
        let fixture = try VaultFixture()
        try fixture.vault.ensureServable(fixture.space)
        let config = "\(fixture.repository.path)/config"
        let before = try FileManager.default.attributesOfItem(atPath: config)[.systemFileNumber] as? NSNumber
        // A lock that somebody else holds would make every write fail.
        try fixture.write("\(config).lock", "")
        try fixture.again().ensureServable(fixture.space)
        let after = try FileManager.default.attributesOfItem(atPath: config)[.systemFileNumber] as? NSNumber
        #expect(before == after)
    }

    @Test func aChangedSettingIsPutBack() throws {
        let fixture = try VaultFixture()
        try fixture.vault.ensureServable(fixture.space)
        try fixture.git("config", "receive.fsckObjects", "false")
        try fixture.git("config", "people.own", "kept")
        try fixture.again().ensureServable(fixture.space)
        #expect(try fixture.git("config", "receive.fsckObjects") == "true")
        #expect(try fixture.git("config", "people.own") == "kept")
    }

    @Test func anUnreadableConfigurationIsAnErrorAndIsTriedAgain() throws {
        let fixture = try VaultFixture()
        try fixture.vault.ensureServable(fixture.space)
        let config = "\(fixture.repository.path)/config"
        let good = try String(contentsOfFile: config, encoding: .utf8)
        try fixture.write(config, "[broken")
        let next = fixture.again()
        #expect(throws: VaultError.self) { try next.ensureServable(fixture.space) }
        try fixture.write(config, good)
        try next.ensureServable(fixture.space)
    }

    @Test func parallelCallsOfManyProcessesMakeOneRepository() throws {
        let fixture = try VaultFixture()
        let threads = (0..<8).map { _ in
            startThread { [space = fixture.space, path = fixture.directory.path] in
                _ = try? Vault(dataDirectory: path).ensureServable(space)
            }
        }
        threads.forEach { $0?.join() }
        #expect(try fixture.git("config", "receive.fsckObjects") == "true")
        #expect(!fixture.exists("\(fixture.directory.path)/.docmost-git/\(fixture.space).new"))
    }

    @Test func filesAreForTheOwnerAndReadableByTheGroup() throws {
        let fixture = try VaultFixture()
        try fixture.vault.ensureServable(fixture.space)
        #expect(try fixture.mode(fixture.repository.path) & 0o777 == 0o750)
        try fixture.export()
        #expect(try fixture.mode("\(fixture.repository.path)/refs/heads/main") & 0o777 == 0o640)
    }

    @Test func aSharedGroupMayWrite() throws {
        let fixture = try VaultFixture(options: VaultOptions(isGroupShared: true))
        try fixture.vault.ensureServable(fixture.space)
        #expect(try fixture.mode("\(fixture.repository.path)/refs") & 0o070 == 0o070)
        try fixture.export()
        #expect(try fixture.mode("\(fixture.repository.path)/refs/heads/main") & 0o060 == 0o060)
    }

    @Test func aDataDirectorySharedByItsGroupMakesSharedRepositories() throws {
        let fixture = try VaultFixture()
        #expect(chmod(fixture.directory.path, 0o2770) == 0)
        let vault = fixture.again()
        try vault.ensureServable(fixture.space)
        #expect(try fixture.git("config", "core.sharedRepository") == "group")
        #expect(try fixture.mode("\(fixture.directory.path)/.docmost-git") & 0o070 == 0o070)
        #expect(try fixture.mode("\(fixture.directory.path)/.docmost-git/\(fixture.space).lock") & 0o060 == 0o060)
        #expect(try fixture.mode("\(fixture.repository.path)/docmost-git") & 0o070 == 0o070)
    }

    @Test func aSharedDataDirectoryMayBeGivenByALink() throws {
        let fixture = try VaultFixture()
        #expect(chmod(fixture.directory.path, 0o2770) == 0)
        let link = try TemporaryDirectory("dg-vault")
        #expect(symlink(fixture.directory.path, link.file("data")) == 0)
        try Vault(dataDirectory: link.file("data")).ensureServable(fixture.space)
        #expect(try fixture.git("config", "core.sharedRepository") == "group")
    }

    @Test func slashesAtTheEndOfTheDataDirectoryDoNotMatter() {
        #expect(Vault(dataDirectory: "/srv/data//").dataDirectory == "/srv/data")
        #expect(Vault(dataDirectory: "/").dataDirectory == "/")
    }

    @Test func clientsAreToldThatHeadIsMain() throws {
        let fixture = try VaultFixture()
        try fixture.vault.ensureServable(fixture.space)
        try fixture.export()
        let listed = try runProgram(["git", "ls-remote", "--symref", fixture.repository.path], environment: identity)
        #expect(listed.hasPrefix("ref: refs/heads/main\tHEAD\n"))
    }

    @Test func ourRefsAreHiddenFromClients() throws {
        let fixture = try VaultFixture()
        try fixture.vault.ensureServable(fixture.space)
        try fixture.export()
        let listed = try runProgram(["git", "ls-remote", fixture.repository.path], environment: identity)
        #expect(listed.contains("refs/heads/main"))
        #expect(!listed.contains("refs/docmost"))
    }
}

/// The state of a space that was never exported.
@Suite struct FirstExportTests {
    @Test func aNewRepositoryIsNotExported() throws {
        let fixture = try VaultFixture()
        try fixture.vault.ensureServable(fixture.space)
        #expect(!fixture.vault.isExported(fixture.space))
        let before = MonotonicClock.milliseconds()
        #expect(!fixture.vault.waitUntilExported(fixture.space, until: .after(milliseconds: 200)))
        #expect((150...1_000).contains(MonotonicClock.milliseconds() - before))
    }

    @Test func theFirstCloneWaitsForTheExport() throws {
        let fixture = try VaultFixture()
        try fixture.vault.ensureServable(fixture.space)
        let exporter = startThread {
            sleep(milliseconds: 200)
            _ = try? fixture.export()
        }
        #expect(fixture.vault.waitUntilExported(fixture.space, until: .after(milliseconds: 10_000)))
        exporter?.join()
    }
}
