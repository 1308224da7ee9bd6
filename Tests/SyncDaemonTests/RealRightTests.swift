import Base
import Cycle
import Postgres
import PushProtocol
import SyncStage
import TestSupport
import Testing

extension RealServers {
    @Suite("Who may, asked again when a push is carried, on real servers")
    struct RealRightTests {
        /// What becomes of the person between the push and its cycle, and how it is undone.
        private static let changes = [
            (
                "UPDATE users SET deactivated_at = now() WHERE id = $1",
                "UPDATE users SET deactivated_at = NULL WHERE id = $1"
            ),
            ("UPDATE users SET deleted_at = now() WHERE id = $1", "UPDATE users SET deleted_at = NULL WHERE id = $1"),
            (
                "UPDATE space_members SET role = 'reader' WHERE user_id = $1",
                "UPDATE space_members SET role = 'writer' WHERE user_id = $1"
            ),
            (
                "DELETE FROM space_members WHERE user_id = $1",
                "INSERT INTO space_members (user_id, space_id, role) SELECT $1, id, 'writer' FROM spaces"
            ),
        ]

        @Test(
            "who pushed has lost the right by then: it waits, said so, and is never done in another's name",
            arguments: 0..<4
        )
        func lost(number: Int) throws {
            let (taken, given) = Self.changes[number]
            let stage = try RealStage()
            let page = try stage.add("Note", ["One."])
            stage.run()
            let note = try #require(stage.files()["Note.md"])
            try stage.push(
                ["Note.md": stage.edited(note) { $0.append("Two.") }, "New.md": "New.\n"],
                by: stage.wren
            )
            try stage.database.query(taken, [.id(stage.wren)])
            let report = stage.run()
            #expect(report.push.failures == 2, "\(report.lines)")
            #expect(report.lines.allSatisfy { $0.note?.contains("may not change this space any more") == true })
            stage.later(seconds: 7_200)
            stage.run()
            #expect(try stage.page(page)?.lines == ["One."])
            #expect(try stage.live().count == 1)
            try stage.database.query(given, [.id(stage.wren)])
            stage.later(seconds: 7_200)
            stage.run()
            #expect(try stage.page(page)?.lines == ["One.", "Two."])
            let editors =
                "SELECT string_agg(DISTINCT last_updated_by_id::text, ' ') FROM pages WHERE space_id = '\(stage.space)'"
            #expect(try stage.real.sample.sql(editors) == SampleWorkspace.wren)
            try stage.expectAgreement()
        }

        @Test("who pushed has another name by then: the page is changed in their name all the same")
        func renamed() throws {
            let stage = try RealStage()
            try stage.add("Note", ["One."])
            stage.run()
            try stage.push(["New.md": "New.\n"], by: stage.wren)
            try stage.database.query(
                "UPDATE users SET name = E'Eve <x>\\n', email = 'eve@example.org' WHERE id = $1",
                [.id(stage.wren)]
            )
            #expect(stage.run().push.created == 1)
            let editor = "SELECT last_updated_by_id FROM pages WHERE title = 'New'"
            #expect(try stage.real.sample.sql(editor) == SampleWorkspace.wren)
            try stage.expectAgreement()
        }
    }
}
