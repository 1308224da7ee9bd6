import Cycle
import GitStore
import TestSupport
import Testing
import Vault

@testable import SyncDaemon

extension RealServers {
    @Suite("Pushed trees")
    struct TreeTests {
        /// Title, whether it is live, and its parent's title, of every page.
        private func tree(_ real: RealSpace) throws -> [String] {
            try real.sample.sql(
                """
                SELECT concat_ws(' ', p.title, CASE WHEN p.deleted_at IS NULL THEN 'live' ELSE 'trash' END, q.title)
                FROM pages p LEFT JOIN pages q ON q.id = p.parent_page_id ORDER BY p.title
                """
            ).split(separator: "\n").map(String.init)
        }

        @Test("a folder without a note becomes an empty page, and the files in it its children")
        func bareFolder() throws {
            let real = try RealSpace()
            try real.sample.insertPage(title: "Home", paragraphs: ["x"])
            #expect(real.cycle().outcome == .ran)
            try real.push([.write(path: "Notes/Idea.md", bytes: Array("An idea.\n".utf8))])
            let report = real.cycle()
            #expect(report.push.failures == 0, "\(report.lines)")
            #expect(try tree(real) == ["Home live", "Idea live Notes", "Notes live"])
        }

        @Test("a removed branch of pages goes to the trash, and its revert brings the same pages back to their places")
        func revert() throws {
            let real = try RealSpace()
            let people = "0198c6a2-7e1b-7c3d-9a44-00000000cccc"
            try real.sample.insertPage(title: "Home", paragraphs: ["x"])
            try real.sample.insertPage(id: people, title: "People", paragraphs: ["who"], position: "a1")
            try real.sample.insertPage(title: "Notes", paragraphs: ["what"], parent: people)
            try real.sample.insertPage(title: "Time off", paragraphs: ["when"], parent: people, position: "a1")
            #expect(real.cycle().outcome == .ran)
            let before = try tree(real)
            let ids = try real.sample.sql("SELECT string_agg(id::text, ',' ORDER BY id) FROM pages")
            let files = try real.files().filter { $0.key.hasPrefix("People/") }
            #expect(files.count == 3)

            try real.push(files.keys.map { .delete(path: $0) })
            #expect(real.cycle().push.deleted == 3)
            #expect(try tree(real).filter { $0.contains("trash") }.count == 3)

            try real.push(files.map { .write(path: $0.key, bytes: Array($0.value.utf8)) })
            let report = real.cycle()
            #expect(report.push.failures == 0, "\(report.lines)")
            #expect(report.push.restored == 3)
            #expect(try tree(real) == before)
            #expect(try real.sample.sql("SELECT string_agg(id::text, ',' ORDER BY id) FROM pages") == ids)
        }
    }
}
