import Base
import ProseMirror
import Reconcile

extension CycleRun {
    /// Compares the rows with the table and says what main must change.
    func export() throws(CycleError) -> [PageEdit] {
        try step(.beforeExport)
        for id in memory.unreadableReasons.keys where !rows.isVisible(id) { forgetUnreadable(id) }
        freezeFailures()
        let missing = missingFiles()
        guard let plan = exportPlan(missing) else {
            takeHeld(ExportPlan())
            return try bodyEdits()
        }
        takeHeld(plan)
        placedPaths = plan.paths
        placedSlugs = [:]
        for (id, path) in plan.paths { placedSlugs[path] = view.table[id]?.slug ?? rows[id]?.slug }
        for id in plan.paths.keys where view.table[id] == nil { if let slug = rows[id]?.slug { newcomers[slug] = id } }
        var edits = removals(plan)
        edits += try pageEdits(plan, missing: missing)
        return edits
    }

    /// What main must change in its layout; nil when nothing but bodies can have changed.
    ///
    /// The planner is gone when this returns: the table is changed in place only while nobody else holds it.
    private func exportPlan(_ missing: Set<PageID>) -> ExportPlan? {
        let planner = ExportPlanner(
            table: view.table,
            wiki: rows,
            names: format.names,
            guards: Guards(maxDeletes: cycle.settings.maxDeletes, allowed: memory.allowed),
            frozen: frozen,
            missing: missing
        )
        view.openPages.formUnion(view.table.changed)
        view.openPages.formUnion(frozen)
        view.openPages = view.openPages.filter { needsBody($0) || !planner.isInPlace($0) }
        return planner.isLaidOut(view.openPages) ? nil : planner.plan(others: strangers())
    }

    private func freezeFailures() {
        for failure in memory.failures.values { if let page = failure.page { frozen.insert(page) } }
    }

    /// Live pages of the table without a file on main.
    private func missingFiles() -> Set<PageID> {
        var missing: Set<PageID> = []
        for path in view.differingPaths() where view.main.pages[path] == nil {
            if let id = view.table.page(at: path) { missing.insert(id) }
        }
        return missing
    }

    /// Files that are no page of the table: their names are taken.
    private func strangers() -> [PagePath] {
        var strangers = Array(view.main.others)
        for path in view.main.pages.keys where view.table.page(at: path) == nil { strangers.append(path) }
        return strangers
    }

    private func takeHeld(_ plan: ExportPlan) {
        let waiting = Set(plan.held.map(\.id)).union(frozen)
        for id in memory.held.keys where !waiting.contains(id) {
            memory.release(id)
        }
        for held in plan.held {
            frozen.insert(held.id)
            memory.hold(held)
        }
    }

    private func removals(_ plan: ExportPlan) -> [PageEdit] {
        var edits: [PageEdit] = []
        for id in plan.removed {
            guard var entry = view.table[id] else { continue }
            let row = rows[id]
            if view.main.pages[entry.current] != nil {
                let isTrashed = row?.deleted != nil
                edits.append(
                    PageEdit(
                        id: id,
                        kind: isTrashed || row == nil ? .trash : .hide,
                        title: entry.title,
                        oldPath: entry.current,
                        author: isTrashed ? row?.deleter : nil,
                        date: row?.deleted ?? Int64(now) * 1000
                    )
                )
            }
            if row?.deleted != nil {
                entry.state = .trashed
                entry.path = entry.current
                entry.file = nil
                view.table[id] = entry
            } else {
                view.table[id] = nil
            }
            memory.release(id)
            memory.allowed.remove(id)
        }
        report.pull.deleted += edits.count
        return edits
    }

    /// What main must change when only bodies did.
    private func bodyEdits() throws(CycleError) -> [PageEdit] {
        var plan = ExportPlan()
        for id in view.openPages where needsBody(id) { plan.paths[id] = view.table[id]?.current }
        return try pageEdits(plan, missing: [])
    }

