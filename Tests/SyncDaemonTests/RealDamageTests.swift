import Base
import Cycle
import Foundation
import GitStore
import Processes
import Reconcile
import SyncStage
import TestSupport
import Testing

extension RealServers {
    /// Hands that do not know what they touch, while the daemon runs and remembers.
    @Suite("Damage under a running daemon, on real servers")
    struct RealDamageTests {
        /// A space with three pages, one of them pushed, that the engine has synced.
        private func stage() throws -> (RealStage, [PageID]) {
            let stage = try RealStage(cap: 5)
            let guide = try stage.add("Guide", ["G."])
            let child = try stage.add("Child", ["C."], parent: guide)
            stage.run()
            try stage.push(["Pushed.md": "P.\n"])
            #expect(stage.run().push.created == 1)
            let pushed = try #require(stage.live().first { $0.title == "Pushed" })
            return (stage, [guide, child, pushed.id])
        }

        private func copy(_ stage: RealStage) throws -> String {
            let backup = stage.real.directory.file("backup.git")
            try runProgram(["cp", "-a", stage.repository.path, backup])
            return backup
        }

        private func replace(_ stage: RealStage, with backup: String) throws {
            try FileManager.default.removeItem(atPath: stage.repository.path)
            try FileManager.default.moveItem(atPath: backup, toPath: stage.repository.path)
        }

        /// What is wrong may be found out by one cycle; the ones after it mend it.
        private func heal(_ stage: RealStage) throws {
            for _ in 0..<3 where stage.run().outcome != .ran {}
            stage.run()
        }

