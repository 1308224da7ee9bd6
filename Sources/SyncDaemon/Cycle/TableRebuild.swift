import Base
import Reconcile

/// Puts the table together again from a tree: ids in frontmatter first, then titles.
struct TableRebuild {
    let wiki: WikiMap
    let names: Names
    let idInFile: (PagePath, String) -> PageID?

    /// Adds entries for files that the table does not know.
    func complete(_ table: inout PagesTable, from files: [PagePath: String], byTitle: Bool) {
        var unknown: [PagePath] = []
        for (path, blob) in files.sorted(by: { $0.key < $1.key }) where table.page(at: path) == nil {
            if let id = idInFile(path, blob), let row = wiki[id], table[id] == nil {
                table[id] = entry(row, path, blob)
            } else {
                unknown.append(path)
            }
        }
        if byTitle, !unknown.isEmpty {
            let named = pagesByName(notIn: table)
            // Shallow first, so that a folder's page is known when its children are looked for.
            for path in unknown.sorted(by: { ($0.folders.count, $0) < ($1.folders.count, $1) }) {
                let name = Name(stem: Array(path.stem.utf8), parent: table.parent(of: path, id: nil))
                let pages = (named[name] ?? []).filter { table[$0] == nil }
                guard pages.count == 1, let id = pages.first, let row = wiki[id] else { continue }
                table[id] = entry(row, path, files[path] ?? "")
            }
        }
        let known = table
        for entry in known.entries.values where entry.state == .live {
            var entry = entry
            entry.under = known.parent(of: entry.path, id: entry.id)
            table[entry.id] = entry
        }
    }

    private func entry(_ row: WikiRow, _ path: PagePath, _ blob: String) -> PageEntry {
        var entry = PageEntry(id: row.id, path: path, blob: blob, title: row.title, parent: row.parent, slug: row.slug)
        if row.deleted != nil { entry.state = .trashed }
        return entry
    }

    /// What a file is called, and below which page it lies.
    private struct Name: Hashable {
        let stem: [UInt8]
        let parent: PageID?
    }

    /// The pages that a file of each name may be.
    private func pagesByName(notIn table: PagesTable) -> [Name: Set<PageID>] {
        var named: [Name: Set<PageID>] = [:]
        for id in wiki.visibleIDs where table[id] == nil {
            guard let row = wiki[id] else { continue }
            for stem in names.names(of: row.title, slug: row.slug, id: id.description) {
                named[Name(stem: Array(stem.utf8), parent: wiki.visibleParent(of: id)), default: []].insert(id)
            }
        }
        return named
    }
}
