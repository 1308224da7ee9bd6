package import Base

/// A page's row, without its body.
package struct WikiRow: Hashable, Sendable {
    package var id: PageID
    package var slug: String
    package var title: String
    package var parent: PageID?
    /// `updated_at`, µs since 1970.
    package var updated: Int64
    package var created: Int64
    /// `deleted_at`, µs since 1970; nil while the page lives.
    package var deleted: Int64?
    package var creator: UserID?
    package var editor: UserID?
    package var deleter: UserID?
    /// Not for the repository, and its subtree neither: a restriction lies on it, or it is no document.
    package var isHidden: Bool

    package init(
        id: PageID,
        slug: String,
        title: String,
        parent: PageID? = nil,
        updated: Int64,
        created: Int64 = 0,
        deleted: Int64? = nil,
        creator: UserID? = nil,
        editor: UserID? = nil,
        deleter: UserID? = nil,
        isHidden: Bool = false
    ) {
        self.id = id
        self.slug = slug
        self.title = title
        self.parent = parent
        self.updated = updated
        self.created = created
        self.deleted = deleted
        self.creator = creator
        self.editor = editor
        self.deleter = deleter
        self.isHidden = isHidden
    }
}

/// The wiki's side of a space: its rows, trashed ones included, and the tree they form.
package struct WikiMap: Sendable {
    package let rows: [PageID: WikiRow]
    /// Ids that were asked for, are not among the rows, and yet have a row somewhere: pages of another space.
    package let elsewhere: Set<PageID>
    /// The nearest visible ancestor of every visible page; absent for a page at the root.
    private let parents: [PageID: PageID]
    private let visible: Set<PageID>
    private let children: [PageID: [PageID]]

    package init(_ rows: some Sequence<WikiRow>, elsewhere: Set<PageID> = []) {
        var byID: [PageID: WikiRow] = [:]
        var children: [PageID: [PageID]] = [:]
        for row in rows {
            byID[row.id] = row
            if let parent = row.parent, row.deleted == nil { children[parent, default: []].append(row.id) }
        }
        self.rows = byID
        self.elsewhere = elsewhere
        self.children = children
        let hidden = WikiMap.hidden(byID)
        let visible = Set(byID.values.lazy.filter { $0.deleted == nil && !hidden.contains($0.id) }.map(\.id))
        self.visible = visible
        parents = WikiMap.parents(byID, visible: visible)
    }

    package subscript(id: PageID) -> WikiRow? { rows[id] }

    /// Whether the page belongs into the repository.
    package func isVisible(_ id: PageID) -> Bool { visible.contains(id) }

    package var visibleIDs: Set<PageID> { visible }

    /// The nearest ancestor that is in the repository; nil for the root. A cycle ends at its smallest id.
    package func visibleParent(of id: PageID) -> PageID? { parents[id] }

    /// The live rows whose parent is that page, hidden ones included.
    package func liveChildren(of id: PageID) -> [PageID] { children[id] ?? [] }

    private static func hidden(_ rows: [PageID: WikiRow]) -> Set<PageID> {
        var known: [PageID: Bool] = [:]
        for id in rows.keys {
            var chain: [PageID] = []
            var answer = false
            var next: PageID? = id
            var seen: Set<PageID> = []
            while let page = next, let row = rows[page], seen.insert(page).inserted {
                if let before = known[page] {
                    answer = before
                    break
                }
                chain.append(page)
                if row.isHidden {
                    answer = true
                    break
                }
                next = row.parent
            }
            for page in chain { known[page] = answer }
        }
        return Set(known.lazy.filter(\.value).map(\.key))
    }

    private static func parents(_ rows: [PageID: WikiRow], visible: Set<PageID>) -> [PageID: PageID] {
        let tops = cycleTops(rows, visible: visible)
        var parents: [PageID: PageID] = [:]
        for id in visible where !tops.contains(id) {
            var next = rows[id]?.parent
            var seen: Set<PageID> = [id]
            while let page = next, seen.insert(page).inserted, !visible.contains(page) { next = rows[page]?.parent }
            if let page = next, page != id, visible.contains(page) { parents[id] = page }
        }
        return parents
    }

    /// The smallest page of every cycle of parents: it is shown at the root, so that the tree ends.
    private static func cycleTops(_ rows: [PageID: WikiRow], visible: Set<PageID>) -> Set<PageID> {
        var finished: Set<PageID> = []
        var tops: Set<PageID> = []
        for start in rows.keys.sorted() where !finished.contains(start) {
            var chain: [PageID] = []
            var positions: [PageID: Int] = [:]
            var next: PageID? = start
            while let page = next, let row = rows[page], !finished.contains(page) {
                if let position = positions[page] {
                    if let top = chain[position...].filter(visible.contains).min() { tops.insert(top) }
                    break
                }
                positions[page] = chain.count
                chain.append(page)
                next = row.parent
            }
            finished.formUnion(chain)
        }
        return tops
    }
}
