import Base
import Cycle
import Foundation
import GitStore
import Processes
import PushProtocol
import TestSupport
import Testing
import Vault

@testable import SyncDaemon

extension RealServers {
    /// What a history may hold of a page besides files that state its id.
    @Suite("Purging a page with a past")
    struct PurgeHistoryTests {
        private let real: RealSpace

        init() throws {
            real = try RealSpace()
            try real.sample.insertPage(title: "Open", paragraphs: ["for all"])
            #expect(real.cycle().outcome == .ran)
        }

        private func page(_ title: String) throws -> PageID {
            let id = try real.sample.sql("SELECT id FROM pages WHERE title = '\(title)'")
            return try #require(PageID(id), "\(title)")
        }

        private func trash(_ page: PageID) throws {
            try real.sample.sql("UPDATE pages SET deleted_at = now() WHERE id = '\(page)'")
            #expect(real.cycle().pull.deleted == 1)
        }

        @discardableResult
        private func purge(_ page: PageID) throws -> Int {
            try real.engine.purge(page, of: real.space, on: real.connections)
        }

        /// A commit of a person, on any commit.
        private func commit(_ edits: [Importer.Edit], on parents: [ObjectID]) throws -> ObjectID {
            let importer = try Importer(real.repository)
            let wren = Signature(name: "Wren", email: "wren@example.org", seconds: 1_700_000_000)
            let commit = try importer.commit(
                parents: parents,
                edits: edits,
                author: wren,
                committer: wren,
                message: "edit"
            )
            _ = try importer.finish()
            return commit
        }

        private func move(_ ref: String, to commit: ObjectID) throws {
            try real.repository.git(["update-ref", ref, "\(commit)"])
        }

