package import Base

/// What is to be done on main for one state of the wiki.
package struct ExportPlan: Sendable {
    /// Where every page's file is to be; pages without an entry are new.
    package var paths: [PageID: PagePath] = [:]
    /// Pages whose file is elsewhere now, or that have none.
    package var moved: [PageID] = []
    /// Pages of the table whose file goes: trashed, hidden, moved to another space, or gone.
    package var removed: [PageID] = []
    /// Removals that wait for the operator's word.
    package var held: [Held] = []

    package init() {}
}

/// Plans what the wiki's tree asks of main: pure. Bodies are compared by the cycle.
package struct ExportPlanner {
    private let table: PagesTable
    private let wiki: WikiMap
    private let names: Names
    private let guards: Guards
    /// Pages that are not to be touched: a change from git is still pending, or their deletion is held.
    private let frozen: Set<PageID>
    /// Pages of the table without a file on main.
    private let missing: Set<PageID>

    package init(
        table: PagesTable,
        wiki: WikiMap,
        names: Names,
        guards: Guards,
        frozen: Set<PageID> = [],
        missing: Set<PageID> = []
    ) {
        self.table = table
        self.wiki = wiki
        self.names = names
        self.guards = guards
        self.frozen = frozen
        self.missing = missing
    }

    /// Whether these pages are where the wiki has them, under their names, with nothing to add, to remove or to restore.
    /// If that holds of all that may have changed, only bodies did, and the layout need not be worked out.
    package func isLaidOut(_ ids: some Sequence<PageID>) -> Bool {
        missing.isEmpty && frozen.isEmpty && table.reserved.isEmpty && ids.allSatisfy(isInPlace)
    }

    /// Whether the page's entry says what its row says, its body excepted.
    package func isInPlace(_ id: PageID) -> Bool {
        guard let entry = table[id], entry.state != .trashed else { return !wiki.isVisible(id) }
        guard wiki.isVisible(id), entry.state == .live, entry.file == nil, let row = wiki[id] else { return false }
        return entry.under == wiki.visibleParent(of: id) && entry.parent == row.parent
            && sameBytes(entry.title, row.title)
    }

    /// - Parameter others: files on main that are no page of the table.
    package func plan(others: [PagePath] = []) -> ExportPlan {
        var plan = ExportPlan()
        sortRemovals(into: &plan)
        let held = Set(plan.held.map(\.id))
        let removed = Set(plan.removed)
        var pages: [LayoutPage] = []
        for id in wiki.visibleIDs where !(frozen.contains(id) && missing.contains(id)) {
            pages.append(layoutPage(id))
        }
        for entry in table.entries.values where entry.state == .live && !wiki.isVisible(entry.id) {
            if held.contains(entry.id) || frozen.contains(entry.id) && !missing.contains(entry.id) {
                pages.append(fixedPage(entry))
            }
        }
        let reserved = table.entries.values.filter { $0.state == .reserved && wiki[$0.id] == nil }.map(\.current)
        plan.paths = Layout.paths(of: pages, others: others + reserved, names: names)
        for (id, path) in plan.paths where !frozen.contains(id) && !held.contains(id) && !removed.contains(id) {
            if let entry = table[id], entry.state != .trashed, entry.current == path, !missing.contains(id) { continue }
            plan.moved.append(id)
        }
        // A page that waits goes along when the folder around it gets another name.
        for (id, path) in plan.paths where frozen.contains(id) || held.contains(id) {
            if let entry = table[id], entry.current != path, !missing.contains(id) { plan.moved.append(id) }
        }
        plan.moved.sort()
        return plan
    }

    private func sortRemovals(into plan: inout ExportPlan) {
        var live: [PageEntry] = []
        var deletions: [PageEntry] = []
        for entry in table.entries.values where entry.state == .live {
            live.append(entry)
            guard !wiki.isVisible(entry.id), !frozen.contains(entry.id) else { continue }
            let isElsewhere = wiki.elsewhere.contains(entry.id)
            let isHidden = wiki[entry.id].map { $0.deleted == nil } ?? false
            if isElsewhere || isHidden { plan.removed.append(entry.id) } else { deletions.append(entry) }
        }
        deletions.sort { $0.id < $1.id }
        let isEmptyListing =
            wiki.rows.isEmpty && !deletions.isEmpty && !deletions.allSatisfy { guards.allowed.contains($0.id) }
        let reason =
            isEmptyListing
            ? "the wiki shows no page of this space at all" : guards.reasonToHold(deletions.map(\.id), of: live.count)
        for entry in deletions {
            let reason = reason ?? (wiki[entry.id] == nil ? Guards.vanished : nil)
            if let reason, !guards.allowed.contains(entry.id) {
                plan.held.append(Held(id: entry.id, path: entry.current, reason: reason, isWikis: true))
            } else {
                plan.removed.append(entry.id)
            }
        }
        plan.removed.sort()
    }

    private func layoutPage(_ id: PageID) -> LayoutPage {
        guard let entry = table[id] else { return newPage(id) }
        if frozen.contains(id) { return fixedPage(entry) }
        let row = wiki[id]
        var page = LayoutPage(
            id: id,
            slug: row?.slug ?? entry.slug,
            title: row?.title ?? entry.title,
            parent: wiki.visibleParent(of: id),
            path: entry.current,
            under: entry.under,
            isRetitled: row.map { !sameBytes($0.title, entry.title) } ?? false,
            isOurPath: entry.isOurPath
        )
        page.isReturning = entry.state == .trashed
        return page
    }

    private func newPage(_ id: PageID) -> LayoutPage {
        let row = wiki[id]
        return LayoutPage(
            id: id,
            slug: row?.slug ?? "",
            title: row?.title ?? "",
            parent: wiki.visibleParent(of: id)
        )
    }

    private func fixedPage(_ entry: PageEntry) -> LayoutPage {
        let parent = table.parent(of: entry.current, id: entry.id)
        return LayoutPage(
            id: entry.id,
            slug: entry.slug,
            title: entry.title,
            parent: parent,
            path: entry.current,
            under: parent,
            isOurPath: false
        )
    }
}
