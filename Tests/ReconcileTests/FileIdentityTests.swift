import Base
import Reconcile
import Testing

@Suite("Which page a file is")
struct FileIdentityTests {
    /// Pages `0.md`, `1.md`, … of a table.
    private static func pages(_ count: Int) -> [PageEntry] {
        (0..<count).map { number in
            PageEntry(
                id: PageID(high: 1, low: UInt64(number)),
                path: PagePath("\(number).md"),
                blob: "\(number)",
                title: "\(number)"
            )
        }
    }

    /// Every file states the id of the file `by` places further on; those past the end state none.
    private static func shifted(_ pages: [PageEntry], by places: Int, isCircle: Bool) -> [FileChange] {
        pages.indices.map { index in
            let next = index + places
            let says = isCircle ? pages[next % pages.count].id : next < pages.count ? pages[next].id : nil
            return FileChange(path: pages[index].path, blob: "new \(index)", says: says)
        }
    }

    private static func identify(_ changes: [FileChange], _ pages: [PageEntry]) -> FileIdentity {
        FileIdentity(changes, table: PagesTable(pages), renames: [:]) { _ in true }
    }

    @Test("ids that went round in a circle are believed: each page is where its id is")
    func circle() {
        let pages = Self.pages(3)
        let identity = Self.identify(Self.shifted(pages, by: 1, isCircle: true), pages)
        let paths = Dictionary(uniqueKeysWithValues: identity.found.map { ($0.id, $0.path) })
        #expect(paths == [pages[1].id: "0.md", pages[2].id: "1.md", pages[0].id: "2.md"])
        #expect(identity.created.isEmpty && identity.lost.isEmpty)
    }

    @Test("a row of copies that ends in a page at its own path changes nothing")
    func rowOfCopies() {
        let pages = Self.pages(3)
        let identity = Self.identify(Self.shifted(pages, by: 1, isCircle: false), pages)
        let paths = Dictionary(uniqueKeysWithValues: identity.found.map { ($0.id, $0.path) })
        #expect(paths == [pages[0].id: "0.md", pages[1].id: "1.md", pages[2].id: "2.md"])
        #expect(identity.misnamed["0.md"] == pages[1].id)
    }

    @Test("a row of files that each took the next one's place moves along when the last one is gone")
    func rowOfMoves() {
        let pages = Self.pages(4)
        var changes = Self.shifted(pages, by: 1, isCircle: false)
        changes[3] = FileChange(path: "3.md", blob: nil)
        let identity = Self.identify(changes, pages)
        let paths = Dictionary(uniqueKeysWithValues: identity.found.map { ($0.id, $0.path) })
        #expect(paths == [pages[1].id: "0.md", pages[2].id: "1.md", pages[3].id: "2.md"])
        #expect(identity.lost == [pages[0].id])
    }

    /// Whoever may push may do this to a whole space. Each file asked the next one, and each had a list of its own of
    /// those before it: time and memory grew with the square of the number of files, while the space was locked.
    @Test("the ids of a whole space in one circle are sorted out as fast as they are read", arguments: [true, false])
    func largeCircle(isCircle: Bool) {
        let pages = Self.pages(20_000)
        let identity = Self.identify(Self.shifted(pages, by: 1, isCircle: isCircle), pages)
        #expect(identity.found.count == pages.count)
        #expect(identity.lost.isEmpty && identity.created.isEmpty)
    }
}