        private var main: ObjectID { get throws { try #require(real.repository.resolve(RefNames.main)) } }

        private func text(_ words: String...) -> [UInt8] {
            let filler = (0..<20).map { "A line of the file, number \($0)." }
            return Array((filler + words).joined(separator: "\n\n").utf8) + [0x0A]
        }

        private func expectGone(_ words: String..., sourceLocation: SourceLocation = #_sourceLocation) throws {
            let left = try real.everyObject()
            for word in words { #expect(!left.contains(word), "\(word)", sourceLocation: sourceLocation) }
            try real.repository.git(["fsck", "--strict"])
            try real.repository.git(["commit-graph", "verify"])
            let main = try main
            let outcomes = [real.cycle().outcome, real.cycle().outcome]
            #expect([.ran, .unchanged].contains(outcomes[0]) && outcomes[1] == .unchanged)
            #expect(try self.main == main)
        }

        @Test("files without an id are followed through edits and renames within one push")
        func renamesWithinOnePush() throws {
            let draft = try commit([.write(path: "Draft.md", bytes: text("alpha-secret"))], on: [main])
            let moved = try commit(
                [.delete(path: "Draft.md"), .write(path: "Plan.md", bytes: text("beta-secret"))],
                on: [draft]
            )
            let edited = try commit([.write(path: "Plan.md", bytes: text("gamma-secret"))], on: [moved])
            try move(RefNames.main, to: edited)
            #expect(real.cycle().push.created == 1)
            let plan = try page("Plan")
            try real.push([.delete(path: "Plan.md"), .write(path: "Further/Aim.md", bytes: text("delta-secret"))])
            #expect(real.cycle().outcome == .ran)
            try trash(plan)
            // The purge of another page takes away what the tables of the past knew.
            try real.sample.insertPage(
                id: "\(PageID.fresh())",
                title: "Other",
                paragraphs: ["other-secret"],
                position: "a2"
            )
            #expect(real.cycle().pull.written > 0)
            let other = try page("Other")
            try trash(other)
            try purge(other)
            #expect(try real.everyObject().contains("alpha-secret"))
            #expect(try purge(plan) >= 5)
            try expectGone(
                "alpha-secret",
                "beta-secret",
                "gamma-secret",
                "delta-secret",
                "other-secret",
                "Draft",
                "Aim"
            )
        }

        @Test("another page of the same text, and one of the same name, keep their history")
        func otherPages() throws {
            try real.push([
                .write(path: "Notes.md", bytes: text("common")), .write(path: "Twin.md", bytes: text("common")),
            ])
            #expect(real.cycle().push.created == 2)
            let notes = try page("Notes")
            try real.push([.write(path: "Notes.md", bytes: text("notes-secret"))])
            #expect(real.cycle().push.updated == 1)
            try trash(notes)
            let later = PageID.fresh()
            try real.sample.insertPage(id: "\(later)", title: "Notes", paragraphs: ["first words"], position: "a3")
            #expect(real.cycle().pull.written == 1)
            try real.sample.sql(
                """
                UPDATE pages SET content = replace(content::text, 'first words', 'second words')::jsonb, ydoc = NULL,
                  updated_at = now() WHERE id = '\(later)'
                """
            )
            #expect(real.cycle().pull.written == 1)
            let files = try real.files()
            #expect(try purge(notes) > 0)
            #expect(try real.files() == files)
            #expect(try real.everyObject().contains("first words"))
            #expect(
                try real.repository.git(["log", "--format=%H", "main", "--", "Twin.md"]).text.split(separator: "\n")
                    .count == 1
            )
            try expectGone("notes-secret")
        }

        @Test("a copy that states the page's id and became a page of its own stays")
        func copy() throws {
            let file = try #require(real.files()["Open.md"])
            let open = try page("Open")
            try real.push([.write(path: "Copy.md", bytes: Array(file.utf8))])
            #expect(real.cycle().push.created == 1)
            try trash(open)
            let files = try real.files()
            #expect(files.keys.sorted() == ["Copy.md"])
            try purge(open)
            #expect(try real.files() == files)
            #expect(real.cycle().push.deleted == 0)
        }

        @Test("sides of a merge are rewritten, and the merge stays one")
        func merges() throws {
            try real.push([.write(path: "Plan.md", bytes: text("first-secret"))])
            #expect(real.cycle().outcome == .ran)
            let plan = try page("Plan")
            let start = try main
            let side = try commit([.write(path: "Plan.md", bytes: text("side-secret"))], on: [start])
            let other = try commit([.write(path: "Beside.md", bytes: text("beside"))], on: [start])
            let merge = try commit([.write(path: "Plan.md", bytes: text("merged-secret"))], on: [other, side])
            try move(RefNames.main, to: merge)
            #expect(real.cycle().push.updated == 1)
            try trash(plan)
            try purge(plan)
            let purged = PurgedCommits(of: real.repository).all
            #expect(purged.isSuperset(of: [start, side, merge]) && !purged.contains(other))
            #expect(try real.repository.git(["rev-list", "--merges", "--count", "main"]).text == "1\n")
            try expectGone("first-secret", "side-secret", "merged-secret", "Plan")
        }

        @Test(
            "what was taken over, a forgotten pack, loose objects, an old commit-graph and records of pushes hold nothing"
        )
        func leftovers() throws {
            let repository = real.repository
            try real.push([.write(path: "Plan.md", bytes: text("plan-secret"))])
            #expect(real.cycle().outcome == .ran)
            let plan = try page("Plan")
            try real.engine.vault.maintain(real.space, force: true)
            let beside = try commit([.write(path: "Plan.md", bytes: text("rescued-secret"))], on: [main])
            try move("refs/docmost/rescued", to: beside)
            try repository.git(
                ["tag", "-a", "-m", "tagged Plan", "old", "\(beside)"],
                environment: [
                    "GIT_COMMITTER_NAME": "x", "GIT_COMMITTER_EMAIL": "x@example.org", "GIT_AUTHOR_NAME": "x",
                    "GIT_AUTHOR_EMAIL": "x@example.org",
                ]
            )
            let journal = PushJournal(repository)
            let record = PushRecord(
                push: .fresh(),
                user: .fresh(),
                name: "W",
                email: "w@example.org",
                time: 1,
                old: nil,
                new: try main,
                allowedDeletions: ["Plan.md"]
            )
            let written = try journal.write(record, on: nil)
            try move(RefNames.pushed, to: written)
            try move(RefNames.reconciled, to: written)
            // Loose, and reached by nothing.
            try repository.git(["hash-object", "-w", "-t", "blob", "--stdin"], input: Array("loose-secret".utf8))
            let packs = "\(repository.path)/objects/pack"
            for pack in try FileManager.default.contentsOfDirectory(atPath: packs) where pack.hasSuffix(".pack") {
                let keep = "\(packs)/\(pack.dropLast(5)).keep"
                #expect(FileManager.default.createFile(atPath: keep, contents: nil))
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -7200)],
                    ofItemAtPath: keep
                )
            }
            try trash(plan)
            try purge(plan)
            #expect(journal.newest != nil)
            #expect(try journal.pending().isEmpty)
            #expect(repository.resolve("refs/docmost/rescued") != nil)
            try expectGone("plan-secret", "rescued-secret", "loose-secret", "Plan")
        }

