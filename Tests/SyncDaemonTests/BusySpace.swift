import Base
import Cycle
import Foundation
import GitStore
import Processes
import TestSupport
import Testing

@testable import SyncDaemon

/// A space whose next cycle has everything in it: creates, a folder, a rename, a move, a merge, a deletion, a restored
/// page, and edits of the wiki.
struct BusySpace {
    let real: RealSpace

    private static let guide = "0198c6a2-7e1b-7c3d-9a44-0000000000d1"
    private static let child = "0198c6a2-7e1b-7c3d-9a44-0000000000d2"
    private static let edited = "0198c6a2-7e1b-7c3d-9a44-0000000000d3"
    private static let gone = "0198c6a2-7e1b-7c3d-9a44-0000000000d4"
    private static let back = "0198c6a2-7e1b-7c3d-9a44-0000000000d5"

    init(_ redis: RedisServer) throws {
        real = try RealSpace(redis: redis)
        let sample = real.sample
        try sample.insertPage(id: Self.guide, title: "Guide", paragraphs: ["g"])
        try sample.insertPage(id: Self.child, title: "Child", paragraphs: ["c", "d"], parent: Self.guide)
        try sample.insertPage(id: Self.edited, title: "Edited", paragraphs: ["one", "middle", "two"], position: "a1")
        try sample.insertPage(id: Self.gone, title: "Gone", paragraphs: ["x"], position: "a2")
        try sample.insertPage(id: Self.back, title: "Back", paragraphs: ["b"], position: "a3")
        try #require(real.cycle().outcome == .ran)
        let files = try real.files()
        try real.push([.delete(path: "Back.md")])
        try #require(real.cycle().push.deleted == 1)
        try real.push([
            .write(path: "Back.md", bytes: Array(try #require(files["Back.md"]).utf8)),
            .delete(path: "Guide/Child.md"), .delete(path: "Gone.md"),
            .write(path: "Moved.md", bytes: Array((try #require(files["Guide/Child.md"]) + "\ne\n").utf8)),
            .write(path: "Edited.md", bytes: Array("one from git\n\nmiddle\n\ntwo\n".utf8)),
            .write(path: "Folder/Leaf.md", bytes: Array("leaf\n".utf8)),
            .write(path: "Guide/New.md", bytes: Array("new\n".utf8)),
        ])
        try Self.editWiki(sample)
    }

    private static func editWiki(_ sample: SampleWorkspace) throws {
        try sample.sql(
            """
            UPDATE pages SET content = jsonb_set(content, '{content,2,content,0,text}', '"two from the wiki"'),
                ydoc = NULL, updated_at = now() WHERE id = '\(Self.edited)';
            UPDATE pages SET title = 'Handbook', updated_at = now() WHERE id = '\(Self.guide)';
            """
        )
        try sample.insertPage(title: "Fresh", paragraphs: ["f"], parent: Self.guide, position: "a4")
    }

    /// Title, text and parent's title of every living page.
    private func livePages() throws -> [String] {
        try real.sample.sql(
            """
            SELECT concat_ws('|', p.title, replace(coalesce(p.text_content, ''), E'\\n\\n', '/'), q.title)
            FROM pages p LEFT JOIN pages q ON q.id = p.parent_page_id
            WHERE p.deleted_at IS NULL AND p.space_id = '\(SampleWorkspace.handbook)' ORDER BY p.title
            """
        ).split(separator: "\n").map(String.init)
    }

    /// Runs cycles as a new process would, and checks that each change arrived once and nothing else happened.
    func expectWholeAfterwards(_ at: Comment) throws {
        try real.redis.expireLocks()
        let heal = newCycle()
        #expect(heal.outcome == .ran && heal.push.failures == 0, "\(at): \(heal)")
        _ = newCycle()
        try expectPages(at)
        try expectFiles(at)
        let main = real.repository.resolve(RefNames.main)
        let last = newCycle()
        #expect(last.outcome == .ran && real.repository.resolve(RefNames.main) == main, "\(at): \(last)")
    }

    /// A cycle that remembers nothing but what is on disk.
    private func newCycle() -> CycleReport { real.cycle(of: real.newEngine()) }

    private func expectPages(_ at: Comment) throws {
        let pages = try livePages()
        #expect(
            pages == [
                "Back|b", "Edited|one from git/middle/two from the wiki", "Folder|", "Fresh|f|Handbook", "Handbook|g",
                "Leaf|leaf|Folder", "Moved|c/d/e", "New|new|Handbook",
            ],
            "\(at): \(pages)"
        )
        let ids = try real.sample.sql(
            "SELECT id FROM pages WHERE title IN ('Back', 'Edited', 'Gone', 'Moved') ORDER BY title"
        )
        #expect(ids.split(separator: "\n").map(String.init) == [Self.back, Self.edited, Self.gone, Self.child], at)
        #expect(try real.sample.sql("SELECT count(*) FROM pages") == "9", at)
    }

    private func expectFiles(_ at: Comment) throws {
        let files = try real.files()
        let paths: Set = [
            "Back.md", "Edited.md", "Folder/Folder.md", "Folder/Leaf.md", "Handbook/Fresh.md", "Handbook/Handbook.md",
            "Handbook/New.md", "Moved.md",
        ]
        #expect(Set(files.keys) == paths, at)
        #expect(files["Edited.md"]?.hasSuffix("one from git\n\nmiddle\n\ntwo from the wiki\n") == true, at)
        // Each edit of the wiki is one commit, however often it was begun.
        let log = try real.repository.git(["log", "--format=%s", "main"]).text.split(separator: "\n").map(String.init)
        #expect(
            log.sorted() == [
                "Create 5 pages", "Create “Folder”", "Create “Fresh”", "Edit “Edited”", "Rename “Guide” to “Handbook”",
                "edit", "edit",
            ],
            "\(at): \(log)"
        )
        #expect(try real.repository.git(["fsck", "--no-dangling"]).text.isEmpty, at)
    }
}
