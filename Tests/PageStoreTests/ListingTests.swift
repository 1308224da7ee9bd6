import Base
import PageStore
import Postgres
import TestSupport
import Testing

struct ListingTests {
    @Test("a listing works on every generation of the schema", arguments: PostgresServer.Variant.allCases)
    func everyVariant(variant: PostgresServer.Variant) throws {
        let wiki = try Wiki(variant)
        let parent = try wiki.page("Parent", text: "hello")
        let child = try wiki.page("Child", under: parent)
        let listing = try wiki.store.listing(of: wiki.space)
        #expect(listing.map(\.id) == [parent, child] || listing.map(\.id) == [child, parent])
        let row = try wiki.row(child)
        #expect(row.parent == parent && row.title == "Child" && row.isLive && !row.isRestricted && !row.isBase)
        #expect(row.updatedAt % 1000 == 0)
        #expect(row.slugID.utf8.count == 10)
        #expect(row.lastUpdatedBy == wiki.ada)
    }

    @Test("a schema without Docmost is refused clearly")
    func notDocmost() throws {
        let server = try PostgresServer.shared()
        let store = PageStore(try PostgresConnection(url: server.url("postgres")))
        let error = #expect(throws: PageStoreError.self) { try store.features() }
        #expect(error?.code == .notDocmost)
    }

    @Test("the probe tells the generations apart")
    func features() throws {
        let upstream = try Wiki(.upstream).store.features()
        #expect(upstream.hasRestrictions && upstream.hasBases && !upstream.isFork && upstream.hasTransclusions)
        let fork = try Wiki(.gitmost).store.features()
        #expect(fork.isFork && fork.hasTemplateReferences && !fork.hasBases && fork.hasTemporaryPages)
        let older = try Wiki(.older).store.features()
        #expect(!older.hasRestrictions && !older.hasWatchers && !older.hasTransclusions)
    }

    @Test("a restriction covers the subtree, through the trash and past a circle of parents")
    func restrictions() throws {
        let wiki = try Wiki()
        let secret = try wiki.page("Secret")
        let middle = try wiki.page("Middle", under: secret)
        let leaf = try wiki.page("Leaf", under: middle)
        let open = try wiki.page("Open")
        try wiki.sample.sql(
            """
            INSERT INTO page_access (page_id, workspace_id, space_id, access_level)
            SELECT id, workspace_id, space_id, 'restricted' FROM pages WHERE id = '\(secret)';
            UPDATE pages SET deleted_at = now() WHERE id = '\(middle)';
            UPDATE pages SET parent_page_id = '\(leaf)' WHERE id = '\(secret)';
            """
        )
        let restricted = try wiki.store.listing(of: wiki.space).filter(\.isRestricted).map(\.id)
        #expect(Set(restricted) == [secret, middle, leaf])
        #expect(!restricted.contains(open))
    }

    @Test("every kind of change in a space changes its fingerprint, and nothing else does")
    func fingerprints() throws {
        let wiki = try Wiki()
        let other = try #require(SpaceID(SampleWorkspace.privateSpace))
        var seen: Set<SpaceFingerprint> = []
        func look(_ what: String) throws {
            let prints = try wiki.store.fingerprints(of: [wiki.space, other, SpaceID.fresh()])
            #expect(prints.count == 2)
            let print = try #require(prints[wiki.space])
            #expect(try wiki.store.fingerprints(of: [wiki.space])[wiki.space] == print)
            #expect(seen.insert(print).inserted, "\(what) was not noticed")
        }
        try look("an empty space")
        let page = try wiki.page("One", text: "a")
        try look("a creation")
        let two = try wiki.page("Two")
        try look("a second creation")
        try wiki.store.setTitle(of: page, in: wiki.space, from: "One", to: "Uno", by: wiki.wren)
        try look("a title")
        sleep(milliseconds: 2)
        try wiki.store.move(two, in: wiki.space, from: nil, to: page)
        try look("a move")
        try wiki.store.trash(page, in: wiki.space, by: wiki.wren)
        try look("a deletion")
        try wiki.store.restore(page, in: wiki.space)
        try look("a restoration")
        try wiki.sample.sql(
            """
            INSERT INTO page_access (page_id, workspace_id, space_id, access_level)
            SELECT id, workspace_id, space_id, 'restricted' FROM pages WHERE id = '\(two)'
            """
        )
        try look("a restriction")
    }

