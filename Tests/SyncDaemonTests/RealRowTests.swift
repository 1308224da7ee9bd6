import Base
import Cycle
import GitStore
import Postgres
import Reconcile
import SyncStage
import TestSupport
import Testing

@testable import SyncDaemon

extension RealServers {
    @Suite("Rows that change behind the daemon's back")
    struct RealRowTests {
        @Test(
            "a row that a stalled server overwrites after our write holds both edits after the next cycle",
            arguments: [PostgresServer.Variant.upstream, .gitmost]
        )
        func stalledServer(variant: PostgresServer.Variant) throws {
            let stage = try RealStage(variant)
            let page = try stage.add("Note", ["One.", "Two.", "Three."])
            stage.run()
            let heldByServer = try stage.state(of: page)
            let note = try #require(stage.files()["Note.md"])
            try stage.push(["Note.md": stage.edited(note) { $0.append("From git.") }])
            #expect(stage.run().push.updated == 1)
            #expect(try stage.page(page)?.lines.last == "From git.")
            try stage.store(["One, typed.", "Two.", "Three."], in: page, over: heldByServer)
            let report = stage.run()
            #expect(report.warnings.contains { $0.contains("overwritten") }, "\(report.warnings)")
            stage.run()
            #expect(try stage.page(page)?.lines == ["One, typed.", "Two.", "Three.", "From git."])
            try stage.expectAgreement()
        }

        /// The rows are listed first and the bodies read later: a page could be moved out of the space, and written in,
        /// between the two, and the new text was committed to the repository of the space that it had left.
        @Test("what is written in a page that has gone to another space is not read for the old one")
        func bodyElsewhere() throws {
            let stage = try RealStage()
            let page = try stage.add("Note", ["One."])
            let wiki = try DocmostWiki(
                connections: stage.connections,
                settings: stage.real.settings,
                redis: stage.engine.redis
            )
            #expect(try wiki.bodies(of: [page], in: stage.space).map(\.id) == [page])
            try stage.moveElsewhere(page)
            #expect(try wiki.bodies(of: [page], in: stage.space).isEmpty)
            #expect(try wiki.bodies(of: [page], in: stage.elsewhere).map(\.id) == [page])
        }

        /// The row of such a page has no title at all, or an empty one; to the cycle they are the same. So whatever the
        /// row had by now was taken for what the cycle had decided on.
        @Test("a page without a title that the wiki names meanwhile keeps that name", arguments: ["NULL", "''"])
        func untitled(title: String) throws {
            let stage = try RealStage()
            let page = try stage.add("", ["One."])
            let wiki = try DocmostWiki(
                connections: stage.connections,
                settings: stage.real.settings,
                redis: stage.engine.redis
            )
            try stage.real.sample.sql("UPDATE pages SET title = 'By the wiki' WHERE id = '\(page)'")
            let error = #expect(throws: WikiError.self) {
                try wiki.retitle(page, in: stage.space, from: "", to: "By git", by: stage.wren)
            }
            #expect(error?.code == .changed)
            try stage.real.sample.sql("UPDATE pages SET title = \(title) WHERE id = '\(page)'")
            try wiki.retitle(page, in: stage.space, from: "", to: "By git", by: stage.wren)
            #expect(try stage.page(page)?.title == "By git")
        }

        /// What a transaction may have begun long ago and commit only now.
        enum LateChange: String, CaseIterable {
            case edit, title, parent, trash, restriction, newPage
        }

        @Test(
            "a change whose transaction began before others and commits after them is seen",
            arguments: LateChange.allCases
        )
        func lateCommit(change: LateChange) throws {
            let stage = try RealStage()
            let page = try stage.add("Note", ["One."])
            let other = try stage.add("Other", ["Two."])
            let third = try stage.add("Third", ["Three."])
            stage.run()
            let late = try PostgresConnection(url: stage.real.sample.databaseURL)
            try late.query("BEGIN")
            try begin(change, of: page, under: other, on: late, stage)
            // Others come and go meanwhile, with later times.
            try stage.setLines(of: other, to: ["Later."])
            try stage.restrict(third, true)
            #expect(stage.run().outcome == .ran)
            #expect(try Set(stage.paths()) == ["Note.md", "Other.md"])
            #expect(stage.run().outcome == .unchanged)
            try late.query("COMMIT")
            #expect(stage.run().outcome == .ran)
            switch change {
            case .edit: #expect(try stage.lines("Note.md") == ["Late."])
            case .title: #expect(try Set(stage.paths()) == ["Late.md", "Other.md"])
            case .parent: #expect(try Set(stage.paths()) == ["Other/Note.md", "Other/Other.md"])
            case .trash, .restriction: #expect(try stage.paths() == ["Other.md"])
            case .newPage: #expect(try stage.lines("Late.md") == [])
            }
            try stage.expectAgreement()
        }