        @Test("a pack that a running push keeps is said to be left")
        func keptPack() throws {
            try real.push([.write(path: "Plan.md", bytes: text("plan-secret"))])
            #expect(real.cycle().outcome == .ran)
            let plan = try page("Plan")
            try real.engine.vault.maintain(real.space, force: true)
            let packs = "\(real.repository.path)/objects/pack"
            let keeps = try FileManager.default.contentsOfDirectory(atPath: packs).filter { $0.hasSuffix(".pack") }
                .map { "\(packs)/\($0.dropLast(5)).keep" }
            for keep in keeps { #expect(FileManager.default.createFile(atPath: keep, contents: nil)) }
            try trash(plan)
            let error = #expect(throws: CommandFailure.self) { try purge(plan) }
            #expect(error?.description.contains(".keep") == true)
            for keep in keeps { try FileManager.default.removeItem(atPath: keep) }
            try purge(plan)
            try expectGone("plan-secret", "Plan")
        }

        @Test("killed before the objects were removed, a second purge removes them")
        func killed() throws {
            try real.push([.write(path: "Plan.md", bytes: text("plan-secret"))])
            #expect(real.cycle().outcome == .ran)
            let plan = try page("Plan")
            try trash(plan)
            let purge = Purge(real.repository, format: MarkdownFormat(real.settings))
            #expect(try purge.carryOut(plan).changed > 0)
            // A half written history of another try.
            try move("\(Importer.refPrefix)purged-main", to: main)
            #expect(try real.everyObject().contains("plan-secret"))
            #expect(real.cycle().outcome == .ran)
            #expect(try self.purge(plan) == 0)
            try expectGone("plan-secret", "Plan")
        }

        @Test("pushes that are not in the wiki yet are not purged over")
        func pending() throws {
            try real.push([.write(path: "Plan.md", bytes: text("plan-secret"))])
            #expect(real.cycle().outcome == .ran)
            let plan = try page("Plan")
            try trash(plan)
            try real.sample.sql("UPDATE spaces SET settings = NULL")
            let journal = PushJournal(real.repository)
            let tip = try commit([.write(path: "New.md", bytes: text("new"))], on: [main])
            let record = PushRecord(
                push: .fresh(),
                user: try #require(UserID(SampleWorkspace.wren)),
                name: "W",
                email: "w@example.org",
                time: 1,
                old: try main,
                new: tip
            )
            let newest = journal.newest
            try journal.moves(for: record, commit: try journal.write(record, on: newest), on: newest)
                .commit(in: real.repository, reason: "push")
            let error = #expect(throws: CommandFailure.self) { try purge(plan) }
            #expect(error?.description.contains("pushes wait") == true)
            try real.sample.sql(#"UPDATE spaces SET settings = '{"gitSync":{"enabled":true}}'"#)
            try purge(plan)
            #expect(try page("New") != plan)
            try expectGone("plan-secret", "Plan")
        }
    }
}
