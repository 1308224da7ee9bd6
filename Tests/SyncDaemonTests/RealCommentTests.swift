import Base
import Cycle
import Foundation
import GitStore
import SyncStage
import TestSupport
import Testing

extension RealServers {
    @Suite("Comment marks, on real servers")
    struct RealCommentTests {
        private static let first = "0198c6a2-7e1b-7c3d-9a44-00000000c001"
        private static let second = "0198c6a2-7e1b-7c3d-9a44-00000000c002"

        /// A page with a comment on one word; the second comment lies on another one.
        private func content(withSecond: Bool) -> String {
            func marks(_ id: String) -> String {
                #""marks":[{"type":"comment","attrs":{"commentId":"\#(id)","resolved":false}}]"#
            }
            return """
                {"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"Say "},\
                {"type":"text","text":"this",\(marks(Self.first))},{"type":"text","text":" aloud."}]},\
                {"type":"paragraph","content":[{"type":"text","text":"Second."\(withSecond ? "," + marks(Self.second) : "")}]}]}
                """
        }

        private func stage(_ setting: String) throws -> (RealStage, PageID) {
            let stage = try RealStage(more: ["GIT_SYNC_COMMENT_MARKS": setting])
            let page = try stage.add("Note", ["x"])
            try comment(stage, page, withSecond: false)
            stage.run()
            return (stage, page)
        }

        private func comment(_ stage: RealStage, _ page: PageID, withSecond: Bool) throws {
            try stage.real.sample.sql(
                """
                UPDATE pages SET content = '\(content(withSecond: withSecond))', ydoc = NULL, \(RealStage.now)
                WHERE id = '\(page)'
                """
            )
        }

        /// The ids of the comments in the page's row, with the texts they lie on.
        private func comments(_ stage: RealStage, _ page: PageID) throws -> Set<String> {
            let rows = try stage.real.sample.sql(
                """
                SELECT concat(m->'attrs'->>'commentId', ' ', t->>'text') FROM pages,
                  jsonb_path_query(content, '$.content[*].content[*]') t, jsonb_array_elements(t->'marks') m
                WHERE id = '\(page)' AND m->>'type' = 'comment'
                """
            )
            return Set(rows.split(separator: "\n").map(String.init))
        }

        @Test("carried: a comment is no change of the file, and stays on its text when a push changes the rest")
        func carried() throws {
            let (stage, page) = try stage("carry")
            let file = try #require(stage.files()["Note.md"])
            #expect(file.hasSuffix("\nSay this aloud.\n\nSecond.\n"))
            let main = stage.main
            try comment(stage, page, withSecond: true)
            stage.run()
            #expect(stage.main == main)
            try stage.push(["Note.md": stage.edited(file) { $0[0] = "Do say this aloud." }])
            #expect(stage.run().push.updated == 1)
            #expect(try comments(stage, page) == ["\(Self.first) this", "\(Self.second) Second."])
            #expect(stage.run().outcome == .unchanged)
        }

        @Test(
            "inline: comments are in the file; a new one is a commit, a removed element removes it, edits keep the rest"
        )
        func inline() throws {
            let (stage, page) = try stage("inline")
            let file = try #require(stage.files()["Note.md"])
            #expect(file.contains(Self.first))
            try comment(stage, page, withSecond: true)
            let main = stage.main
            stage.run()
            #expect(stage.main != main)
            let both = try #require(stage.files()["Note.md"])
            #expect(both.contains(Self.first) && both.contains(Self.second))

            try stage.push(["Note.md": both.replacing("Say ", with: "Do say ")])
            #expect(stage.run().push.updated == 1)
            #expect(try comments(stage, page) == ["\(Self.first) this", "\(Self.second) Second."])

            let lines = both.split(separator: "\n", omittingEmptySubsequences: false)
            let without = lines.map { $0.contains(Self.second) ? "Second." : String($0) }.joined(separator: "\n")
            try stage.push(["Note.md": without])
            #expect(stage.run().push.updated == 1)
            #expect(try comments(stage, page) == ["\(Self.first) this"])
            #expect(stage.run().outcome == .unchanged)
        }

        @Test("from carried to inline and back: the setting alone writes nothing to the wiki, and no comment is lost")
        func settingChanges() throws {
            let (stage, page) = try stage("carry")
            let stamp = try stage.stamp()
            try stage.restart(["GIT_SYNC_COMMENT_MARKS": "inline"])
            stage.run()
            #expect(try stage.stamp() == stamp)
            let file = try #require(stage.files()["Note.md"])
            try stage.push(["Note.md": file.replacing("Second.", with: "Second, edited.")])
            stage.run()
            #expect(try comments(stage, page).contains("\(Self.first) this"))
            try stage.restart(["GIT_SYNC_COMMENT_MARKS": "carry"])
            stage.run()
            let carried = try #require(stage.files()["Note.md"])
            try stage.push(["Note.md": carried.replacing("edited", with: "edited again")])
            stage.run()
            #expect(try comments(stage, page) == ["\(Self.first) this"])
            #expect(try stage.page(page)?.lines.last == "Second, edited again.")
        }
    }
}
