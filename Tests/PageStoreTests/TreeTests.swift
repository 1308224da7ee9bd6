import Base
import PageStore
import Postgres
import TestSupport
import Testing

struct TreeTests {
    @Test("creating with the same id again changes nothing", arguments: PostgresServer.Variant.allCases)
    func idempotentCreation(variant: PostgresServer.Variant) throws {
        let wiki = try Wiki(variant)
        var new = NewPage(
            id: .fresh(),
            space: wiki.space,
            parent: nil,
            title: "One",
            creator: wiki.ada,
            body: Wiki.body("x")
        )
        #expect(try wiki.store.create(new) == .created)
        let before = try wiki.row(new.id)
        new.title = "Other"
        #expect(try wiki.store.create(new) == .existed)
        #expect(try wiki.row(new.id) == before)
    }

    @Test("a new page is a watched page without history whose contributors are empty")
    func creationAsDocmost() throws {
        let wiki = try Wiki()
        let page = try wiki.page("One", text: "hello")
        #expect(try wiki.sample.sql("SELECT user_id FROM watchers WHERE page_id = '\(page)'") == wiki.ada.description)
        #expect(try wiki.sample.sql("SELECT count(*) FROM page_history") == "0")
        #expect(
            try wiki.sample.sql("SELECT contributor_ids, text_content FROM pages WHERE id = '\(page)'") == "{}|hello"
        )
    }

    @Test("creation under a parent that is not there is refused")
    func missingParent() throws {
        let wiki = try Wiki()
        let trashed = try wiki.page("Gone")
        try wiki.store.trash(trashed, in: wiki.space, by: wiki.ada)
        for parent in [trashed, PageID.fresh()] {
            let new = NewPage(
                id: .fresh(),
                space: wiki.space,
                parent: parent,
                title: "x",
                creator: wiki.ada,
                body: nil
            )
            let error = #expect(throws: PageStoreError.self) { try wiki.store.create(new) }
            #expect(error?.code == .missingParent)
        }
    }

    @Test("siblings keep the order in which they were made")
    func order() throws {
        let wiki = try Wiki()
        let made = try (0..<80).map { try wiki.page("Page \($0)") }
        #expect(try wiki.store.listing(of: wiki.space).map(\.id) == made)
    }

    @Test("a page that is moved goes behind its new siblings")
    func places() throws {
        let wiki = try Wiki()
        let pages = try ["a", "b", "c", "d"].map { try wiki.page($0) }
        for page in [pages[0], pages[2]] { try wiki.store.move(page, in: wiki.space, from: nil, to: nil) }
        #expect(try wiki.store.listing(of: wiki.space).compactMap(\.title).joined() == "bdac")
    }

    @Test("a move below itself is refused, and a circle already in the rows does not hang it")
    func cycles() throws {
        let wiki = try Wiki()
        let top = try wiki.page("Top")
        let middle = try wiki.page("Middle", under: top)
        let leaf = try wiki.page("Leaf", under: middle)
        for target in [leaf, middle, top] {
            let error = #expect(throws: PageStoreError.self) {
                try wiki.store.move(top, in: wiki.space, from: nil, to: target)
            }
            #expect(error?.code == .cycle)
        }
        try wiki.sample.sql("UPDATE pages SET parent_page_id = '\(leaf)' WHERE id = '\(top)'")
        let free = try wiki.page("Free")
        try wiki.store.move(free, in: wiki.space, from: nil, to: leaf)
        #expect(try wiki.row(free).parent == leaf)
    }

    @Test("two moves at once cannot make a circle")
    func concurrentMoves() throws {
        let wiki = try Wiki()
        let left = try wiki.page("Left")
        let right = try wiki.page("Right")
        let other = PageStore(try PostgresConnection(url: wiki.sample.databaseURL))
        try wiki.store.move(left, in: wiki.space, from: nil, to: right)
        let error = #expect(throws: PageStoreError.self) {
            try other.move(right, in: wiki.space, from: nil, to: left)
        }
        #expect(error?.code == .cycle)
    }

    @Test("a row that changed meanwhile is left as it is")
    func compareAndSet() throws {
        let wiki = try Wiki()
        let page = try wiki.page("One")
        let parent = try wiki.page("Parent")
        let before = try wiki.row(page)
        let attempts: [() throws -> Void] = [
            { try wiki.store.setTitle(of: page, in: wiki.space, from: "Other", to: "x", by: wiki.ada) },
            { try wiki.store.move(page, in: wiki.space, from: parent, to: nil) },
            { try wiki.store.trash(page, in: wiki.space, by: wiki.ada, unchangedSince: before.updatedAt - 1000) },
        ]
        for attempt in attempts {
            let error = #expect(throws: PageStoreError.self) { try attempt() }
            #expect(error?.code == .changedMeanwhile)
        }
        #expect(try wiki.row(page) == before)
    }

    @Test("a title is changed with its author among the contributors", arguments: PostgresServer.Variant.allCases)
    func titles(variant: PostgresServer.Variant) throws {
        let wiki = try Wiki(variant)
        let page = try wiki.page("One")
        sleep(milliseconds: 2)
        let before = try wiki.row(page)
        let time = try wiki.store.setTitle(of: page, in: wiki.space, from: "One", to: "Two", by: wiki.wren)
        try wiki.store.setTitle(of: page, in: wiki.space, from: "Two", to: "Two ☃", by: wiki.wren)
        let after = try wiki.row(page)
        #expect(after.title == "Two ☃" && after.lastUpdatedBy == wiki.wren && time > before.updatedAt)
        #expect(after.updatedAt >= time && time % 1000 == 0)
        let contributors = try wiki.sample.sql("SELECT contributor_ids FROM pages WHERE id = '\(page)'")
        #expect(contributors == "{\(wiki.wren)}")
        if variant == .gitmost {
            #expect(try wiki.sample.sql("SELECT last_updated_source FROM pages WHERE id = '\(page)'") == "git-sync")
        }
    }

    @Test("another space's page is never touched")
    func otherSpace() throws {
        let wiki = try Wiki()
        let page = try wiki.page("One")
        let other = try #require(SpaceID(SampleWorkspace.privateSpace))
        let attempts: [() throws -> Void] = [
            { try wiki.store.setTitle(of: page, in: other, from: "One", to: "x", by: wiki.ada) },
            { try wiki.store.move(page, in: other, from: nil, to: nil) },
            { try wiki.store.trash(page, in: other, by: wiki.ada) },
            { try wiki.store.restore(page, in: other) },
            {
                _ = try wiki.store.create(
                    NewPage(id: page, space: other, parent: nil, title: "x", creator: wiki.ada, body: nil)
                )
            },
        ]
        for attempt in attempts {
            let error = #expect(throws: PageStoreError.self) { try attempt() }
            #expect(error?.code == .missingPage)
        }
    }
}
