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

/// What changes whenever a row of a space does: counts, and the sum of times. The wiki adds the same up.
package struct RowSums: Hashable, Sendable {
    package var live: Int
    /// Of `updated` of the live rows.
    package var updated: Int128
    package var trashed: Int
    /// The greatest `deleted`.
    package var lastTrashed: Int64?

    package init(live: Int = 0, updated: Int128 = 0, trashed: Int = 0, lastTrashed: Int64? = nil) {
        self.live = live
        self.updated = updated
        self.trashed = trashed
        self.lastTrashed = lastTrashed
    }

    package init(_ rows: some Sequence<WikiRow>) {
        self.init()
        for row in rows {
            if let deleted = row.deleted {
                trashed += 1
                lastTrashed = max(lastTrashed ?? deleted, deleted)
            } else {
                live += 1
                updated += Int128(row.updated)
            }
        }
    }
}

/// The wiki's side of a space: its rows, trashed ones included, and the tree they form.
package struct WikiMap: Sendable {
    package private(set) var rows: [PageID: WikiRow]
    package private(set) var sums: RowSums
    /// The greatest `updated` or `deleted`.
    package private(set) var newest: Int64
    /// Ids that were asked for, are not among the rows, and yet have a row somewhere: pages of another space.
    package let elsewhere: Set<PageID>
    /// The nearest visible ancestor of every visible page; absent for a page at the root.
    private let parents: [PageID: PageID]
    private let visible: Set<PageID>
    private let children: [PageID: [PageID]]

    package static let empty = WikiMap([WikiRow]())

    package init(_ rows: some Sequence<WikiRow>, elsewhere: Set<PageID> = []) {
        var byID: [PageID: WikiRow] = [:]
        var children: [PageID: [PageID]] = [:]
        for row in rows {
            byID[row.id] = row
            if let parent = row.parent, row.deleted == nil { children[parent, default: []].append(row.id) }
        }
        self.rows = byID
        sums = RowSums(byID.values)
        newest = byID.values.reduce(0) { max($0, $1.updated, $1.deleted ?? 0) }
        self.elsewhere = elsewhere
        self.children = children
        let hidden = WikiMap.hidden(byID)
        let visible = Set(byID.values.lazy.filter { $0.deleted == nil && !hidden.contains($0.id) }.map(\.id))
        self.visible = visible
        parents = WikiMap.parents(byID, visible: visible)
    }

    package subscript(id: PageID) -> WikiRow? { rows[id] }

    /// Takes over a newer state of a row that leaves the tree as it is.
    ///
    /// - Returns: false, and nothing is done, for a row that is new, or lies elsewhere, or came into the trash or out.
    package mutating func replace(_ row: WikiRow) -> Bool {
        guard let old = rows[row.id], old.parent == row.parent, old.deleted == row.deleted,
            old.isHidden == row.isHidden
        else { return false }
        rows[row.id] = row
        if row.deleted == nil { sums.updated += Int128(row.updated) - Int128(old.updated) }
        newest = max(newest, row.updated)
        return true
    }

    /// Whether the page belongs into the repository.
    package func isVisible(_ id: PageID) -> Bool { visible.contains(id) }

    package var visibleIDs: Set<PageID> { visible }

    /// The nearest ancestor that is in the repository; nil for the root. A cycle ends at its smallest id.
    package func visibleParent(of id: PageID) -> PageID? { parents[id] }

    /// The live rows whose parent is that page, hidden ones included.
    package func liveChildren(of id: PageID) -> [PageID] { children[id] ?? [] }

    private static func hidden(_ rows: [PageID: WikiRow]) -> Set<PageID> {
        var open = rows.values.filter(\.isHidden).map(\.id)
        guard !open.isEmpty else { return [] }
        var children: [PageID: [PageID]] = [:]
        for row in rows.values { if let parent = row.parent { children[parent, default: []].append(row.id) } }
        var hidden: Set<PageID> = []
        while let page = open.popLast() {
            if hidden.insert(page).inserted { open += children[page] ?? [] }
        }
        return hidden
    }

    private static func parents(_ rows: [PageID: WikiRow], visible: Set<PageID>) -> [PageID: PageID] {
        var parents: [PageID: PageID] = [:]
        parents.reserveCapacity(visible.count)
        for id in visible {
            if let parent = nearest(above: id, rows, visible: visible) { parents[id] = parent }
        }
        for top in cycleTops(parents) { parents[top] = nil }
        return parents
    }

    private static func nearest(above id: PageID, _ rows: [PageID: WikiRow], visible: Set<PageID>) -> PageID? {
        guard let parent = rows[id]?.parent, parent != id else { return nil }
        if visible.contains(parent) { return parent }
        var next = rows[parent]?.parent
        var seen: Set<PageID> = [id, parent]
        while let page = next, seen.insert(page).inserted, !visible.contains(page) { next = rows[page]?.parent }
        return next.flatMap { $0 != id && visible.contains($0) ? $0 : nil }
    }

    /// The smallest page of every cycle of parents: it is shown at the root, so that the tree ends.
    private static func cycleTops(_ parents: [PageID: PageID]) -> [PageID] {
        var finished: Set<PageID> = []
        finished.reserveCapacity(parents.count)
        var tops: [PageID] = []
        var chain: [PageID] = []
        for start in parents.keys where !finished.contains(start) {
            chain.removeAll(keepingCapacity: true)
            var next: PageID? = start
            while let page = next, finished.insert(page).inserted {
                chain.append(page)
                next = parents[page]
            }
            // Ending on a page of this very chain is a cycle; on one of an earlier chain it is not.
            if let page = next, let position = chain.firstIndex(of: page), let top = chain[position...].min() {
                tops.append(top)
            }
        }
        return tops
    }
}
