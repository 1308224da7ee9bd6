import Base
import Foundation
import TestSupport
import TestTraits
import Testing

/// An operator's commands beside a daemon and a host that are at work.
@Suite("A space and its operator", .ownThread)
struct SpaceLifeTests {
    private func json(_ text: String) throws -> [[String: Any]] {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    private func restrict(_ title: String, _ installation: Installation) throws {
        try installation.site.workspace.sql(
            """
            INSERT INTO page_access (page_id, space_id, workspace_id, access_level, creator_id)
            SELECT id, space_id, workspace_id, 'restricted', creator_id FROM pages WHERE title = '\(title)'
            """
        )
    }

    @Test("switched off it is left alone at once; its repository is removed and comes anew with the same pages")
    func life() throws {
        let installation = try Installation()
        let site = installation.site
        let writer = try Writer(at: site)
        var ledger = Ledger()
        let ids = try site.workspace.sql("SELECT string_agg(id::text, ' ' ORDER BY id) FROM pages")
        let list = try installation.operate("spaces", "list")
        #expect(list.output.contains("on   handbook") && list.output.contains("off  private"), "\(list.output)")
        #expect(try json(installation.operate("spaces", "list", "--json").output).count == 2)
        let early = try installation.operate("spaces", "purge", "handbook")
        #expect(early.status == 1 && early.output.contains("spaces disable handbook"), "\(early.output)")

        let off = try installation.operate("spaces", "disable", "handbook")
        #expect(off.status == 0 && off.output.contains("is opted out"), "\(off.output)")
        let main = try installation.main()
        try installation.write("meanwhile", on: "Beta")
        ledger.add("meanwhile")
        try writer.create("Meanwhile.md", "pushed")
        _ = try writer.commit("Meanwhile")
        let refused = try writer.push()
        #expect(!refused.isAccepted && refused.output.contains("not found"), "\(refused.output)")
        sleep(milliseconds: 2_500)
        #expect(try installation.main() == main)
        #expect(try installation.operate("once").output == "no space is opted in\n")
        let once = try installation.operate("once", "--space", "handbook")
        #expect(once.output == "handbook: skipped: space-not-enabled\n", "\(once.output)")

        let purge = try installation.operate("spaces", "purge", "handbook")
        #expect(purge.status == 0 && !FileManager.default.fileExists(atPath: site.repository()), "\(purge.output)")
        let on = try installation.operate("spaces", "enable", "handbook")
        #expect(on.status == 0 && !on.output.contains("warning"), "\(on.output)")
        // The daemon and the host have known the repository, and find another one in its place.
        try waitUntil("it is exported again\n\(installation.daemonLog)", seconds: 60) { try installation.main() != nil }
        let anew = try Writer(at: site)
        try anew.create("New.md", "new")
        _ = try anew.commit("New")
        let ending = try anew.pushPatiently()
        #expect(ending.isAccepted && ending.output.contains("created    New.md"), "\(ending.output)")
        ledger.add("new")
        // A clone of the repository that is gone has another history, and must not bring it back.
        let old = try writer.push()
        #expect(!old.isAccepted, "\(old.output)")
        try installation.expectAgreement(ledger, "exported anew")
        let live = "SELECT string_agg(id::text, ' ' ORDER BY id) FROM pages WHERE title <> 'New' AND deleted_at IS NULL"
        #expect(try site.workspace.sql(live) == ids)
        try installation.expectRest(ledger)
        #expect(site.web.statuses.filter { $0 >= 500 }.isEmpty, "\(site.log.suffix(2000))")
    }

    @Test("more pages than the limit are trashed in the wiki: held, told, and carried out by the operator's word")
    func deletes() throws {
        let pages = (1...5).map { "Page \($0)" }
        let installation = try Installation(pages: pages, settings: ["GIT_SYNC_MAX_DELETES_PER_CYCLE": "2"])
        let main = try installation.main()
        try installation.site.workspace.sql(
            """
            UPDATE pages SET deleted_at = now(), deleted_by_id = '\(SampleWorkspace.wren)'
            WHERE title IN ('Page 1', 'Page 2', 'Page 3')
            """
        )
        try waitUntil("the deletions are held\n\(installation.daemonLog)", seconds: 60) {
            try installation.operate("status").output.contains("held: 3 deletions")
        }
        #expect(try installation.main() == main)
        let status = try json(installation.operate("status", "--json").output)
        #expect((status.first?["heldDeletions"] as? [[String: Any]])?.count == 3, "\(status)")
        let listed = try installation.operate("deletes", "list", "handbook").output
        #expect(listed.split(separator: "\n").count == 3 && listed.contains("Page 2.md"), "\(listed)")
        // One more, after the operator has looked, is not covered by the word.
        let allowed = try installation.operate("deletes", "allow", "handbook")
        #expect(allowed.status == 0 && allowed.output.contains("3 deletions of handbook allowed"), "\(allowed.output)")
        try waitUntil("they are carried out", seconds: 60) {
            try installation.files().map(\.title).sorted() == ["Page 4", "Page 5"]
        }
        #expect(try installation.onServer("log", "-1", "--format=%an|%s", "main") == "Wren Writer|Trash 3 pages\n")
        try waitUntil("nothing is held", seconds: 60) {
            try installation.operate("deletes", "list", "handbook").output == "no deletion of handbook is held\n"
        }
    }

    @Test("a purged page is in no clone, and a clone from before cannot bring it back")
    func purge() throws {
        let installation = try Installation()
        let site = installation.site
        let before = try Writer(at: site)
        let page = try site.workspace.sql("SELECT id FROM pages WHERE title = 'Beta'")
        let early = try installation.operate("purge", page)
        #expect(
            early.status == 1 && early.output.contains("restrict it or move it to the trash first"),
            "\(early.output)"
        )
        try restrict("Beta", installation)
        let purged = try installation.operate("purge", page)
        #expect(purged.status == 0 && purged.output.contains("commits were rewritten"), "\(purged.output)")
        try before.create("Old.md", "old")
        _ = try before.commit("On the old history")
        let refused = try before.push()
        #expect(!refused.isAccepted, "\(refused.output)")
        // git knows where the old history ended, and puts on the new one only what is the person's own.
        #expect(try before.pushPatiently().isAccepted)
        #expect(try installation.onServer("log", "--all", "--format=%H", "-S", "middle", "--", "Beta.md").isEmpty)
        let after = try Writer(at: site)
        try after.create("New.md", "new")
        _ = try after.commit("On the new history")
        let ending = try after.pushPatiently()
        #expect(ending.isAccepted && ending.output.contains("created    New.md"), "\(ending.output)")
        try waitUntil("both sides agree", seconds: 60) {
            try installation.files().map(\.title).sorted() == ["Alpha", "Gamma", "New", "Old"]
        }
        #expect(try site.workspace.sql("SELECT deleted_at IS NULL FROM pages WHERE id = '\(page)'") == "t")
    }
}