    @Test(
        "a fingerprint is what the listed rows add up to, to the microsecond, and a glance names the rows touched since",
        arguments: PostgresServer.Variant.allCases
    )
    func sums(variant: PostgresServer.Variant) throws {
        let wiki = try Wiki(variant)
        let pages = try (0..<6).map { try wiki.page("Page \($0)") }
        for (page, time) in zip(pages, ["1971-03-05 01:02:03.456789Z", "2019-12-31 23:59:59.999999Z", "2024-02-29Z"]) {
            try wiki.sample.sql("UPDATE pages SET updated_at = '\(time)' WHERE id = '\(page)'")
        }
        try wiki.store.trash(pages[3], in: wiki.space, by: wiki.wren)
        let rows = try wiki.store.listing(of: wiki.space)
        let live = rows.filter(\.isLive)
        let glance = try #require(try wiki.store.glance(at: wiki.space, since: 1_700_000_000_000_000))
        let print = glance.fingerprint
        #expect(print.live == live.count && print.live == 5)
        #expect(print.updatedSum == live.reduce(into: Int128(0)) { $0 += Int128($1.updatedAt) })
        #expect(print.trashed == 1)
        #expect(print.lastTrashed == rows.compactMap(\.deletedAt).max())
        #expect(try wiki.store.fingerprints(of: [wiki.space])[wiki.space] == print)
        #expect(Set(glance.touched) == Set(pages[2...]))
        let some = try wiki.store.rows(of: [pages[0], pages[3], PageID.fresh()], in: wiki.space)
        #expect(Set(some.map(\.id)) == [pages[0], pages[3]])
        #expect(some.allSatisfy { row in rows.contains(row) })
        #expect(try wiki.store.rows(of: [pages[0]], in: SpaceID.fresh()).isEmpty)
        #expect(try wiki.store.glance(at: SpaceID.fresh(), since: 0)?.touched == nil)
    }

    @Test("contents and people are read by id, unknown ids are left out")
    func contents() throws {
        let wiki = try Wiki()
        let page = try wiki.page("One", text: "hello")
        let empty = try wiki.page("Empty")
        let contents = try wiki.store.contents(of: [page, empty, PageID.fresh()], in: wiki.space)
        #expect(contents.count == 2)
        let full = try #require(contents.first { $0.id == page })
        #expect(full.ydoc == Array("state of hello".utf8))
        #expect(full.content.map { String(decoding: $0, as: UTF8.self) }?.contains("hello") == true)
        #expect(contents.first { $0.id == empty }?.content == nil)
        let people = try wiki.store.people([wiki.ada, UserID.fresh()])
        #expect(people == [wiki.ada: Person(id: wiki.ada, name: "Ada Admin", email: "ada@example.org", isGone: false)])
        #expect(try wiki.store.existing([page, PageID.fresh()]) == [page: wiki.space])
    }

    @Test("a row with a time that nobody can count with is as old or as new as can be, and all others are as they were")
    func timesOutOfRange() throws {
        let wiki = try Wiki()
        let times = ["infinity", "-infinity", "4713-01-01 BC", "294276-12-31", "2100-01-01 00:00:01Z", "1969-12-31"]
        let odd = try times.map { time in
            let page = try wiki.page("Edited \(time)")
            try wiki.sample.sql("UPDATE pages SET updated_at = '\(time)', created_at = '\(time)' WHERE id = '\(page)'")
            return page
        }
        let trashed = try wiki.page("Trashed at infinity")
        try wiki.sample.sql("UPDATE pages SET deleted_at = 'infinity' WHERE id = '\(trashed)'")
        let good = try wiki.page("Good", text: "a")
        let rows = try wiki.store.listing(of: wiki.space)
        let glance = try #require(try wiki.store.glance(at: wiki.space, since: 1_700_000_000_000_000))
        #expect(glance.fingerprint.updatedSum == rows.filter(\.isLive).reduce(into: 0) { $0 += Int128($1.updatedAt) })
        #expect(glance.fingerprint.lastTrashed == rows.first { $0.id == trashed }?.deletedAt)
        #expect(Set(glance.touched) == [odd[0], odd[3], odd[4], trashed, good])
        let bounds: Set<Int64> = [0, 4_102_444_800_000_000]
        #expect(rows.allSatisfy { $0.id == good || $0.id == trashed || bounds.contains($0.updatedAt) })
        // Such a row is changed like any other.
        let row = try wiki.row(odd[0])
        try wiki.store.trash(odd[0], in: wiki.space, by: wiki.wren, unchangedSince: row.updatedAt)
        try wiki.store.setTitle(of: odd[1], in: wiki.space, from: "Edited -infinity", to: "Edited today", by: wiki.wren)
        #expect(try wiki.row(odd[1]).updatedAt > 1_700_000_000_000_000)
    }

    @Test("one restriction instead of another is noticed, also when both are of one moment")
    func exchangedRestriction() throws {
        let wiki = try Wiki()
        let pages = try [wiki.page("One"), wiki.page("Two")]
        func look(restricting page: PageID) throws -> SpaceFingerprint? {
            try wiki.sample.sql(
                """
                DELETE FROM page_access;
                INSERT INTO page_access (page_id, workspace_id, space_id, access_level, created_at)
                SELECT id, workspace_id, space_id, 'restricted', 'infinity' FROM pages WHERE id = '\(page)'
                """
            )
            return try wiki.store.fingerprints(of: [wiki.space])[wiki.space]
        }
        #expect(try look(restricting: pages[0]) != look(restricting: pages[1]))
    }
}
