import Base
import Reconcile
import Testing

/// The predecessor's scenarios of `layout`, `engine-gaps` and `redteam-layout-title`, each with its number there.
@Suite("Where pages lie")
struct LayoutTests {
    private let names = Names(
        stem: { $0.replacing("/", with: "-") },
        collisionKey: { $0.lowercased() },
        title: { $0 }
    )

    private func page(_ number: UInt64, _ title: String, below parent: UInt64? = nil) -> LayoutPage {
        LayoutPage(
            id: PageID(high: 0, low: number),
            slug: "s\(number)",
            title: title,
            parent: parent.map { PageID(high: 0, low: $0) }
        )
    }

    private func paths(_ pages: [LayoutPage], others: [PagePath] = []) -> [UInt64: String] {
        let paths = Layout.paths(of: pages, others: others, names: names)
        return Dictionary(uniqueKeysWithValues: paths.map { ($0.key.low, $0.value.text) })
    }

    @Test(
        "layout 1 and 3, redteam 4a: of siblings with one title the later ones get their slug, in any order of the rows"
    )
    func sameTitles() {
        let pages = [page(1, "Notes"), page(2, "Notes"), page(3, "P"), page(4, "Notes", below: 3), page(5, "notes")]
        let expected: [UInt64: String] = [
            1: "Notes.md", 2: "Notes ~s2.md", 3: "P/P.md", 4: "P/Notes.md", 5: "notes ~s5.md",
        ]
        for offset in pages.indices {
            #expect(paths(Array(pages[offset...] + pages[..<offset])) == expected)
        }
    }

    @Test("layout 4: parents in a circle end, and each page has a path")
    func circle() {
        #expect(paths([page(1, "A", below: 2), page(2, "B", below: 1)]) == [1: "A/A.md", 2: "A/B/B.md"])
    }

    @Test("layout 5, 6, 10 to 12 and 15: leaves are files, pages with children are notes of their folders")
    func folders() {
        let pages = [page(1, "а"), page(2, "б", below: 1), page(3, "в", below: 2), page(4, "Leaf")]
        #expect(paths(pages) == [1: "а/а.md", 2: "а/б/б.md", 3: "а/б/в.md", 4: "Leaf.md"])
    }

    @Test("layout 7 and engine-gaps 8: pages whose parents are not there lie at the root, each under a name of its own")
    func orphans() {
        let pages = (1...4).map { page($0, "A", below: 90 + $0) }
        #expect(paths(pages) == [1: "A.md", 2: "A ~s2.md", 3: "A ~s3.md", 4: "A ~s4.md"])
    }

    @Test("layout 9 and 14: children of parents with one title lie in their own parent's folder")
    func sameParents() {
        let pages = [page(1, "A"), page(2, "A"), page(3, "C", below: 1), page(4, "C", below: 2)]
        #expect(paths(pages) == [1: "A/A.md", 2: "A ~s2/A ~s2.md", 3: "A/C.md", 4: "A ~s2/C.md"])
    }

    @Test("layout 13: a child with its parent's title is not taken for the folder's note")
    func childLikeItsParent() {
        #expect(paths([page(1, "P"), page(2, "P", below: 1)]) == [1: "P/P.md", 2: "P/P ~s2.md"])
    }

    @Test(
        "weakness 17: a name that was given stays, whoever comes with a smaller id; a file of somebody else's is not covered"
    )
    func namesStay() {
        var old = page(7, "Notes")
        old.path = "Notes.md"
        #expect(paths([old, page(1, "Notes")]) == [7: "Notes.md", 1: "Notes ~s1.md"])
        #expect(paths([page(1, "Notes")], others: ["notes.md"]) == [1: "Notes ~s1.md"])
    }

    @Test("a page that comes back from the trash gives way to the page that has its name by now")
    func returning() {
        var back = page(1, "Notes")
        back.path = "Notes.md"
        back.isReturning = true
        var holder = page(7, "Notes")
        holder.path = "Notes.md"
        #expect(paths([back, holder]) == [7: "Notes.md", 1: "Notes ~s1.md"])
        #expect(paths([back]) == [1: "Notes.md"])
    }

    @Test(
        "engine-gaps 1 to 5: whose child a file is, nearest first",
        arguments: [
            ("X.md", []), ("dir/X.md", ["dir/dir.md", "dir.md"]), ("dir/dir.md", []),
            ("a/b/b.md", ["a/a.md", "a.md"]), ("a/b/c.md", ["a/b/b.md", "a/b.md", "a/a.md", "a.md"]),
            ("v1.2/x.y.md", ["v1.2/v1.2.md", "v1.2.md"]),
        ] as [(String, [String])]
    )
    func parents(path: String, expected: [String]) {
        #expect(PagePath(path).parentCandidates.map(\.text) == expected)
    }
}
