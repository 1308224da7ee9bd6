import Base
import ProseMirror
import Reconcile

extension CycleRun {
    /// Gives ids to the files that become pages, durably, before any row is made.
    func reserve(_ works: [PageWork]) throws(CycleError) {
        let new = works.filter { $0.existence == .create && view.table[$0.id]?.state != .reserved }
        guard !new.isEmpty else { return }
        for work in new {
            var entry = PageEntry(id: work.id, path: work.path, blob: "", title: work.title ?? "")
            entry.slug = view.table[work.id]?.slug ?? Self.slug(of: work.id)
            entry.parent = work.parent ?? nil
            entry.under = entry.parent
            entry.state = .reserved
            entry.says = work.says
            entry.isOurPath = work.blob == nil
            view.table[work.id] = entry
        }
        try step(.beforeReserving)
        try publishBase(main: view.agreedMain)
        try step(.afterReserving)
    }

    /// Ten characters of 0-9A-Za-z, as Docmost's own; from the id, so that links to the page can be read before its row is
    /// made. The row may get another one.
    private static func slug(of id: PageID) -> String {
        let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        var rest = id.low ^ (id.high &* 0x9E37_79B9_7F4A_7C15)
        var text: [UInt8] = []
        for _ in 0..<10 {
            text.append(digits[Int(rest % 62)])
            rest /= 62
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Carries one page's work into the wiki. Each aspect is its own write, and what is done stays done.
    func apply(_ work: PageWork, actor: UserID, plan: Plan) throws(CycleError) {
        let linesBefore = report.lines.count
        do throws(WikiError) {
            try checkFile(work)
            switch work.existence {
            case .create: try create(work, actor: actor)
            case .restore: try restore(work, actor: actor)
            case .present: break
            }
            if work.existence != .create {
                let isTold = try move(work, actor: actor)
                try retitle(work, actor: actor, isTold: isTold)
                try settlePath(work, plan: plan)
                if work.hasBody { try writeBody(work, actor: actor, isTold: report.lines.count > linesBefore) }
            }
            memory.failures[work.path] = nil
        } catch {
            if error.code == .unavailable { throw CycleError(error) }
            if let stop = interrupted {
                interrupted = nil
                throw stop
            }
            fail(work, error, actor: actor)
        }
    }

    /// Refuses a file that means no page before anything is changed for it.
    private func checkFile(_ work: PageWork) throws(WikiError) {
        guard work.hasBody, let blob = work.blob else { return }
        _ = try document(blob, at: work.path)
    }

    func document(_ blob: String, at path: PagePath, log: LinkLog? = nil) throws(WikiError) -> Node {
        guard let bytes = contents[blob] else { throw WikiError(.refused, "the file cannot be read") }
        do throws(FormatError) {
            return try format.document(in: bytes, links: links(at: path, isReading: true, log: log))
        } catch {
            throw WikiError(.refused, error.description)
        }
    }

    private func create(_ work: PageWork, actor: UserID) throws(WikiError) {
        guard var entry = view.table[work.id] else { return }
        let parent = work.parent ?? nil
        if let parent, let state = view.table[parent]?.state, state == .reserved {
            throw WikiError(.pending, "its parent page could not be made yet")
        }
        let log = LinkLog()
        let document = try work.blob.map { blob throws(WikiError) in
            try self.document(blob, at: work.path, log: log)
        }
        let page = NewWikiPage(
            id: work.id,
            slug: entry.slug,
            title: work.title ?? format.names.title(work.path.stem),
            parent: parent,
            space: space,
            document: document ?? Node("doc"),
            actor: actor
        )
        let write = try wiki.create(page)
        written.insert(work.id)
        try interruptible(.afterCreate)
        entry.state = .live
        entry.path = work.path
        entry.file = nil
        entry.blob = work.blob ?? ""
        entry.title = page.title
        entry.parent = parent
        entry.under = parent
        entry.slug = write.slug ?? entry.slug
        entry.updated = write.updated ?? 0
        entry.write = write.mark
        entry.links = pages(in: log)
        keepForm(of: parent)
        if write.wasThere {
            entry.blob = ""
            entry.updated = 0
        }
        view.table[work.id] = entry
        tell(PlanLine(.created, work.path, id: work.id, note: work.note))
        if write.wasThere, work.hasBody { try writeBody(work, actor: actor, isTold: true) }
    }

    private func restore(_ work: PageWork, actor: UserID) throws(WikiError) {
        guard var entry = view.table[work.id] else { return }
        try wiki.restore(work.id, in: space, by: actor)
        written.insert(work.id)
        try interruptible(.afterRestore)
        entry.state = .live
        entry.updated = 0
        entry.parent = parentOnceRestored(work.id)
        view.table[work.id] = entry
        tell(PlanLine(.restored, work.path, id: work.id, note: noteOfRestored(work.id)))
        restored.insert(work.id)
    }

    /// The page's parent once it is out of the trash: none, if that stays there.
    ///
    /// The rows are from before this push: a parent that it has just restored is live by now.
    func parentOnceRestored(_ id: PageID) -> PageID? {
        guard let parent = rows[id]?.parent else { return nil }
        let wasLive = rows[parent].map { $0.deleted == nil } ?? false
        return wasLive || restored.contains(parent) ? parent : nil
    }

    /// What more there is to say of a page that comes out of the trash.
    func noteOfRestored(_ id: PageID) -> String {
        guard rows[id]?.parent != nil, parentOnceRestored(id) == nil else { return "" }
        return "the page above it stays in the trash; git pull brings the file to its new place"
    }

    /// - Returns: whether the person was told of a move.
    private func move(_ work: PageWork, actor: UserID) throws(WikiError) -> Bool {
        guard case .some(let parent) = work.parent, var entry = view.table[work.id] else { return false }
        let current = work.existence == .restore ? entry.parent : rows[work.id]?.parent
        if let parent, view.table[parent]?.state == .reserved {
            throw WikiError(.pending, "its new parent page could not be made yet")
        }
        if current != parent {
            try wiki.move(work.id, in: space, from: current, to: parent, by: actor)
            written.insert(work.id)
            try interruptible(.afterMove)
            entry.updated = 0
            tell(PlanLine(.moved, work.path, id: work.id))
        }
        keepForm(of: entry.under)
        keepForm(of: parent)
        entry.parent = parent
        entry.under = parent
        view.table[work.id] = entry
        return current != parent
    }

    /// A person gave a page its first child's file, or took its last one, and left its own where it is: there it stays.
    private func keepForm(of page: PageID?) {
        guard let page, var entry = view.table[page], entry.isOurPath else { return }
        entry.isOurPath = false
        view.table[page] = entry
    }

    /// - Parameter isTold: a page that was moved and renamed is one line of the report.
    private func retitle(_ work: PageWork, actor: UserID, isTold: Bool) throws(WikiError) {
        guard let title = work.title, var entry = view.table[work.id] else { return }
        let current = rows[work.id]?.title ?? entry.title
        if !current.utf8.elementsEqual(title.utf8) {
            try wiki.retitle(work.id, in: space, from: current, to: title, by: actor)
            written.insert(work.id)
            try interruptible(.afterTitle)
            entry.updated = 0
            let note =
                current.utf8.elementsEqual(entry.title.utf8) ? "" : "the wiki had named it “\(current)” meanwhile"
            if !isTold || !note.isEmpty { tell(PlanLine(.renamed, work.path, id: work.id, note: note)) }
        }
        entry.title = title
        view.table[work.id] = entry
    }

    private func settlePath(_ work: PageWork, plan: Plan) throws(WikiError) {
        guard let entry = view.table[work.id] else { return }
        var under = entry.under
        if case .some(let parent) = work.parent { under = parent }
        if plan.settledMoves.contains(work.id) {
            // The move was refused: the file is where git put it, and the next export puts it back.
            under = view.table.parent(of: work.path, id: work.id)
        }
        var settled = entry.moved(by: work, under: under)
        // The move itself is no news to the pages' order in the table.
        if entry.path.folder != work.path.folder, under == entry.under, case .some = work.parent {
            settled.isOurPath = false
        }
        view.table[work.id] = settled
    }

    /// Puts a page into the trash whose file somebody deleted.
    func trash(_ id: PageID, actor: UserID, isAllowed: Bool) throws(CycleError) {
        guard var entry = view.table[id], let row = rows[id] else { return }
        try step(.beforeTrash)
        let deletion = PageWork(id: id, path: entry.current, blob: nil)
        guard isAllowed else { return fail(deletion, Self.lostRight, actor: actor) }
        do throws(WikiError) {
            try wiki.trash(id, in: space, unchangedSince: row.updated, by: actor)
        } catch {
            switch error.code {
            case .unavailable: throw CycleError(error)
            case .pending: return fail(deletion, error, actor: actor)
            case .changed, .refused:
                return tell(PlanLine(.kept, entry.current, id: id, note: "not deleted: \(error)"))
            }
        }
        written.insert(id)
        try step(.afterTrash)
        tell(PlanLine(.trashed, entry.current, id: id))
        memory.failures[entry.current] = nil
        keepForm(of: entry.under)
        entry.state = .trashed
        entry.file = nil
        view.table[id] = entry
        memory.release(id)
        memory.allowed.remove(id)
    }

    /// Remembers why a page could not be written, and when to try again.
    func fail(_ work: PageWork, _ error: WikiError, actor: UserID) {
        frozen.insert(work.id)
        let before = memory.failures[work.path].flatMap { $0.blob == (work.blob ?? "") ? $0 : nil }
        var failure = CycleMemory.Failure(path: work.path, page: work.id, blob: work.blob ?? "", reason: error.message)
        failure.actor = actor
        failure.tries = (before?.tries ?? 0) + 1
        // A refused file waits for another one; everything else is tried again after 15 s, 30 s … an hour.
        let pause = UInt64(15_000) << UInt64(min(failure.tries - 1, 8))
        failure.next =
            error.code == .refused && before != nil ? nil : now + min(pause, CycleMemory.Failure.longestPause)
        memory.failures[work.path] = failure
        if var entry = view.table[work.id], entry.state == .live, entry.path != work.path {
            entry.file = work.path
            view.table[work.id] = entry
        }
        if before == nil || before?.reason != error.message {
            let action: PlanLine.Action = error.code == .refused ? .refused : .pending
            tell(PlanLine(action, work.path, id: work.id, note: error.message))
        }
    }

    /// A step inside a page's work: the interruption travels out beside the page's own errors.
    func interruptible(_ at: CycleStep) throws(WikiError) {
        do throws(CycleError) { try step(at) } catch {
            interrupted = error
            throw WikiError(.pending, error.description)
        }
    }
}
