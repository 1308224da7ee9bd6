import Base
import Cycle
import Foundation
import GitStore
import Postgres
import Reconcile
import SyncStage
import TestSupport
import Testing
import Vault

@testable import SyncDaemon

extension RealServers {
    @Suite("Poisoned pages and files, on real servers")
    struct RealPoisonTests {
        /// What the operator reads.
        private func status(_ stage: RealStage) -> String {
            let row = SpaceRow(id: stage.space, slug: "stage", name: "", isEnabled: true, pages: 0)
            return SpaceState(row, stage.engine.vault, isBusy: false).text
        }

        private func expectQuiet(_ stage: RealStage) throws {
            let (main, stamp) = (stage.main, try stage.stamp())
            for _ in 0..<2 {
                stage.later(seconds: 7_200)
                stage.restart()
                #expect(stage.run().outcome == .ran)
            }
            let newest = try stage.log().prefix(3)
            #expect(stage.main == main, "\(newest)")
            #expect(try stage.stamp() == stamp)
        }

        @Test("each poisoned row has its file or is told in status; the others sync")
        func rows() throws {
            let stage = try RealStage()
            let foreign = try #require(PageID(Poison.foreign))
            _ = try stage.make(StagePage(id: foreign, space: stage.elsewhere, title: "Foreign", lines: ["Secret."]))
            var pages: [PageID] = []
            for (number, poison) in Poison.rows.enumerated() {
                let page = try stage.add("Row \(number)", ["x"])
                try stage.database.query("UPDATE pages SET \(poison.assignments) WHERE id = '\(page)'")
                pages.append(page)
            }
            let good = try stage.add("Good", ["Good."])
            #expect(stage.run().outcome == .ran)
            #expect(try stage.lines("Good.md") == ["Good."])
            let (files, table, told) = (try stage.files(), try stage.table(), status(stage))
            for (page, poison) in zip(pages, Poison.rows) {
                let hasFile = table[page].map { files[$0.path.text] != nil } ?? false
                #expect(hasFile == (poison.fate == .synced), "\(poison)")
                #expect(told.contains("\(page)") == (poison.fate == .reported), "\(poison)")
            }
            try expectQuiet(stage)
            // Whoever mends a row has its file with the next cycle.
            for page in pages {
                let mend = "UPDATE pages SET content = NULL, ydoc = NULL, updated_at = now() WHERE id = $1"
                try stage.database.query(mend, [.id(page)])
                try stage.setLines(of: page, to: ["Mended."])
            }
            try stage.setLines(of: good, to: ["Better."])
            stage.run()
            #expect(!status(stage).contains("not exported"))
            try stage.expectAgreement()
        }

        @Test("a page that is trashed at a time that nobody can count with leaves main, and comes back")
        func trashedAtInfinity() throws {
            let stage = try RealStage()
            let pages = try ["infinity", "-infinity", "294276-12-31"].map { time in
                let page = try stage.add("Trashed at \(time)", ["x"])
                return (page, time)
            }
            try stage.add("Good", ["Good."])
            stage.run()
            for (page, time) in pages {
                try stage.database.query("UPDATE pages SET deleted_at = '\(time)' WHERE id = $1", [.id(page)])
            }
            #expect(stage.run().pull.deleted == 3)
            #expect(try stage.files().keys.sorted() == ["Good.md"])
            try expectQuiet(stage)
            for (page, _) in pages { try stage.restore(page) }
            #expect(stage.run().pull.written == 3)
            try stage.expectAgreement()
        }

        /// What a damaged disk leaves: the row is there, and the part of it that lies apart is not.
        private func damageLargeValues(_ stage: RealStage) throws {
            try stage.real.sample.sql(
                """
                CREATE EXTENSION IF NOT EXISTS pg_surgery;
                SELECT 'SELECT heap_force_kill(' || quote_literal(reltoastrelid::regclass) || '::regclass, array_agg(ctid)) FROM '
                  || reltoastrelid::regclass FROM pg_class WHERE oid = 'pages'::regclass \\gexec
                """
            )
        }

        @Test("a row that PostgreSQL cannot read any more is told, the others sync; put back, it has its file")
        func damagedRow() throws {
            let stage = try RealStage()
            // Too large for the row itself, and not to be compressed.
            let lines = (0..<400).map { _ in "\(UserID.fresh()) \(UserID.fresh())" }
            let page = try stage.add("Damaged", lines)
            let good = try (0..<9).map { try stage.add("Good \($0)", ["Good."]) }
            try damageLargeValues(stage)
            #expect(stage.run().outcome == .ran)
            #expect(try stage.files().keys.count == 9)
            #expect(status(stage).contains("page \(page): its row cannot be read"))
            try expectQuiet(stage)
            try stage.setLines(of: good[3], to: ["Better."])
            try stage.push(["From git.md": "Text.\n"])
            #expect(stage.run().push.created == 1)
            #expect(try stage.lines("Good 3.md") == ["Better."])
            let sql =
                "UPDATE pages SET content = NULL, ydoc = NULL, text_content = NULL, updated_at = now() WHERE id = $1"
            try stage.database.query(sql, [.id(page)])
            try stage.setLines(of: page, to: ["Put back."])
            stage.run()
            #expect(!status(stage).contains("not exported"))
            try stage.expectAgreement()
        }

