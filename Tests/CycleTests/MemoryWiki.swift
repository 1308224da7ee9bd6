import Base
import Cycle
import ProseMirror
import Reconcile
import Synchronization

/// A wiki in memory, with Docmost's rules: one transaction a call, subtree trash refused, times that grow.
final class MemoryWiki: Wiki {
    struct Page: Equatable {
        var id: PageID
        var space: SpaceID
        var slug: String
        var title: String
        var parent: PageID?
        var lines: [String]
        var updated: Int64
        var created: Int64
        var deleted: Int64?
        var editor: UserID?
        var deleter: UserID?
        var isRestricted = false
        /// The clocks of the writes that the Yjs state contains.
        var clocks: Set<UInt64> = []
        /// What an open editor holds and has not stored; nil while the page is closed.
        var live: [String]?
        var problem: String?
    }

    var pages: [PageID: Page] = [:]
    var restrictions = 0
    var time: Int64 = 1_700_000_000_000_000
    var people: [UserID: WikiPerson] = [:]
    var writers: Set<UserID>?
    var contributorsOf: [PageID: [UserID]] = [:]
    /// Fails a call once for each entry: name of the call and the page's title.
    var failures: [String: WikiError] = [:]
    var isDown = false
    private var clock: UInt64 = 0
    private(set) var writes = 0
    private(set) var bodiesRead: [PageID] = []
    private(set) var listings = 0
    private(set) var glances = 0
    var snapshots: [PageID: [[String]]] = [:]

    func resetCounts() {
        writes = 0
        bodiesRead = []
        listings = 0
    }

    func tick() -> Int64 {
        time += 1_000_000
        return time
    }

    private func check(_ call: String, _ id: PageID? = nil) throws(WikiError) {
        if isDown { throw WikiError(.unavailable, "the database is down") }
        if let error = failures["\(call) \(id.flatMap { pages[$0]?.title } ?? "")"] ?? failures[call] { throw error }
    }

    // MARK: - Wiki

    func glance(at space: SpaceID, since: Int64?) throws(WikiError) -> WikiGlance {
        try check("glance")
        glances += 1
        let mine = pages.values.filter { $0.space == space }
        let touched = since.map { since in mine.filter { $0.updated >= since || $0.deleted ?? 0 >= since } } ?? []
        let sums = RowSums(mine.map(row))
        return WikiGlance(WikiFingerprint(sums, restrictions: "\(restrictions)"), touched: touched.map(\.id))
    }

    func rows(_ ids: [PageID], in space: SpaceID) throws(WikiError) -> [WikiRow] {
        try check("rows")
        return ids.compactMap { pages[$0] }.filter { $0.space == space }.map { page in
            var row = row(page)
            row.isHidden = false
            return row
        }
    }

    func listing(of space: SpaceID) throws(WikiError) -> [WikiRow] {
        try check("listing")
        listings += 1
        return pages.values.filter { $0.space == space }.map(row)
    }

    private func row(_ page: Page) -> WikiRow {
        WikiRow(
            id: page.id,
            slug: page.slug,
            title: page.title,
            parent: page.parent,
            updated: page.updated,
            created: page.created,
            deleted: page.deleted,
            creator: page.editor,
            editor: page.editor,
            deleter: page.deleter,
            isHidden: page.isRestricted
        )
    }

    func existing(_ ids: [PageID]) throws(WikiError) -> Set<PageID> {
        try check("existing")
        return Set(ids.filter { pages[$0] != nil })
    }

    func bodies(of ids: [PageID], in space: SpaceID) throws(WikiError) -> [WikiBody] {
        try check("bodies")
        bodiesRead += ids
        return ids.compactMap { pages[$0] }.filter { $0.space == space }.map(body)
    }

    private func body(_ page: Page) -> WikiBody {
        let clocks = page.clocks
        return WikiBody(
            id: page.id,
            updated: page.updated,
            document: page.problem == nil ? LineFormat.document(page.lines) : nil,
            problem: page.problem
        ) { clocks.contains($0.clock) }
    }

    func people(_ ids: Set<UserID>) throws(WikiError) -> [UserID: WikiPerson] {
        try check("people")
        return people.filter { ids.contains($0.key) }
    }

    func contributors(of page: PageID) throws(WikiError) -> [UserID] { contributorsOf[page] ?? [] }

    func mayWrite(_ user: UserID, in space: SpaceID) throws(WikiError) -> Bool { writers?.contains(user) ?? true }

