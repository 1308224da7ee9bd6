import Base
import Foundation
import TestSupport
import TestTraits
import Testing

/// What stands in the terminal of somebody who pushes, with everything at work: hook, responder, daemon, wiki.
///
/// The daemon looks by itself once an hour here: whatever is carried into the wiki was carried because of a push.
@Suite("What the person who pushes reads", .ownThread)
struct ReportTests {
    private static let hourly = [
        "GIT_SYNC_DEBOUNCE_MS": "3600000", "GIT_SYNC_POLL_INTERVAL_MS": "3600000",
        "GIT_SYNC_MAX_DELETES_PER_CYCLE": "2",
    ]

    /// The lines about pages and the summary, without the prefixes and the addresses.
    private func lines(_ output: String) -> [String] {
        output.split(whereSeparator: \.isNewline).compactMap { line in
            guard let start = line.range(of: "docmost-git: ") else { return nil }
            let text = line[start.upperBound...].components(separatedBy: "  http://wiki.example.org/").first ?? ""
            return text.trimmingCharacters(in: .whitespaces)
        }
    }

    /// Row of a page: its id, who changed it last, whether it is in the trash, its text.
    private func row(_ title: String, _ installation: Installation) throws -> [String] {
        try installation.site.workspace.sql(
            """
            SELECT concat_ws('|', p.id, u.name, p.deleted_at IS NOT NULL, replace(p.text_content, E'\\n\\n', '/'))
            FROM pages p LEFT JOIN users u ON u.id = p.last_updated_by_id WHERE p.title = '\(title)'
            """
        ).split(separator: "|").map(String.init)
    }

    private func push(_ writer: Writer, _ message: String, options: [String] = []) throws -> [String] {
        _ = try writer.commit(message)
        let ending = try writer.push(options: options)
        #expect(ending.isAccepted, "\(message): \(ending.output)")
        return lines(ending.output)
    }

    @Test("created, updated, merged with whom, moved, trashed, restored: one line a page, with its address, and a sum")
    func words() throws {
        let installation = try Installation(settings: Self.hourly)
        let writer = try Writer(at: installation.site)
        try writer.create("New.md", "new")
        try writer.write("pushed", on: "Alpha.md")
        let commit = try writer.commit("Two pages")
        let ending = try writer.push()
        let slug = try installation.site.workspace.sql("SELECT slug_id FROM pages WHERE title = 'New'")
        #expect(ending.output.contains("created    New.md  http://wiki.example.org/p/\(slug)"), "\(ending.output)")
        #expect(lines(ending.output) == ["updated    Alpha.md", "created    New.md", "1 created, 1 updated"])
        #expect(try installation.main() == commit, "no commit answers a push")
        #expect(try row("Alpha", installation).dropFirst() == ["Wren Writer", "f", "pushed/top/middle/end"])
        let id = try row("New", installation).first

        try installation.write("typed", on: "Beta")
        try writer.write("pushed", on: "Beta.md")
        #expect(
            try push(writer, "Beside somebody's edit") == [
                "merged     Beta.md  (with the edits of Ada Admin)", "1 updated",
            ]
        )
        #expect(try row("Beta", installation).dropFirst() == ["Wren Writer", "f", "pushed/top/middle/end/typed"])

        try writer.update()
        try writer.move("Gamma.md", to: "Alpha/Delta.md")
        #expect(try push(writer, "Move and rename") == ["moved      Alpha/Delta.md", "1 moved or renamed"])

