import Base
import PageStore
import TestSupport
import Testing

struct TrashTests {
    @Test(
        "a page goes to the trash with its subtree, and its shares go for good",
        arguments: PostgresServer.Variant.allCases
    )
    func subtree(variant: PostgresServer.Variant) throws {
        let wiki = try Wiki(variant)
        let top = try wiki.page("Top")
        let leaf = try wiki.page("Leaf", under: try wiki.page("Middle", under: top))
        let other = try wiki.page("Other")
        try wiki.sample.sql(
            """
            INSERT INTO shares (key, page_id, space_id, workspace_id)
            SELECT 'k' || id, id, space_id, workspace_id FROM pages
            """
        )
        let before = try wiki.row(leaf)
        let gone = try wiki.store.trash(top, in: wiki.space, by: wiki.wren)
        #expect(gone.count == 3)
        let after = try wiki.row(leaf)
        #expect(after.deletedBy == wiki.wren && after.updatedAt == before.updatedAt && after.parent == before.parent)
        #expect(Set(try wiki.store.listing(of: wiki.space).compactMap(\.deletedAt)).count == 1)
        #expect(try wiki.row(other).isLive)
        #expect(try wiki.sample.sql("SELECT page_id FROM shares") == other.description)
        #expect(throws: PageStoreError.self) { try wiki.store.trash(top, in: wiki.space, by: wiki.wren) }
    }

    @Test("a page that somebody moved below meanwhile keeps its parent alive")
    func unknownDescendants() throws {
        let wiki = try Wiki()
        let top = try wiki.page("Top")
        let known = try wiki.page("Known", under: top)
        let late = try wiki.page("Late", under: known)
        let error = #expect(throws: PageStoreError.self) {
            try wiki.store.trash(top, in: wiki.space, by: wiki.ada, along: [known])
        }
        #expect(error?.code == .otherDescendants([late]))
        #expect(try wiki.row(top).isLive)
        #expect(try wiki.store.trash(top, in: wiki.space, by: wiki.ada, along: [known, late]).count == 3)
    }

    @Test("restoring brings back one page, and not those below it", arguments: PostgresServer.Variant.allCases)
    func restore(variant: PostgresServer.Variant) throws {
        let wiki = try Wiki(variant)
        let top = try wiki.page("Top")
        let leaf = try wiki.page("Leaf", under: top)
        try wiki.store.trash(top, in: wiki.space, by: wiki.ada)
        try wiki.store.restore(top, in: wiki.space)
        #expect(try wiki.row(top).isLive && wiki.row(top).deletedBy == nil)
        #expect(try !wiki.row(leaf).isLive)
        try wiki.store.restore(leaf, in: wiki.space)
        #expect(try wiki.row(leaf).isLive && wiki.row(leaf).parent == top)
    }

    @Test("a page whose parent is still in the trash comes back as a root page")
    func orphan() throws {
        let wiki = try Wiki()
        let top = try wiki.page("Top")
        let leaf = try wiki.page("Leaf", under: top)
        try wiki.store.trash(top, in: wiki.space, by: wiki.ada)
        #expect(try wiki.store.restore(leaf, in: wiki.space) == nil)
        #expect(try wiki.row(leaf).parent == nil)
    }
}