        @Test("a push to a page whose row cannot be read waits; what is pushed beside it arrives")
        func pushToDamagedRow() throws {
            let stage = try RealStage()
            try stage.add("Damaged", (0..<400).map { _ in "\(UserID.fresh()) \(UserID.fresh())" })
            let good = try stage.add("Good", ["Good."])
            stage.run()
            let files = try stage.files()
            try damageLargeValues(stage)
            try stage.push([
                "Damaged.md": stage.edited(#require(files["Damaged.md"])) { $0[0] = "From git." },
                "Good.md": stage.edited(#require(files["Good.md"])) { $0.append("From git.") },
            ])
            let report = stage.run()
            #expect(report.outcome == .ran && report.push.failures == 1 && report.push.updated == 1)
            let text = try stage.real.sample.sql("SELECT text_content FROM pages WHERE id = '\(good)'")
            #expect(text == "Good.\n\nFrom git.")
            #expect(status(stage).contains("waits: Damaged.md"))
        }

        @Test("a page that could not be read is told no more once it reads as before, or is gone")
        func mendedAsItWas() throws {
            let stage = try RealStage()
            let pages = try [stage.add("Mended", ["x"]), stage.add("Deleted", ["x"]), stage.add("Trashed", ["x"])]
            stage.run()
            let main = stage.main
            for page in pages {
                try stage.database.query(
                    "UPDATE pages SET content = jsonb_build_object('was', content), \(RealStage.now) WHERE id = $1",
                    [.id(page)]
                )
            }
            stage.run()
            for page in pages { #expect(status(stage).contains("not exported: page \(page)")) }
            let mend = "UPDATE pages SET content = content->'was', \(RealStage.now) WHERE id = $1"
            try stage.database.query(mend, [.id(pages[0])])
            stage.run()
            #expect(stage.main == main && !status(stage).contains("\(pages[0])"))
            try stage.loseRows([pages[1]])
            try stage.trash(pages[2], alone: true)
            stage.run()
            #expect(!status(stage).contains("not exported"))
            try expectQuiet(stage)
        }

        @Test("each poisoned file becomes a page or is told in status; the others sync")
        func files() throws {
            let stage = try RealStage()
            let foreign = try #require(PageID(Poison.foreign))
            _ = try stage.make(StagePage(id: foreign, space: stage.elsewhere, title: "Foreign", lines: ["Secret."]))
            try stage.add("Page", ["x"])
            stage.run()
            let paths = Poison.files.indices.map { Poison.files[$0].path.replacing("#", with: "\($0)") }
            var edits = zip(paths, Poison.files).map { Importer.Edit.write(path: $0, bytes: $1.bytes) }
            edits.append(.write(path: "Good.md", bytes: Array("Good.\n".utf8)))
            edits.append(.write(path: "Page.md", bytes: [0xFF]))
            try stage.push(edits)
            #expect(stage.run().outcome == .ran)
            #expect(try stage.live().contains { $0.title == "Good" && $0.lines == ["Good."] })
            #expect(try stage.live().contains { $0.title == "Page" && $0.lines == ["x"] })
            #expect(try stage.page(foreign)?.lines == ["Secret."])
            let (table, told) = (try stage.table(), status(stage))
            for (path, poison) in zip(paths, Poison.files) {
                let isPage = try table.page(at: PagePath(path)).flatMap { try stage.page($0) } != nil
                #expect(isPage == (poison.fate == .synced), "\(poison)")
                #expect(told.contains(path) == (poison.fate == .reported), "\(poison)\n\(told.suffix(300))")
            }
            #expect(told.contains("Page.md"))
            try expectQuiet(stage)
            try stage.push((paths + ["Page.md"]).map { .write(path: $0, bytes: Array("Mended.\n".utf8)) })
            stage.run()
            stage.later(seconds: 7_200)
            stage.run()
            #expect(!status(stage).contains("waits"))
            try stage.expectAgreement()
        }

        @Test("a push to a page whose Yjs state is broken is told and tried again; mended, it arrives")
        func brokenState() throws {
            let stage = try RealStage()
            let page = try stage.add("Note", ["One."])
            stage.run()
            try stage.real.sample.sql("UPDATE pages SET ydoc = '\\x00ff00ff' WHERE id = '\(page)'")
            let note = try #require(stage.files()["Note.md"])
            try stage.push(["Note.md": stage.edited(note) { $0.append("From git.") }])
            #expect(stage.run().push.failures == 1)
            #expect(status(stage).contains("Note.md"))
            #expect(try stage.page(page)?.lines == ["One."])
            try stage.real.sample.sql("UPDATE pages SET ydoc = NULL WHERE id = '\(page)'")
            try stage.push(["Note.md": stage.edited(note) { $0.append("From git, again.") }])
            stage.run()
            #expect(try stage.page(page)?.lines == ["One.", "From git, again."])
            try stage.expectAgreement()
        }

        @Test("there are at least thirty")
        func count() {
            #expect(Poison.rows.count + Poison.files.count >= 30)
            #expect((Poison.rows + Poison.files).filter { $0.fate == .reported }.count >= 12)
        }
    }
}
