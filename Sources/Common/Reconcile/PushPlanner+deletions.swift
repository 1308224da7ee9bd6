internal import Base

extension PushPlanner {
    /// Pages that lost their file and are still in the wiki as both sides agreed: they may be deleted.
    mutating func sortLost(_ lost: [PageID]) -> [PageID] {
        var candidates: [PageID] = []
        for id in lost {
            guard let entry = table[id] else { continue }
            guard let row = wiki[id], !isHidden(row) else {
                plan.forgotten.append(id)
                continue
            }
            if row.deleted != nil {
                var trashed = entry
                trashed.state = .trashed
                trashed.file = nil
                plan.settled.append(trashed)
            } else if isEdited(row, since: entry) {
                keep(id, "it was edited in the wiki meanwhile; delete it again if that is meant")
            } else {
                candidates.append(id)
            }
        }
        return candidates
    }

    private func isHidden(_ row: WikiRow) -> Bool { row.deleted == nil && !wiki.isVisible(row.id) }

    private func isEdited(_ row: WikiRow, since entry: PageEntry) -> Bool {
        row.updated != entry.updated || !sameBytes(row.title, entry.title) || row.parent != entry.parent
    }

    private mutating func keep(_ id: PageID, _ reason: String) {
        guard let entry = table[id] else { return }
        plan.kept[id] = reason
        plan.lines.append(PlanLine(.kept, entry.current, id: id, note: "not deleted: \(reason)"))
    }

    /// Refuses what would orphan or hide pages, then asks the guards about the rest.
    mutating func decideDeletions(_ candidates: [PageID]) {
        var going = Set(candidates)
        var movedIn: [PageID: [PageID]] = [:]
        for work in works.values {
            if case .some(.some(let parent)) = work.parent { movedIn[parent, default: []].append(work.id) }
        }
        let leavesFirst = candidates.sorted { (wikiDepth($0), $0) > (wikiDepth($1), $1) }
        for id in leavesFirst {
            let stays = wiki.liveChildren(of: id).filter { !going.contains($0) && finalParentIs(id, of: $0) }
            let blockers = stays + (movedIn[id] ?? [])
            guard let blocker = blockers.min() else { continue }
            going.remove(id)
            let isInRepository = works[blocker] != nil || table[blocker]?.state == .live && wiki.isVisible(blocker)
            keep(
                id,
                isInRepository
                    ? "its subpages are still in the repository: delete them too, or move them first"
                    : "it has subpages in the wiki that are not in the repository"
            )
        }
        guardDeletions(leavesFirst.filter(going.contains))
    }

    private func finalParentIs(_ parent: PageID, of child: PageID) -> Bool {
        if let work = works[child], let target = work.parent { return target == parent }
        return true
    }

    private mutating func guardDeletions(_ deletions: [PageID]) {
        guard !deletions.isEmpty else { return }
        let total = table.entries.values.count { $0.state == .live && wiki.isVisible($0.id) }
        guard let reason = guards.reasonToHold(deletions, of: total) else {
            plan.trash = deletions
            return
        }
        for id in deletions {
            guard let entry = table[id] else { continue }
            if guards.allowed.contains(id) {
                plan.trash.append(id)
            } else {
                plan.held.append(Held(id: id, path: entry.current, reason: reason))
            }
        }
    }

    private func wikiDepth(_ id: PageID) -> Int {
        var depth = 0
        var seen: Set<PageID> = [id]
        var next = wiki[id]?.parent
        while let page = next, seen.insert(page).inserted {
            depth += 1
            next = wiki[page]?.parent
        }
        return depth
    }

    /// Decides for every changed file whether its page is there, comes back, or is not this space's any more.
    mutating func resolveExistence() {
        for id in works.keys.sorted() {
            guard var work = works[id], work.existence == .present, let entry = table[id] else { continue }
            let isEdit = work.hasBody || work.title != nil || work.parent != nil || entry.state == .trashed
            if let row = wiki[id] {
                if row.deleted != nil, !isEdit {
                    leave(work)
                } else if row.deleted != nil {
                    work.existence = .restore
                    works[id] = work
                } else if isHidden(row) {
                    refuseAbsent(work, isEdit: isEdit)
                } else if work.parent != nil, hasHiddenDescendants(id) {
                    refuseMove(id, "it has subpages in the wiki that are not in the repository")
                }
            } else if wiki.elsewhere.contains(id) {
                refuseAbsent(work, isEdit: isEdit)
            } else if isEdit {
                recreate(&work)
                works[id] = work
            } else {
                leave(work)
            }
        }
    }

    /// A page that is not in the wiki any more takes its file along, wherever a push has put that: else the file would
    /// stay behind and become a second page.
    private mutating func leave(_ work: PageWork) {
        works[work.id] = nil
        guard let entry = table[work.id], entry.state == .live, work.path != entry.current else { return }
        plan.settled.append(entry.moved(by: work, under: derivedParent(of: work.path, id: work.id)))
    }

    /// The row is gone for good, and a person changed its file since: the page is made again under its id.
    private func recreate(_ work: inout PageWork) {
        work.existence = .create
        work.title = names.title(work.path.stem)
        work.parent = .some(derivedParent(of: work.path, id: work.id))
        work.hasBody = work.blob != nil
        work.base = nil
    }

    private mutating func refuseAbsent(_ work: PageWork, isEdit: Bool) {
        leave(work)
        if isEdit {
            plan.lines.append(PlanLine(.refused, work.path, note: "the page is not in this space; nothing was changed"))
        }
    }

    private func hasHiddenDescendants(_ id: PageID) -> Bool {
        var open = wiki.liveChildren(of: id)
        var seen: Set<PageID> = [id]
        while let page = open.popLast() {
            guard seen.insert(page).inserted else { continue }
            if !wiki.isVisible(page) { return true }
            open += wiki.liveChildren(of: page)
        }
        return false
    }
}