        private func begin(
            _ change: LateChange,
            of page: PageID,
            under other: PageID,
            on late: PostgresConnection,
            _ stage: RealStage
        ) throws {
            let now = "updated_at = date_trunc('milliseconds', now())"
            switch change {
            case .edit: try stage.store(["Late."], in: page, over: stage.state(of: page), on: late)
            case .title: try late.query("UPDATE pages SET title = 'Late', \(now) WHERE id = $1", [.id(page)])
            case .parent:
                try late.query("UPDATE pages SET parent_page_id = $2, \(now) WHERE id = $1", [.id(page), .id(other)])
            case .trash: try late.query("UPDATE pages SET deleted_at = now() WHERE id = $1", [.id(page)])
            case .restriction:
                try late.query(
                    """
                    INSERT INTO page_access (page_id, space_id, workspace_id, access_level)
                    SELECT id, space_id, workspace_id, 'restricted' FROM pages WHERE id = $1
                    """,
                    [.id(page)]
                )
            case .newPage:
                try late.query(
                    """
                    INSERT INTO pages (slug_id, title, space_id, workspace_id, position)
                    SELECT 'latePage00', 'Late', space_id, workspace_id, 'a9' FROM pages WHERE id = $1
                    """,
                    [.id(page)]
                )
            }
        }

        @Test("a push to a row that another transaction has locked waits for it, and both edits stand")
        func lockedRow() throws {
            let stage = try RealStage()
            let page = try stage.add("Note", ["One.", "Two.", "Three."])
            stage.run()
            let note = try #require(stage.files()["Note.md"])
            try stage.push(["Note.md": stage.edited(note) { $0[2] = "Three from git." }])
            let late = try PostgresConnection(url: stage.real.sample.databaseURL)
            try late.query("BEGIN")
            try stage.store(["One, typed.", "Two.", "Three."], in: page, over: stage.state(of: page), on: late)
            // The cycle on a thread of its own meets the lock; the edit commits while it waits, or before it looks.
            let worker = UncheckedStage(stage)
            let cycle = try #require(startThread { _ = worker.stage.run() })
            sleep(milliseconds: 300)
            try late.query("COMMIT")
            cycle.join()
            stage.later(seconds: 3_600)
            stage.run()
            #expect(try stage.page(page)?.lines == ["One, typed.", "Two.", "Three from git."])
            try stage.expectAgreement()
        }

        /// Handed to one thread and used by nobody else until that has ended.
        private final class UncheckedStage: @unchecked Sendable {
            let stage: RealStage
            init(_ stage: RealStage) { self.stage = stage }
        }

        @Test("a restriction leaves no trace in the page's row, and yet the page leaves main with the next cycle")
        func restriction() throws {
            let stage = try RealStage()
            let page = try stage.add("Secret", ["S."])
            try stage.add("Below", ["B."], parent: page)
            try stage.add("Open", ["O."])
            stage.run()
            let row = "SELECT updated_at FROM pages WHERE id = '\(page)'"
            let before = try stage.real.sample.sql(row)
            try stage.restrict(page, true)
            #expect(stage.run().outcome == .ran)
            #expect(try stage.paths() == ["Open.md"])
            #expect(try stage.real.sample.sql(row) == before)
            try stage.restrict(page, false)
            stage.run()
            #expect(try Set(stage.paths()) == ["Open.md", "Secret/Secret.md", "Secret/Below.md"])
            try stage.expectAgreement()
        }

        @Test("a row put back from an older backup, with its older time, is what the file says next")
        func olderRow() throws {
            let stage = try RealStage()
            let page = try stage.add("Note", ["Old."])
            try stage.add("Other", ["O."])
            stage.run()
            try stage.real.sample.sql("CREATE TABLE backup AS SELECT * FROM pages WHERE id = '\(page)'")
            try stage.setLines(of: page, to: ["New."])
            stage.run()
            try stage.real.sample.sql(
                """
                UPDATE pages p SET content = b.content, ydoc = b.ydoc, updated_at = b.updated_at FROM backup b
                WHERE b.id = p.id
                """
            )
            stage.run()
            #expect(try stage.lines("Note.md") == ["Old."])
            try stage.expectAgreement()
        }
    }
}