        private func expectSamePages(_ stage: RealStage, _ pages: [PageID], _ more: Int = 0) throws {
            #expect(try stage.trashed() == 0)
            #expect(try stage.pages().count == pages.count + more)
            for page in pages { #expect(try stage.page(page)?.isTrashed == false) }
            try stage.expectAgreement()
        }

        @Test("the repository is removed: it comes again with the same pages, a pushed page keeps its id")
        func removed() throws {
            let (stage, pages) = try stage()
            try FileManager.default.removeItem(atPath: stage.repository.path)
            try heal(stage)
            #expect(try Set(stage.paths()) == ["Guide/Guide.md", "Guide/Child.md", "Pushed.md"])
            try expectSamePages(stage, pages)
        }

        @Test("the repository is put back from an older backup: what came since, by either side, comes again once")
        func olderRepository() throws {
            let (stage, pages) = try stage()
            let backup = try copy(stage)
            try stage.push(["Pushed.md": stage.edited(#require(stage.files()["Pushed.md"])) { $0.append("Since.") }])
            stage.run()
            try stage.push(["New.md": "N.\n"])
            stage.run()
            try stage.setLines(of: pages[0], to: ["G.", "Typed since."])
            stage.run()
            try replace(stage, with: backup)
            try heal(stage)
            #expect(try stage.lines("Pushed.md") == ["P.", "Since."])
            #expect(try stage.lines("New.md") == ["N."])
            #expect(try stage.lines("Guide/Guide.md") == ["G.", "Typed since."])
            try expectSamePages(stage, pages, 1)
        }

        @Test("somebody pushes to a repository that was put back from an older backup: nothing newer is taken back")
        func pushToOlderRepository() throws {
            let (stage, pages) = try stage()
            let backup = try copy(stage)
            try stage.setLines(of: pages[0], to: ["G.", "Typed since."])
            let newer = try stage.add("Newer", ["N."])
            stage.run()
            try replace(stage, with: backup)
            try stage.push([
                "Guide/Guide.md": stage.edited(#require(stage.files()["Guide/Guide.md"])) {
                    $0.insert("From git.", at: 0)
                }
            ])
            try heal(stage)
            #expect(try stage.lines("Guide/Guide.md") == ["From git.", "G.", "Typed since."])
            #expect(try stage.page(newer)?.isTrashed == false)
            try expectSamePages(stage, pages, 1)
        }

        @Test("the table of identities is missing from the base: no page is made twice")
        func withoutTable() throws {
            let (stage, pages) = try stage()
            let base = try #require(stage.repository.resolve("refs/docmost/wiki"))
            let importer = try Importer(stage.repository)
            let robot = Signature(name: "x", email: "x", seconds: 1)
            let table = try stage.repository.files(of: base).filter { $0.path.hasPrefix(".docmost/pages") }
            #expect(!table.isEmpty)
            let broken = try importer.commit(
                parents: [base],
                edits: table.map { .delete(path: $0.path) },
                author: robot,
                committer: robot,
                message: "by hand\n"
            )
            var transaction = RefTransaction()
            for ref in try importer.finish() { transaction.delete(ref) }
            transaction.update("refs/docmost/wiki", from: base, to: broken)
            try transaction.commit(in: stage.repository, reason: "test")
            try stage.push(["Pushed.md": "P.\n\nMore.\n"])
            try heal(stage)
            #expect(try stage.lines("Pushed.md") == ["P.", "More."])
            try expectSamePages(stage, pages)
        }

        @Test(
            "lock files that a killed git has left are waited for, then removed",
            arguments: ["refs/heads/main.lock", "packed-refs.lock", "refs/docmost/wiki.lock", "HEAD.lock"]
        )
        func lockFile(name: String) throws {
            let (stage, pages) = try stage()
            let path = "\(stage.repository.path)/\(name)"
            #expect(FileManager.default.createFile(atPath: path, contents: nil))
            try stage.setLines(of: pages[0], to: ["Newer."])
            // Young, it may be somebody's at work.
            stage.run()
            let old = Date(timeIntervalSinceNow: -60)
            if FileManager.default.fileExists(atPath: path) {
                try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path)
            }
            try heal(stage)
            #expect(try stage.lines("Guide/Guide.md") == ["Newer."])
            try expectSamePages(stage, pages)
        }

        @Test("an object is damaged on disk: it is said, nothing is trashed, and with the object back all goes on")
        func damagedObject() throws {
            let (stage, pages) = try stage()
            let main = try #require(stage.main)
            let file = try #require(try stage.repository.files(of: main).first { $0.path == "Pushed.md" })
            let name = "\(file.id)"
            let path = "\(stage.repository.path)/objects/\(name.prefix(2))/\(name.dropFirst(2))"
            let isLoose = FileManager.default.fileExists(atPath: path)
            let packs = "\(stage.repository.path)/objects/pack"
            let damaged =
                isLoose
                ? [path]
                : try FileManager.default.contentsOfDirectory(atPath: packs)
                    .filter { $0.hasSuffix(".pack") }.map { "\(packs)/\($0)" }
            let whole = try damaged.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
            for path in damaged {
                try runProgram(["chmod", "u+w", path])
                try Data("damaged".utf8).write(to: URL(fileURLWithPath: path))
            }
            stage.restart()
            try stage.setLines(of: pages[2], to: ["P.", "Typed."])
            let report = stage.run()
            if case .failed = report.outcome {} else { #expect(!report.warnings.isEmpty, "\(report)") }
            #expect(try stage.trashed() == 0)
            for (path, bytes) in zip(damaged, whole) { try bytes.write(to: URL(fileURLWithPath: path)) }
            stage.later(seconds: 7_200)
            try heal(stage)
            #expect(try stage.lines("Pushed.md") == ["P.", "Typed."])
            try expectSamePages(stage, pages)
        }

        @Test("all rows are put back from an older backup: what git has brought since comes again, and no page twice")
        func olderDatabase() throws {
            let (stage, pages) = try stage()
            try stage.real.sample.sql("CREATE TABLE backup AS TABLE pages")
            try stage.push(["Pushed.md": stage.edited(#require(stage.files()["Pushed.md"])) { $0.append("Since.") }])
            stage.run()
            try stage.setLines(of: pages[0], to: ["G.", "Typed since."])
            try stage.add("Made in the wiki", ["W."])
            stage.run()
            try stage.push(["Made in git.md": "M.\n"])
            stage.run()
            #expect(try stage.lines("Guide/Guide.md") == ["G.", "Typed since."])
            try stage.real.sample.sql("DELETE FROM pages; INSERT INTO pages SELECT * FROM backup")
            try heal(stage)
            // What people typed since is the wiki's to lose; it is in git's history. What was pushed is git's.
            #expect(try stage.lines("Guide/Guide.md") == ["G."])
            #expect(try stage.lines("Pushed.md") == ["P.", "Since."])
            #expect(try stage.page(pages[2])?.lines == ["P.", "Since."])
            // The pages that were made since are nowhere else any more: their files wait for a person.
            #expect(try stage.lines("Made in the wiki.md") == ["W."])
            #expect(try stage.lines("Made in git.md") == ["M."])
            #expect(stage.held.count == 2)
            try expectSamePages(stage, pages)
        }

        @Test("what the cycles remember beside the refs cannot be written, or is a directory: it goes on, and says so")
        func stateIsDirectory() throws {
            let (stage, pages) = try stage()
            let state = CycleMemory.path(in: stage.stateDirectory)
            try? FileManager.default.removeItem(atPath: state)
            try FileManager.default.createDirectory(atPath: "\(state)/x", withIntermediateDirectories: true)
            stage.restart()
            try stage.push([:], deleting: ["Guide/Guide.md", "Guide/Child.md", "Pushed.md"])
            let report = stage.run()
            #expect(try stage.trashed() == 0)
            #expect(report.warnings.contains { $0.contains("cannot write") }, "\(report)")
            try FileManager.default.removeItem(atPath: state)
            stage.restart()
            stage.run()
            #expect(stage.held.count == 3)
            #expect(try stage.pages().count == pages.count)
        }
    }
}
