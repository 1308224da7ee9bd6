import Base
import Reconcile
import Testing

@Suite("The wiki's rows as a tree")
struct WikiMapTests {
    private static let rows: [WikiRow] = (UInt64(1)...9).map { number in
        let id = PageID(high: 0, low: number)
        var row = WikiRow(id: id, slug: "s\(number)", title: "Page \(number)", updated: Int64(number) * 1_000_000)
        if number > 3 { row.parent = PageID(high: 0, low: number / 3) }
        if number == 9 { row.deleted = 77 }
        return row
    }

    @Test("replaced rows add up to the same as a map made of them")
    func replace() {
        var map = WikiMap(Self.rows)
        var rows = Self.rows
        for index in [0, 4, 4, 7] {
            rows[index].updated += 12_345
            rows[index].title += "!"
            let isReplaced = map.replace(rows[index])
            #expect(isReplaced)
        }
        let fresh = WikiMap(rows)
        #expect(map.sums == fresh.sums)
        #expect(map.newest == fresh.newest)
        #expect(map.rows == fresh.rows)
        #expect(map.sums.live == 8)
        #expect(map.sums.lastTrashed == 77)
    }

    @Test("a row that changes the tree is refused, and nothing is replaced")
    func structure() {
        var map = WikiMap(Self.rows)
        var moved = Self.rows[5]
        moved.parent = nil
        var trashed = Self.rows[5]
        trashed.deleted = 5
        var hidden = Self.rows[5]
        hidden.isHidden = true
        var new = Self.rows[5]
        new.id = PageID(high: 1, low: 1)
        for row in [moved, trashed, hidden, new] {
            let isReplaced = map.replace(row)
            #expect(!isReplaced)
        }
        #expect(map.rows == WikiMap(Self.rows).rows)
    }
}