    private func pageEdits(_ plan: ExportPlan, missing: Set<PageID>) throws(CycleError) -> [PageEdit] {
        let moved = Set(plan.moved)
        let changed = plan.paths.keys.filter { id in needsBody(id) }.sorted()
        var bodies: [PageID: Rendered] = [:]
        for start in stride(from: 0, to: changed.count, by: 256) {
            let chunk = Array(changed[start..<min(start + 256, changed.count)])
            let read = try wiki { () throws(WikiError) in try wiki.bodies(of: chunk, in: space) }
            for body in read { bodies[body.id] = try rendered(body, path: plan.paths[body.id]) }
            for id in chunk where bodies[id] == nil {
                // The row has gone since it was listed: the next cycle sees where to.
                bodies[id] = .unusable
                needsAnotherLook = true
            }
        }
        var edits: [PageEdit] = []
        let changedBodies = Set(bodies.filter { if case .same = $0.value { false } else { true } }.keys)
        let relinked = try relinked(plan, except: changedBodies)
        for (id, bytes) in relinked { bodies[id] = .bytes(bytes) }
        let stale = plan.paths.keys.filter(isStale)
        for id in moved.union(bodies.keys).union(stale).sorted() {
            guard let path = plan.paths[id] else { continue }
            guard var edit = try edit(id, to: path, body: bodies[id], isMissing: missing.contains(id)) else { continue }
            if relinked[id] != nil, edit.kind == .edit { (edit.kind, edit.author) = (.relink, nil) }
            edits.append(edit)
        }
        report.pull.written += edits.count
        return edits
    }

    private func forgetUnreadable(_ id: PageID) {
        memory.unreadable[id] = nil
        memory.unreadableReasons[id] = nil
    }

    private func needsBody(_ id: PageID) -> Bool {
        guard !frozen.contains(id), let row = rows[id], rows.isVisible(id) else { return false }
        if memory.unreadable[id] == row.updated { return false }
        guard let entry = view.table[id] else { return true }
        return entry.state != .live || entry.blob.isEmpty || entry.updated != row.updated
    }

    /// Whether the entry does not say what the row says, as after a crash between a write and its record.
    private func isStale(_ id: PageID) -> Bool {
        guard let entry = view.table[id], entry.state == .live, let row = rows[id], !frozen.contains(id) else {
            return false
        }
        return entry.parent != row.parent || !entry.title.utf8.elementsEqual(row.title.utf8)
    }

    /// Brings a page's entry up to the row and says what main must change for it; nil for nothing.
    private func edit(
        _ id: PageID,
        to path: PagePath,
        body: Rendered?,
        isMissing: Bool
    ) throws(CycleError) -> PageEdit? {
        if case .unusable = body, view.table[id] == nil { return nil }
        guard let row = rows[id] ?? view.table[id].map(Self.row) else { return nil }
        var entry = view.table[id] ?? PageEntry(id: id, path: path, blob: "", title: row.title, isOurPath: true)
        let isNew = entry.state != .live || entry.blob.isEmpty
        let isRetitled = !isNew && !entry.title.utf8.elementsEqual(row.title.utf8)
        var edit = PageEdit(id: id, kind: .edit, title: row.title, author: row.editor ?? row.creator, date: row.updated)
        edit.oldPath = isNew || isMissing ? nil : entry.current
        let isRestored = entry.state == .trashed
        if isRestored, entry.updated == row.updated {
            // The row does not say who took it out of the trash, nor when; whoever wrote it last need not be asked.
            edit.author = nil
            edit.date = Int64(now) * 1000
        }
        edit.isForFolder = entry.state == .live && entry.blob.isEmpty && view.table[id] != nil
        edit.newPath = path
        switch body {
        case .bytes(let bytes): edit.bytes = bytes
        // Where the file of a page was that comes back from the trash, another page's may lie by now.
        case .same, .unusable, nil: edit.blob = isNew ? entry.blob : view.main.pages[entry.current] ?? entry.blob
        }
        if case .unusable = body {} else if !frozen.contains(id) { entry.updated = row.updated }
        if frozen.contains(id) {
            if entry.file != nil { entry.file = path } else { entry.path = path }
        } else {
            let old = entry.path
            entry.path = path
            if !isNew { entry.leave(old) }
            entry.file = nil
            entry.title = row.title
            entry.parent = row.parent
            entry.under = rows.visibleParent(of: id)
            entry.slug = row.slug
            entry.state = .live
        }
        if case .bytes = body, let found = linksFound[id] { entry.links = found }
        let old = edit.oldPath
        view.table[id] = entry
        switch body {
        case .bytes, .same: forgetUnreadable(id)
        case .unusable, nil: break
        }
        if edit.bytes == nil, old == path { return nil }
        edit.kind = isRestored ? .restore : isNew ? .create : isRetitled ? .retitle : edit.bytes != nil ? .edit : .move
        if edit.kind == .move { edit.author = nil }
        if edit.bytes == nil, (edit.blob ?? "").isEmpty { return nil }
        return edit
    }

    private static func row(_ entry: PageEntry) -> WikiRow {
        WikiRow(id: entry.id, slug: entry.slug, title: entry.title, parent: entry.parent, updated: entry.updated)
    }
}
