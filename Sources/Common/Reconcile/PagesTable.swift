package import Base

/// `.docmost/pages`: the identities of a space's pages, as agreed with the wiki.
///
/// The table, not history, is the identity of files without an id. It is kept as 256 files of NDJSON, one line a page,
/// sorted by id, chosen by the id's last two digits: a change of one page rewrites about 1/256 of a large table.
package struct PagesTable: Sendable {
    package private(set) var entries: [PageID: PageEntry] = [:]
    private var files = Claims<PagePath>()
    private var trash = Claims<PagePath>()
    private var slugs = Claims<String>()
    private var formerPaths = Claims<PagePath>()
    private var members: [UInt8: Set<PageID>] = [:]
    /// The pages whose entries changed since `clearChanged`.
    package private(set) var changed: Set<PageID> = []
    /// Paths whose page, or whose page's file, changed since `takeTouchedPaths`.
    private var touchedPaths: Set<PagePath> = []
    /// Pages whose id was given away before their row is made.
    package private(set) var reserved: Set<PageID> = []

    package init() {}

    package init(_ entries: some Sequence<PageEntry>) {
        for entry in entries { self[entry.id] = entry }
    }

    /// The entry of a page; assigning nil forgets the page.
    package subscript(id: PageID) -> PageEntry? {
        get { entries[id] }
        set {
            let old = entries[id]
            guard old != newValue else { return }
            if let old { unindex(old) }
            entries[id] = newValue
            if newValue == nil {
                members[PagesTable.shard(of: id)]?.remove(id)
            } else if old == nil {
                members[PagesTable.shard(of: id), default: []].insert(id)
            }
            if let newValue { index(newValue) }
            changed.insert(id)
        }
    }

    /// The page whose file main has at that path.
    package func page(at path: PagePath) -> PageID? { files[path] }

    /// The page with that slug.
    package func page(slug: String) -> PageID? { slugs[slug] }

    /// The live page whose file was at that path before.
    package func page(formerlyAt path: PagePath) -> PageID? { formerPaths[path] }

    /// The trashed page whose file was last at that path.
    package func trashedPage(at path: PagePath) -> PageID? { trash[path] }

    /// The paths of files that main is expected to have, with the page of each.
    package var paths: [PagePath: PageID] { files.holders }

    /// The nearest page around a path.
    package func parent(of path: PagePath, id: PageID?) -> PageID? {
        for candidate in path.parentCandidates {
            if let parent = files[candidate], parent != id { return parent }
        }
        return nil
    }

    package mutating func clearChanged() { changed = [] }

    /// The paths at which the table may say something else than when this was last asked.
    package mutating func takeTouchedPaths() -> Set<PagePath> {
        defer { touchedPaths = [] }
        return touchedPaths
    }

    /// The shard a page's line lies in.
    package static func shard(of id: PageID) -> UInt8 { UInt8(truncatingIfNeeded: id.low) }

    /// The entries of a shard.
    func entries(inShard shard: UInt8) -> [PageEntry] { (members[shard] ?? []).compactMap { entries[$0] } }

    /// The path of a shard in the base's tree.
    package static func path(ofShard shard: UInt8) -> PagePath { PagePath("\(folder)/\(hexString([shard]))") }

    package static let folder = ".docmost/pages"

    private mutating func index(_ entry: PageEntry) {
        if !entry.slug.isEmpty { slugs.add(entry.id, at: entry.slug) }
        if entry.state == .trashed {
            trash.add(entry.id, at: entry.path)
        } else {
            files.add(entry.id, at: entry.current)
            touchedPaths.insert(entry.current)
        }
        if entry.state == .reserved { reserved.insert(entry.id) }
        if entry.state == .live { for path in entry.formerPaths { formerPaths.add(entry.id, at: path) } }
    }

    private mutating func unindex(_ entry: PageEntry) {
        slugs.remove(entry.id, at: entry.slug)
        trash.remove(entry.id, at: entry.path)
        files.remove(entry.id, at: entry.current)
        touchedPaths.insert(entry.current)
        reserved.remove(entry.id)
        for path in entry.formerPaths { formerPaths.remove(entry.id, at: path) }
    }
}
