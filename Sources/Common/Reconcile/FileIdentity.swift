package import Base

/// A page file that differs between the table and main.
package struct FileChange: Sendable {
    package let path: PagePath
    /// The file on main; nil where main has none.
    package let blob: String?
    /// The id in its frontmatter.
    package let says: PageID?

    package init(path: PagePath, blob: String?, says: PageID? = nil) {
        self.path = path
        self.blob = blob
        self.says = says
    }
}

/// Which page each changed file is.
///
/// A file is the page its frontmatter names, else the page the table has at its path, else the page whose file git
/// says was renamed to it, else the trashed page that last had that path, else a new page. Only ids that belong to
/// this space count; of several files with one id the one at the page's known path is the page.
package struct FileIdentity {
    package struct Found: Hashable, Sendable {
        package let id: PageID
        package let path: PagePath
        package let blob: String
    }

    /// Pages of the table whose file changed its bytes, its path, or both; trashed pages that have a file again.
    package private(set) var found: [Found] = []
    /// Files that are no known page, in path order.
    package private(set) var created: [FileChange] = []
    /// Pages that had a file and have none.
    package private(set) var lost: [PageID] = []
    /// Ids in files that name another page than the file is, or none of this space.
    package private(set) var misnamed: [PagePath: PageID] = [:]

    private let table: PagesTable
    private let isKnown: (PageID) -> Bool
    private let changes: [PagePath: FileChange]
    private var owners: [PageID: Bool] = [:]
    private var assigned: [PagePath: PageID] = [:]
    private var taken: Set<PageID> = []
    /// Pages whose files are gone and stated the id of another page, by that id.
    private let goneCopies: [PageID: [PageEntry]]

    /// - Parameters:
    ///   - renames: new path → old path, as git paired the files of the push.
    ///   - isKnown: whether an id is a page of this space that may be in its repository.
    package init(
        _ changes: [FileChange],
        table: PagesTable,
        renames: [PagePath: PagePath],
        isKnown: @escaping (PageID) -> Bool
    ) {
        self.table = table
        self.isKnown = isKnown
        self.changes = Dictionary(changes.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        var copies: [PageID: [PageEntry]] = [:]
        for change in changes where change.blob == nil {
            guard let entry = table.page(at: change.path).flatMap({ table[$0] }), let says = entry.says else {
                continue
            }
            copies[says, default: []].append(entry)
        }
        goneCopies = copies
        let present = changes.filter { $0.blob != nil }.sorted { $0.path < $1.path }
        keepOwners(present)
        assignClaims(present, renames: renames)
        pairRenames(present, renames: renames)
        pairRest(present)
        collectLost()
    }

    /// The known id that a file states and that is to be believed.
    private func claim(of change: FileChange) -> PageID? {
        guard let says = change.says, isKnown(says), table[says] != nil else { return nil }
        // A copy is a page of its own, also when it comes back from the trash.
        let here = table.page(at: change.path) ?? table.trashedPage(at: change.path)
        if let here, here != says, table[here]?.says == says { return nil }
        return says
    }

    /// Whether the page's file is still at its known path.
    ///
    /// It is not when that file is gone, or has become the file of a page that left its own path. That page may have
    /// left in the same way, and so on: of such a chain all own their paths or none does, and of a circle none. A push
    /// can make the chain as long as it has files, so it is walked once and remembered.
    private mutating func ownsItsPath(_ id: PageID) -> Bool {
        var chain: [PageID] = []
        var next = id
        while owners[next] == nil {
            // The answer, should the walk come back here.
            owners[next] = false
            chain.append(next)
            guard let entry = table[next], entry.state != .trashed else { break }
            let change = changes[entry.current]
            if let change, change.blob != nil, let other = claim(of: change), other != next {
                next = other
            } else {
                owners[next] = change.map { $0.blob != nil } ?? true
            }
        }
        let answer = owners[next] ?? false
        for link in chain { owners[link] = answer }
        return answer
    }

    private mutating func keepOwners(_ present: [FileChange]) {
        for change in present {
            guard let id = table.page(at: change.path), ownsItsPath(id) else { continue }
            assign(id, to: change)
        }
    }

    private mutating func assignClaims(_ present: [FileChange], renames: [PagePath: PagePath]) {
        var claimants: [PageID: [FileChange]] = [:]
        for change in present where assigned[change.path] == nil {
            guard let id = claim(of: change), !ownsItsPath(id), !isMovedCopy(change, of: id, renames) else { continue }
            claimants[id, default: []].append(change)
        }
        for (id, files) in claimants.sorted(by: { $0.key < $1.key }) {
            guard let entry = table[id], !taken.contains(id) else { continue }
            let renamed = files.first { renames[$0.path] == entry.current }
            let same = files.first { $0.path == entry.path } ?? files.first { $0.blob == entry.blob }
            if let file = renamed ?? same ?? files.first { assign(id, to: file) }
        }
    }

    /// Whether the file is that of a page that is known for stating another's id, and only lies elsewhere now.
    private func isMovedCopy(_ change: FileChange, of id: PageID, _ renames: [PagePath: PagePath]) -> Bool {
        (goneCopies[id] ?? []).contains { $0.blob == change.blob || renames[change.path] == $0.current }
    }

    /// Files without an id of their own that git, or their bytes, or the folder they note, pair with a lost file.
    private mutating func pairRenames(_ present: [FileChange], renames: [PagePath: PagePath]) {
        var lostByBlob: [String: [PageEntry]] = [:]
        for change in changes.values where change.blob == nil || assigned[change.path] == nil {
            if let entry = lostEntry(at: change.path) { lostByBlob[entry.blob, default: []].append(entry) }
        }
        let open = present.filter { assigned[$0.path] == nil }
        for change in open {
            let same = (lostByBlob[change.blob ?? ""] ?? []).filter { !taken.contains($0.id) }
            let named = same.first { sameBytes($0.current.name, change.path.name) }
            if let entry = named ?? (same.count == 1 ? same.first : nil), isUnclaimed(change, as: entry.id) {
                assign(entry.id, to: change)
            }
        }
        for change in open where assigned[change.path] == nil {
            let old = renames[change.path].flatMap(lostEntry) ?? lostEntry(at: change.path.otherForm)
            if let entry = old, isUnclaimed(change, as: entry.id) { assign(entry.id, to: change) }
        }
    }

    /// What is left: the page at that path, the trashed page that was there, or a new one.
    private mutating func pairRest(_ present: [FileChange]) {
        for change in present where assigned[change.path] == nil {
            if let id = table.page(at: change.path), !taken.contains(id) {
                assign(id, to: change)
            } else if let id = table.trashedPage(at: change.path), isKnown(id), !taken.contains(id),
                isUnclaimed(change, as: id)
            {
                assign(id, to: change)
            } else {
                if let says = change.says { misnamed[change.path] = says }
                created.append(change)
            }
        }
    }

    /// A file that states the id of another known page is not taken for a renamed one, unless it is a copy.
    private func isUnclaimed(_ change: FileChange, as id: PageID) -> Bool {
        guard let says = change.says, says != id, isKnown(says) else { return true }
        return table[id]?.says == says
    }

    private func lostEntry(at path: PagePath) -> PageEntry? {
        guard let change = changes[path], let id = table.page(at: path), !taken.contains(id),
            change.blob == nil || assigned[path] != nil
        else { return nil }
        return table[id]
    }

    private mutating func assign(_ id: PageID, to change: FileChange) {
        guard let blob = change.blob else { return }
        assigned[change.path] = id
        taken.insert(id)
        found.append(Found(id: id, path: change.path, blob: blob))
        if let says = change.says, says != id { misnamed[change.path] = says }
    }

    private mutating func collectLost() {
        for path in changes.keys {
            guard let id = table.page(at: path), !taken.contains(id), let entry = table[id] else { continue }
            // A page made for a bare folder has no file until the next export: nothing was taken away.
            if !entry.blob.isEmpty || changes[path]?.blob != nil { lost.append(id) }
        }
        lost.sort()
        found.sort { $0.path < $1.path }
    }
}
