import Base
import ProseMirror
import Reconcile

extension CycleRun {
    /// Recognises files of pages that the wiki has and the table does not: the base is older than main and the wiki,
    /// because a kill fell between two refs, or a backup was put back.
    ///
    /// A file's own id says which page it is; a file without one is a page of its name and place with just its text.
    /// What differs then counts as the wiki's change: git's side stays in the history of main.
    func adoptKnownPages(_ changes: [FileChange]) throws(CycleError) -> Bool {
        guard !changes.isEmpty else { return false }
        view.openPages.formUnion(view.table.changed)
        let unknown = view.openPages.filter { view.table[$0] == nil && rows.isVisible($0) }
        guard !unknown.isEmpty else { return false }
        var hasAdopted = false
        let stated = Dictionary(changes.compactMap { change in change.says.map { (change.path, $0) } }) { first, _ in
            first
        }
        let files = changes.filter { $0.blob != nil && view.table.page(at: $0.path) == nil }
        for change in files.sorted(by: { ($0.path.folders.count, $0.path) < ($1.path.folders.count, $1.path) }) {
            guard let row = try known(change, among: unknown, stated: stated), view.table[row.id] == nil else {
                continue
            }
            var entry = PageEntry(id: row.id, path: change.path, blob: change.blob ?? "", title: row.title)
            entry.parent = row.parent
            entry.under = view.table.parent(of: change.path, id: row.id)
            entry.slug = row.slug
            view.table[row.id] = entry
            hasAdopted = true
        }
        return hasAdopted
    }

    private func known(
        _ change: FileChange,
        among unknown: Set<PageID>,
        stated: [PagePath: PageID]
    ) throws(CycleError) -> WikiRow? {
        if let says = change.says, unknown.contains(says) { return rows[says] }
        guard change.says == nil, let blob = change.blob else { return nil }
        let parent = change.path.parentCandidates.lazy.compactMap { [view] in view.table.page(at: $0) ?? stated[$0] }
            .first
        let namesakes = unknown.filter { id in
            guard let row = rows[id], rows.visibleParent(of: id) == parent else { return false }
            return format.names.isName(change.path.stem, of: row.title, slug: row.slug, id: "\(id)")
        }
        guard !namesakes.isEmpty, let file = try? document(blob, at: change.path) else { return nil }
        let bodies = try wiki { () throws(WikiError) in try wiki.bodies(of: namesakes.sorted(), in: space) }
        let same = bodies.first { $0.document.map { format.isSame($0, file) } ?? false }
        return same.flatMap { rows[$0.id] }
    }
}
