import Base
import Cycle
import Reconcile

// What people do in the wiki.
extension MemoryWiki {
    @discardableResult
    func add(
        _ title: String,
        _ lines: [String] = [],
        parent: PageID? = nil,
        in space: SpaceID,
        by editor: UserID? = nil,
        id: PageID = .fresh()
    ) -> PageID {
        let now = tick()
        pages[id] = Page(
            id: id,
            space: space,
            slug: String("\(id)".filter { $0 != "-" }.suffix(10)),
            title: title,
            parent: parent,
            lines: lines,
            updated: now,
            created: now,
            editor: editor
        )
        return id
    }

    func edit(_ id: PageID, by editor: UserID? = nil, _ change: (inout Page) -> Void) {
        guard var page = pages[id] else { return }
        change(&page)
        page.updated = tick()
        page.editor = editor ?? page.editor
        pages[id] = page
    }

    func setLines(_ id: PageID, _ lines: [String], by editor: UserID? = nil) {
        edit(id, by: editor) { $0.lines = lines }
    }

    /// Docmost's own trash: the whole live subtree, with one time; `updated_at` stays.
    func trashSubtree(_ id: PageID, by deleter: UserID? = nil) {
        let now = tick()
        for page in subtree(id) where pages[page]?.deleted == nil {
            pages[page]?.deleted = now
            pages[page]?.deleter = deleter
        }
    }

    func restoreSubtree(_ id: PageID) {
        for page in subtree(id) {
            pages[page]?.deleted = nil
            pages[page]?.deleter = nil
        }
        if let parent = pages[id]?.parent, pages[parent]?.deleted != nil || pages[parent] == nil {
            pages[id]?.parent = nil
        }
        time += 1_000_000
    }

    func moveToSpace(_ id: PageID, _ space: SpaceID) {
        pages[id]?.parent = nil
        for page in subtree(id) {
            pages[page]?.space = space
            pages[page]?.updated = tick()
        }
    }

    func subtree(_ id: PageID) -> [PageID] {
        var found: [PageID] = []
        var open = [id]
        while let next = open.popLast() {
            guard !found.contains(next) else { continue }
            found.append(next)
            open += pages.values.filter { $0.parent == next }.map(\.id)
        }
        return found
    }

    func live(_ title: String, in space: SpaceID) -> [Page] {
        pages.values.filter { $0.title == title && $0.deleted == nil && $0.space == space }
    }
}
