import Base
import Reconcile
import Testing

@Suite("The table of identities")
struct PagesTableTests {
    private func entry(_ path: String) -> PageEntry {
        PageEntry(
            id: .fresh(),
            path: PagePath(path),
            blob: "ab",
            title: "A “title”\nwith a break",
            parent: .fresh(),
            slug: "s1",
            updated: 12
        )
    }

    @Test("an entry with everything in it survives the codec")
    func roundTrip() {
        var full = entry("a/é.md")
        full.file = "b/c.md"
        full.under = nil
        full.write = WriteMark(client: .max, clock: 7)
        full.before = "cd"
        full.state = .trashed
        full.isOurPath = true
        full.says = .fresh()
        full.links = [.fresh(), .fresh()]
        full.leave("before/é.md")
        full.leave("long before.md")
        let (entries, errors) = PagesTable.decode(PagesTable.encode([full, entry("x.md")]))
        #expect(errors.isEmpty)
        #expect(entries.first { $0.id == full.id } == full)
        #expect(entries.count == 2)
    }

    @Test("the bytes do not depend on the order, and lines are sorted by id")
    func deterministic() {
        let entries = (0..<5).map { entry("\($0).md") }
        #expect(PagesTable.encode(entries) == PagesTable.encode(entries.reversed()))
    }

    @Test("a line that cannot be read is reported with its number, and the others count")
    func damaged() {
        let good = PagesTable.encode([entry("a.md")])
        let (entries, errors) = PagesTable.decode(Array("{broken\n".utf8) + good + Array("{\"id\":\"x\"}\n".utf8))
        #expect(entries.count == 1)
        #expect(errors.map(\.line) == [1, 3])
    }

    @Test("a page is found by its path, its slug and, in the trash, by its last path")
    func indexes() {
        var page = entry("a.md")
        var table = PagesTable([page])
        #expect(table.page(at: "a.md") == page.id)
        #expect(table.page(slug: "s1") == page.id)
        page.state = .trashed
        table[page.id] = page
        #expect(table.page(at: "a.md") == nil)
        #expect(table.trashedPage(at: "a.md") == page.id)
        table[page.id] = nil
        #expect(table.trashedPage(at: "a.md") == nil)
    }

    @Test("of two pages at one path the one that stays is found when the other leaves, whoever came first")
    func changingPlaces() {
        var (one, two) = (entry("a.md"), entry("b.md"))
        (one.slug, two.slug) = ("one", "two")
        var table = PagesTable([one, two])
        two.path = "a.md"
        table[two.id] = two
        #expect(table.page(at: "a.md") == two.id && table.page(at: "b.md") == nil)
        // The page that is about to leave is touched once more.
        one.title = "Another"
        table[one.id] = one
        one.path = "b.md"
        table[one.id] = one
        #expect(table.page(at: "a.md") == two.id && table.page(at: "b.md") == one.id)
        table[two.id] = nil
        #expect(table.page(at: "a.md") == nil && table.page(at: "b.md") == one.id)
    }

    @Test("of two trashed pages with one path the other is found when the first has come back")
    func sharedTrash() {
        var (one, two) = (entry("a.md"), entry("a.md"))
        (one.state, two.state) = (.trashed, .trashed)
        var table = PagesTable([one, two])
        #expect(table.trashedPage(at: "a.md") == two.id)
        two.state = .live
        table[two.id] = two
        #expect(table.page(at: "a.md") == two.id && table.trashedPage(at: "a.md") == one.id)
    }
}