        try writer.update()
        try writer.remove("New.md")
        #expect(
            try push(writer, "Remove") == ["trashed    New.md", "1 trashed (git revert brings it back)"]
        )
        #expect(try row("New", installation) == [id, "Wren Writer", "t", "new"])
        try writer.revert()
        let back = try writer.push()
        #expect(lines(back.output) == ["restored   New.md", "1 restored"], "\(back.output)")
        #expect(try row("New", installation) == [id, "Wren Writer", "f", "new"])
        #expect(try installation.pages() == installation.files())
    }

    @Test("a dry run says what the push then does, word for word, and changes nothing: no ref, no row, no file")
    func dryRun() throws {
        let installation = try Installation(settings: Self.hourly)
        let writer = try Writer(at: installation.site)
        try writer.create("Folder/New.md", "new")
        try writer.create("Odd.md", "---\ndocmost_id: 01900000-0000-7000-8000-00000000dead\n---\nodd")
        try writer.write("pushed", on: "Alpha.md")
        try writer.move("Gamma.md", to: "Alpha/Gamma.md")
        try writer.remove("Beta.md")
        _ = try writer.commit("Everything")
        let before = try everything(installation)
        let plan = try writer.push(options: ["-o", "dry-run"])
        #expect(plan.isAccepted, "\(plan.output)")
        #expect(try everything(installation) == before)
        let real = try writer.push()
        #expect(real.isAccepted, "\(real.output)")
        let told = lines(real.output)
        #expect(told.count == 8, "\(told)")
        let foretold = lines(plan.output).filter { !$0.hasPrefix("dry run; nothing") }
        #expect(foretold.map { $0.replacing("dry run: ", with: "") } == told, "\(plan.output)")
    }

    /// Refs, rows and what the cycles remember, as text.
    private func everything(_ installation: Installation) throws -> [String] {
        let state = "\(installation.site.repository())/docmost-git/state.json"
        return [
            try installation.onServer("for-each-ref"),
            try installation.site.workspace.sql("SELECT count(*), max(xmin::text::bigint) FROM pages"),
            try installation.site.workspace.sql("SELECT count(*) FROM page_history"),
            (try? String(contentsOfFile: state, encoding: .utf8)) ?? "",
        ]
    }

    @Test("more deletions than the limit are refused with the remedy, and the remedy works, for that push alone")
    func allowed() throws {
        let pages = (1...6).map { "Page \($0)" }
        let installation = try Installation(pages: pages + ["Stays"], settings: Self.hourly)
        let writer = try Writer(at: installation.site)
        let trashed = "SELECT count(*) FROM pages WHERE deleted_at IS NOT NULL"
        for page in pages[..<3] { try writer.remove("\(page).md") }
        _ = try writer.commit("Remove three")
        let refused = try writer.push()
        #expect(
            !refused.isAccepted && refused.output.contains("push again with: -o allow-deletes"),
            "\(refused.output)"
        )
        #expect(try installation.site.workspace.sql(trashed) == "0")
        let allowed = try writer.push(options: ["-o", "allow-deletes"])
        #expect(allowed.isAccepted && allowed.output.contains("3 trashed"), "\(allowed.output)")
        #expect(try installation.site.workspace.sql(trashed) == "3")
        for page in pages[3...] { try writer.remove("\(page).md") }
        _ = try writer.commit("Remove three more")
        #expect(try !writer.push().isAccepted)
        #expect(try installation.site.workspace.sql(trashed) == "3")
    }

    @Test("what cannot be done now is pending or refused, with the reason; the rest of the push is done")
    func notDone() throws {
        let installation = try Installation(settings: Self.hourly)
        let writer = try Writer(at: installation.site)
        let id = try #require(try row("Alpha", installation).first)
        let guardian = try #require(try row("Gamma", installation).first)
        // Somebody has the page open, on a server that answers nobody.
        try installation.site.redis.command("SET", "collabLock:page.\(id)", "another-server", "PX", "60000")
        try installation.site.workspace.insertPage(title: "Hidden", paragraphs: ["secret"], parent: guardian)
        try installation.site.workspace.sql(
            """
            INSERT INTO page_access (page_id, space_id, workspace_id, access_level, creator_id)
            SELECT id, space_id, workspace_id, 'restricted', creator_id FROM pages WHERE title = 'Hidden'
            """
        )
        try writer.write("pushed", on: "Alpha.md")
        try writer.write("pushed", on: "Beta.md")
        try writer.remove("Gamma.md")
        let told = try push(writer, "Three pages")
        #expect(told.contains { $0.hasPrefix("pending    Alpha.md  (") }, "\(told)")
        #expect(told.contains("updated    Beta.md"))
        #expect(
            told.contains {
                $0.hasPrefix("refused    Gamma.md")
                    && $0.contains("subpages in the wiki that are not in the repository")
            },
            "\(told)"
        )
        #expect(told.last?.hasPrefix("1 updated, 2 not done") == true, "\(told)")
        #expect(!told.joined().contains("Hidden") && !told.joined().contains("secret"))
        #expect(try row("Gamma", installation).dropFirst(2).first == "f")
        #expect(try row("Alpha", installation).last == "top/middle/end")
        try installation.site.redis.command("DEL", "collabLock:page.\(id)")
        try writer.update()
        try writer.create("Later.md", "later")
        try writer.write("again", on: "Alpha.md")
        let again = try push(writer, "Once more")
        #expect(again.contains("updated    Alpha.md"), "\(again)")
        let alpha = try row("Alpha", installation)
        #expect(alpha.last == "pushed/again/top/middle/end", "\(alpha)")
    }
}
