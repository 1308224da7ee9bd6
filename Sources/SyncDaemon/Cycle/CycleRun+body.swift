import Base
import ProseMirror
import Reconcile

extension CycleRun {
    /// Merges git's change into the newest state of the page.
    ///
    /// - Parameter isTold: whether the person has read a line about this page already.
    func writeBody(_ work: PageWork, actor: UserID, isTold: Bool) throws(WikiError) {
        guard var entry = view.table[work.id], let blob = work.blob else { return }
        let log = LinkLog()
        let git = try document(blob, at: work.path, log: log)
        var merge = BodyMerge(git: git)
        let write = try wiki.write(work.id, in: space, by: actor) { body throws(WikiError) in
            let base = try self.base(of: entry, for: body)
            return try merge.target(for: body, base: base, format: self.format)
        }
        if !merge.isUnchanged { written.insert(work.id) }
        try interruptible(.afterBody)
        if entry.blob != blob, !merge.isUnchanged { entry.before = entry.blob.isEmpty ? nil : entry.blob }
        entry.blob = blob
        entry.links = pages(in: log)
        entry.write = write.mark ?? entry.write
        entry.updated = merge.isGits ? write.updated ?? 0 : 0
        if !merge.isUnchanged, write.updated == nil {
            memory.unstored[work.id] = now
        } else {
            memory.unstored[work.id] = nil
        }
        view.table[work.id] = entry
        report.pull.conflicts += merge.conflicts
        if merge.isUnchanged {
            if !isTold { tell(PlanLine(.unchanged, work.path, id: work.id)) }
        } else {
            tellBody(work, merge)
        }
    }

    private func tellBody(_ work: PageWork, _ merge: BodyMerge) {
        guard !merge.isGits || merge.conflicts > 0 else { return tell(PlanLine(.updated, work.path, id: work.id)) }
        let editor = rows[work.id]?.editor
        _ = try? people.prepare(Set([editor].compactMap { $0 }))
        var note = "with the edits of \(people.name(editor))"
        switch merge.conflicts {
        case 0: break
        case 1: note += "; one block was changed on both sides: yours stands, the wiki's is in the page history"
        default:
            note +=
                "; \(merge.conflicts) blocks were changed on both sides: yours stand, the wiki's are in the page history"
        }
        tell(PlanLine(.merged, work.path, id: work.id, note: note))
    }

    /// The agreed document to merge against: the one before our last write, if a server has overwritten that write.
    func base(of entry: PageEntry, for body: WikiBody) throws(WikiError) -> Node {
        var blob = entry.blob
        if let mark = entry.write, let before = entry.before, !body.contains(mark) { blob = before }
        guard !blob.isEmpty else { return Node("doc") }
        do throws(CycleError) { try readContents([blob]) } catch { throw WikiError(.pending, error.description) }
        return try document(blob, at: entry.path)
    }
}

/// The merge of one page's body, filled in when the newest state of the page is known.
struct BodyMerge {
    let git: Node
    /// Whether the page already means what the file says.
    var isUnchanged = false
    /// Whether the page now means exactly what the file says.
    var isGits = false
    var conflicts = 0

    init(git: Node) { self.git = git }

    mutating func target(for body: WikiBody, base: Node, format: any PageFormat) throws(WikiError) -> Node {
        guard let wiki = body.document else {
            throw WikiError(.refused, body.problem ?? "the page's content cannot be read")
        }
        if format.isSame(git, wiki) {
            (isUnchanged, isGits, conflicts) = (true, true, 0)
            return wiki
        }
        let merged = format.merge(base: base, git: git, wiki: wiki)
        conflicts = merged.conflicts
        isGits = format.isSame(merged.document, git)
        isUnchanged = format.isSame(merged.document, wiki)
        return isUnchanged ? wiki : merged.document
    }
}
