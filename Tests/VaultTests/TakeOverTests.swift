import Base
import Foundation
import GitStore
import TestSupport
import Testing

@testable import Vault

/// A work-tree repository as gitmost leaves it, taken over once.
@Suite struct TakeOverTests {
    private struct Old {
        let fixture: VaultFixture
        let path: String

        init() throws {
            fixture = try VaultFixture()
            path = "\(fixture.directory.path)/\(fixture.space)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try git("init", "-q", "-b", "main")
            try write("Page.md", "---\ngitmost_id: 019ef6fc-2638-7ce1-9ce3-2756ce038480\n---\n\nExported\n")
            try commit("docmost: sync 1 page(s)")
            try git("branch", "docmost")
        }

        @discardableResult
        func git(_ arguments: String...) throws -> String {
            try runProgram(["git", "-C", path] + arguments, environment: identity).trimmingCharacters(in: .newlines)
        }

        func write(_ name: String, _ text: String) throws { try fixture.write("\(path)/\(name)", text) }

        func commit(_ message: String) throws {
            try git("add", "-A")
            try git("commit", "-q", "-m", message)
        }

        func takeOver() throws { try fixture.vault.ensureServable(fixture.space) }
        func show(_ name: String) throws -> String { try fixture.git("show", name) }
    }

    @Test func historyAndBothBranchesAreKept() throws {
        let old = try Old()
        try old.write("Page.md", "pushed, and not yet in the wiki\n")
        try old.commit("a person's push")
        let main = try old.git("rev-parse", "main")
        let docmost = try old.git("rev-parse", "docmost")
        try old.takeOver()
        #expect(try old.fixture.git("rev-parse", "refs/heads/main") == main)
        // The unsynced commit is what main has and the wiki's side has not: the next cycle pushes it.
        #expect(try old.fixture.git("rev-parse", "refs/docmost/wiki") == docmost)
        #expect(try old.fixture.git("log", "--format=%s", "main") == "a person's push\ndocmost: sync 1 page(s)")
        #expect(old.fixture.vault.isExported(old.fixture.space))
        #expect(try old.fixture.git("fsck", "--strict", "--no-dangling").isEmpty)
    }

    @Test func theNewRepositoryDoesNotNeedTheOldOne() throws {
        let old = try Old()
        try old.takeOver()
        try FileManager.default.removeItem(atPath: old.path)
        #expect(try old.show("main:Page.md").contains("Exported"))
        #expect(!old.fixture.exists("\(old.fixture.repository.path)/objects/info/alternates"))
    }

    @Test func theOldDirectoryIsLeftAsItWas() throws {
        let old = try Old()
        try old.write("Page.md", "uncommitted\n")
        let before = try old.git("status", "--porcelain")
        try old.takeOver()
        #expect(try old.git("status", "--porcelain") == before)
    }

    @Test func aDirtyTreeOnMainBecomesACommitOnMain() throws {
        let old = try Old()
        try old.write("Page.md", "an id was just written here\n")
        try old.write("Sub/Neu.md", "untracked\n")
        try old.takeOver()
        #expect(try old.show("main:Page.md") == "an id was just written here")
        #expect(try old.show("main:Sub/Neu.md") == "untracked")
        #expect(try old.fixture.git("rev-parse", "main~1") == old.git("rev-parse", "main"))
    }

    @Test func anInterruptedExportIsKeptBesideMain() throws {
        let old = try Old()
        try old.git("checkout", "-q", "docmost")
        try old.write("Page.md", "half an export\n")
        try old.takeOver()
        #expect(try old.show("main:Page.md").contains("Exported"))
        #expect(try old.show("refs/docmost/rescued:Page.md") == "half an export")
    }

    @Test func anExportInterruptedBackOnMainIsKeptBesideMain() throws {
        let old = try Old()
        try old.git("update-ref", "refs/docmost/pulling", "HEAD")
        try old.write("Page.md", "half an export\n")
        try old.takeOver()
        #expect(try old.show("main:Page.md").contains("Exported"))
        #expect(try old.show("refs/docmost/rescued:Page.md") == "half an export")
    }

    @Test func aHalfFinishedMergeIsKeptBesideMainWithBothParents() throws {
        let old = try Old()
        try old.git("checkout", "-q", "docmost")
        try old.write("Page.md", "the wiki's text\n")
        try old.commit("docmost: sync 1 page(s)")
        try old.git("checkout", "-q", "main")
        try old.write("Page.md", "the person's text\n")
        try old.commit("push")
        let merge = try runProgramResult(["git", "-C", old.path, "merge", "docmost"], environment: identity)
        #expect(merge.status != 0)
        try old.takeOver()
        // Conflict markers never reach main, where they would become text of a page.
        #expect(try old.show("main:Page.md") == "the person's text")
        #expect(try old.show("refs/docmost/rescued:Page.md").contains("<<<<<<<"))
        let parents = try old.fixture.git("log", "-1", "--format=%P", "refs/docmost/rescued").split(separator: " ")
        #expect(parents.count == 2)
    }

    @Test func otherBranchesAndTagsAreKeptOutOfSight() throws {
        let old = try Old()
        try old.git("branch", "draft")
        try old.git("tag", "v1")
        try old.takeOver()
        let refs = try old.fixture.git("for-each-ref", "--format=%(refname)")
        #expect(refs.contains("refs/docmost/predecessor/heads/draft"))
        #expect(refs.contains("refs/docmost/predecessor/tags/v1"))
        #expect(!refs.contains("refs/heads/draft"))
    }

    @Test func hooksAndSettingsOfTheOldDirectoryDoNotRun() throws {
        let old = try Old()
        let marker = old.fixture.directory.file("ran")
        try old.git("config", "core.fsmonitor", "touch \(marker)")
        try old.git("config", "filter.evil.clean", "touch \(marker); cat")
        try old.write(".gitattributes", "* filter=evil\n")
        try old.write("Page.md", "changed\n")
        try old.takeOver()
        #expect(!old.fixture.exists(marker))
        #expect(try old.show("main:Page.md") == "changed")
    }

    @Test func namesInAnyScriptAreKept() throws {
        let old = try Old()
        try old.write("Страница/Ёлка.md", "текст\n")
        try old.takeOver()
        #expect(try old.show("main:Страница/Ёлка.md") == "текст")
    }

    @Test func aRepositoryWithoutACommitBecomesANewOne() throws {
        let fixture = try VaultFixture()
        let path = "\(fixture.directory.path)/\(fixture.space)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try runProgram(["git", "-C", path, "init", "-q", "-b", "main"], environment: identity)
        try fixture.vault.ensureServable(fixture.space)
        #expect(!fixture.vault.isExported(fixture.space))
    }

    @Test func itHappensOnce() throws {
        let old = try Old()
        try old.takeOver()
        let main = try old.fixture.git("rev-parse", "main")
        try old.write("Page.md", "later, by hand\n")
        try old.fixture.again().ensureServable(old.fixture.space)
        #expect(try old.fixture.git("rev-parse", "main") == main)
    }
}
