package import Base

/// Plans what one state of main asks of the wiki: pure, and the same whenever it is asked again.
package struct PushPlanner {
    package let table: PagesTable
    package let wiki: WikiMap
    package let names: Names
    package let guards: Guards
    /// Pages that failed, and whose time to be tried again has not come.
    package let waiting: Set<PageID>
    /// The id for a file that becomes a page; the same file of the same push gets the same id.
    package let newID: (PagePath) -> PageID
    /// Folders with page files that this push introduced, shallow first.
    package let newFolders: [String]

    var plan = Plan()
    var works: [PageID: PageWork] = [:]
    /// Where every page that moved or appeared is now; wins over the table.
    var moved: [PagePath: PageID] = [:]
    var gone: Set<PagePath> = []

    package init(
        table: PagesTable,
        wiki: WikiMap,
        names: Names,
        guards: Guards,
        waiting: Set<PageID> = [],
        newFolders: [String] = [],
        newID: @escaping (PagePath) -> PageID
    ) {
        self.table = table
        self.wiki = wiki
        self.names = names
        self.guards = guards
        self.waiting = waiting
        self.newFolders = newFolders
        self.newID = newID
    }

    /// Plans for the files that differ from the table.
    package static func plan(_ files: FileIdentity, with planner: PushPlanner) -> Plan {
        var planner = planner
        planner.takeFiles(files)
        let lost = planner.sortLost(files.lost)
        planner.deriveParents()
        planner.resolveExistence()
        planner.chooseLivingParents()
        planner.refuseCycles()
        planner.decideDeletions(lost)
        planner.order()
        return planner.plan
    }

    /// The page at a path, once this push is done.
    func page(at path: PagePath) -> PageID? {
        if let id = moved[path] { return id }
        return gone.contains(path) ? nil : table.page(at: path)
    }

    /// The nearest page around a path.
    func derivedParent(of path: PagePath, id: PageID) -> PageID? {
        for candidate in path.parentCandidates {
            if let parent = page(at: candidate), parent != id { return parent }
        }
        return nil
    }

    private mutating func takeFiles(_ files: FileIdentity) {
        for found in files.found {
            guard let entry = table[found.id] else { continue }
            if entry.state != .trashed, entry.current != found.path { gone.insert(entry.current) }
        }
        for found in files.found {
            moved[found.path] = found.id
            take(found, says: files.misnamed[found.path])
        }
        for change in files.created { create(change.path, blob: change.blob, says: files.misnamed[change.path]) }
        for folder in newFolders { createFolder(folder, files.found) }
        for id in table.reserved where works[id] == nil && !waiting.contains(id) {
            if let entry = table[id] { finishFolder(entry) }
        }
    }

    /// A folder's page whose id was given before a crash, and whose row was not made.
    private mutating func finishFolder(_ entry: PageEntry) {
        var work = PageWork(id: entry.id, path: entry.path, blob: nil)
        work.existence = wiki[entry.id] == nil ? .create : .present
        work.title = names.title(entry.path.stem)
        works[entry.id] = work
    }

    private mutating func take(_ found: FileIdentity.Found, says: PageID?) {
        guard let entry = table[found.id] else { return }
        var work = PageWork(id: found.id, path: found.path, blob: found.blob)
        work.says = says == entry.says ? nil : says
        work.hasBody = found.blob != entry.blob
        work.base = entry.blob.isEmpty ? nil : entry.blob
        if !sameBytes(found.path.stem, entry.path.stem) {
            let title = names.title(found.path.stem)
            let wikiTitle = wiki[found.id]?.title ?? entry.title
            let isOurs = names.isName(found.path.stem, of: wikiTitle, slug: entry.slug, id: entry.id.description)
            if !isOurs, !sameBytes(title, wikiTitle) { work.title = title }
        }
        if entry.state == .reserved, wiki[found.id] == nil {
            work.existence = .create
            work.title = names.title(found.path.stem)
            work.hasBody = true
            work.base = nil
        }
        works[found.id] = work
    }

    private mutating func create(_ path: PagePath, blob: String?, says: PageID?, note: String = "") {
        let id = newID(path)
        var work = PageWork(id: id, path: path, blob: blob)
        work.existence = .create
        work.title = names.title(path.stem)
        work.hasBody = blob != nil
        work.says = says
        work.note = note
        works[id] = work
        moved[path] = id
        if let says, wiki[says] == nil || !wiki.isVisible(says) {
            let note = "the id in the file belongs to no page of this space; it became a new page"
            plan.lines.append(PlanLine(.unchanged, path, id: id, note: note))
        }
    }

    /// A folder that came with this push and has no note becomes a page, so that the tree keeps its shape.
    private mutating func createFolder(_ folder: String, _ found: [FileIdentity.Found]) {
        let path = PagePath(in: PagePath(folder).folder, stem: PagePath(folder).name, isNote: true)
        guard path.isPage, page(at: path) == nil, page(at: path.otherForm) == nil else { return }
        let note = folderNote(path, found)
        create(path, blob: nil, says: nil, note: note)
    }

    /// A person who renames a folder may not know that the page of the folder is a file in it.
    private func folderNote(_ path: PagePath, _ found: [FileIdentity.Found]) -> String {
        let formerNote = found.first { file in
            guard let entry = table[file.id], entry.current.isNote, !file.path.isNote else { return false }
            return sameBytes(file.path.folder, path.folder) && sameBytes(file.path.stem, entry.current.stem)
        }
        guard let formerNote else { return "the page of the folder; git pull brings its file" }
        return "a new page for the folder, as \(formerNote.path) does not have the folder's name; "
            + "to rename that page with its folder: git pull, git mv -f \"\(formerNote.path)\" \"\(path)\", push"
    }
}