    func create(_ page: NewWikiPage) throws(WikiError) -> WikiWrite {
        try check("create \(page.title)")
        if let found = pages[page.id] { return WikiWrite(updated: found.updated, slug: found.slug, wasThere: true) }
        if let parent = page.parent {
            guard let row = pages[parent], row.deleted == nil, row.space == page.space else {
                throw WikiError(.refused, "no such parent")
            }
        }
        writes += 1
        clock += 1
        let now = tick()
        pages[page.id] = Page(
            id: page.id,
            space: page.space,
            slug: page.slug,
            title: page.title,
            parent: page.parent,
            lines: LineFormat.lines(page.document),
            updated: now,
            created: now,
            editor: page.actor,
            clocks: [clock]
        )
        return WikiWrite(updated: now, mark: WriteMark(client: 1, clock: clock), slug: page.slug)
    }

    func restore(_ id: PageID, in space: SpaceID, by actor: UserID) throws(WikiError) {
        try check("restore", id)
        writes += 1
        pages[id]?.deleted = nil
        if let parent = pages[id]?.parent, pages[parent] == nil || pages[parent]?.deleted != nil {
            pages[id]?.parent = nil
        }
    }

    func move(_ id: PageID, in space: SpaceID, from old: PageID?, to new: PageID?, by actor: UserID) throws(WikiError) {
        try check("move", id)
        guard pages[id]?.parent == old else { throw WikiError(.changed, "moved meanwhile") }
        if let new {
            guard let row = pages[new], row.deleted == nil, row.space == space else {
                throw WikiError(.refused, "no such parent")
            }
            guard !subtree(id).contains(new) else { throw WikiError(.refused, "the page would lie below itself") }
        }
        writes += 1
        pages[id]?.parent = new
        pages[id]?.updated = tick()
    }

    func retitle(_ id: PageID, in space: SpaceID, from old: String, to new: String, by actor: UserID) throws(WikiError)
    {
        try check("retitle", id)
        guard pages[id]?.title == old else { throw WikiError(.changed, "renamed meanwhile") }
        writes += 1
        pages[id]?.title = new
        pages[id]?.updated = tick()
        pages[id]?.editor = actor
    }

    func trash(_ id: PageID, in space: SpaceID, unchangedSince updated: Int64, by actor: UserID) throws(WikiError) {
        try check("trash", id)
        guard pages[id]?.updated == updated else { throw WikiError(.changed, "edited meanwhile") }
        let living = subtree(id).filter { $0 != id && pages[$0]?.deleted == nil }
        guard living.isEmpty else { throw WikiError(.refused, "it has live subpages") }
        writes += 1
        pages[id]?.deleted = tick()
        pages[id]?.deleter = actor
    }

    func write(
        _ id: PageID,
        in space: SpaceID,
        by actor: UserID,
        target: (WikiBody) throws(WikiError) -> Node
    ) throws(WikiError) -> WikiWrite {
        try check("write", id)
        guard var page = pages[id], page.deleted == nil, page.space == space else {
            throw WikiError(.refused, "no such page")
        }
        let newest = page.live ?? page.lines
        let clocks = page.clocks
        let body = WikiBody(
            id: id,
            updated: page.updated,
            document: page.problem == nil ? LineFormat.document(newest) : nil,
            problem: page.problem
        ) { clocks.contains($0.clock) }
        let lines = LineFormat.lines(try target(body))
        if lines == newest { return WikiWrite(updated: page.live == nil ? page.updated : nil) }
        writes += 1
        clock += 1
        snapshots[id, default: []].append(newest)
        let mark = WriteMark(client: 1, clock: clock)
        page.clocks.insert(clock)
        if page.live != nil {
            page.live = lines
            // The state that the row holds does not have the write before it is stored.
            pages[id]?.live = lines
            pending[id] = clock
            return WikiWrite(updated: nil, mark: mark)
        }
        page.lines = lines
        page.updated = tick()
        page.editor = actor
        pages[id] = page
        return WikiWrite(updated: page.updated, mark: mark)
    }

    private var pending: [PageID: UInt64] = [:]

    /// The server stores what the open editor holds.
    func store(_ id: PageID) {
        guard var page = pages[id], let live = page.live else { return }
        if page.lines != live { page.updated = tick() }
        page.lines = live
        if let clock = pending[id] { page.clocks.insert(clock) }
        pending[id] = nil
        pages[id] = page
    }
}
