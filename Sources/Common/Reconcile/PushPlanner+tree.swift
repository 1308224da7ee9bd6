package import Base

extension PushPlanner {
    /// Finds the parent that the paths give every page they may have changed it for.
    mutating func deriveParents() {
        for (id, work) in works {
            let parent = derivedParent(of: work.path, id: id)
            setParent(parent, of: id, agreed: table[id].flatMap { $0.state == .live ? .some($0.under) : nil })
        }
        let folders = changedFolders()
        guard !folders.isEmpty else { return }
        for (path, id) in table.paths where works[id] == nil && !gone.contains(path) && moved[path] == nil {
            guard folders.contains(where: { path.isBelow($0) }), let entry = table[id] else { continue }
            let parent = derivedParent(of: path, id: id)
            guard parent != entry.under else { continue }
            var work = PageWork(id: id, path: path, blob: entry.blob)
            work.parent = .some(parent)
            works[id] = work
        }
    }

    /// A page is moved where its parent, by the paths, is another than the agreed one and the wiki's.
    private mutating func setParent(_ parent: PageID?, of id: PageID, agreed: PageID??) {
        if case .some(let agreed) = agreed, agreed == parent { return }
        works[id]?.parent = .some(parent)
    }

    /// Folders whose page is another than before.
    private func changedFolders() -> Set<String> {
        var folders: Set<String> = []
        for path in gone { folders.insert(path.childrenFolder) }
        for (path, id) in moved where table.page(at: path) != id { folders.insert(path.childrenFolder) }
        return folders
    }

    /// A page cannot be put below one that is in the trash or not in this space: it goes to the nearest that is.
    mutating func chooseLivingParents() {
        for (id, work) in works {
            guard case .some(.some(let parent)) = work.parent, !isAlive(parent) else { continue }
            var living: PageID?
            for candidate in work.path.parentCandidates {
                if let page = page(at: candidate), page != id, isAlive(page) {
                    living = page
                    break
                }
            }
            works[id]?.parent = .some(living)
        }
    }

    private func isAlive(_ id: PageID) -> Bool {
        if let work = works[id], work.existence != .present { return true }
        return wiki.isVisible(id)
    }

    /// The parent a page will have in the wiki.
    func finalParent(of id: PageID) -> PageID? {
        if let work = works[id], let parent = work.parent { return parent }
        return wiki.visibleParent(of: id)
    }

    /// A move that would put a page below itself is dropped; the file then follows the wiki.
    mutating func refuseCycles() {
        for start in works.keys.sorted() {
            while let cycle = cycle(from: start) {
                guard let id = cycle.filter({ works[$0]?.parent != nil && works[$0]?.existence == .present }).max()
                else {
                    break
                }
                refuseMove(id, "it would lie below itself: the wiki has moved the pages meanwhile")
            }
        }
    }

    private func cycle(from start: PageID) -> [PageID]? {
        var chain: [PageID] = [start]
        var next = finalParent(of: start)
        while let page = next {
            if page == start { return chain }
            if chain.contains(page) { return nil }
            chain.append(page)
            next = finalParent(of: page)
        }
        return nil
    }

    mutating func refuseMove(_ id: PageID, _ reason: String) {
        guard var work = works[id] else { return }
        work.parent = nil
        works[id] = work
        plan.lines.append(PlanLine(.refused, work.path, id: id, note: "not moved: \(reason)"))
        plan.settledMoves.insert(id)
    }

    /// How far below the root a page will lie.
    func depth(of id: PageID) -> Int {
        var depth = 0
        var seen: Set<PageID> = [id]
        var next = finalParent(of: id)
        while let page = next, seen.insert(page).inserted {
            depth += 1
            next = finalParent(of: page)
        }
        return depth
    }

    /// Parents before children, so that a move never passes through a cycle and a child finds its parent made.
    mutating func order() {
        let works = works.values.filter { !isIdle($0) }
        let depths = Dictionary(uniqueKeysWithValues: works.map { ($0.id, depth(of: $0.id)) })
        plan.work = works.sorted { (depths[$0.id] ?? 0, $0.path) < (depths[$1.id] ?? 0, $1.path) }
        for work in self.works.values.sorted(by: { $0.path < $1.path }) where isIdle(work) { settle(work) }
    }

    private func isIdle(_ work: PageWork) -> Bool {
        work.existence == .present && work.title == nil && work.parent == nil && !work.hasBody
    }

    /// Only the path changed: an ancestor's folder has another name, or a leaf became a folder note.
    private mutating func settle(_ work: PageWork) {
        guard let entry = table[work.id] else { return }
        plan.settled.append(entry.moved(by: work, under: derivedParent(of: work.path, id: work.id)))
    }
}

extension PageEntry {
    /// The entry once a person's file is where the work found it.
    package func moved(by work: PageWork, under parent: PageID?) -> PageEntry {
        var entry = self
        let isPlaced = !sameBytes(work.path.stem, path.stem) || work.path.isNote != path.isNote || parent != under
        if isPlaced { entry.isOurPath = false }
        entry.path = work.path
        entry.leave(path)
        entry.file = nil
        // A page that the wiki has taken out of the trash itself, too: what lies on main is its file, not a stranger's.
        entry.state = .live
        entry.under = parent
        if let says = work.says { entry.says = says }
        return entry
    }
}
