import Base
import ProseMirror
import Reconcile

extension CycleRun {
    /// What became of a body that was read.
    enum Rendered {
        case same
        case bytes([UInt8])
        /// Not to be believed, or not to be read, now.
        case unusable
    }

    func rendered(_ body: WikiBody, path: PagePath?) throws(CycleError) -> Rendered {
        guard let path, let document = body.document else {
            return unreadable(body, body.problem ?? "the page's content cannot be read")
        }
        let entry = view.table[body.id]
        if let entry, entry.state == .live, let mark = entry.write, !body.contains(mark) {
            return try mendOverwritten(entry, body)
        }
        memory.unstored[body.id] = nil
        let log = LinkLog()
        defer { linksFound[body.id] = pages(in: log) }
        let links = links(at: path, log: log)
        try readContents(entry.map { [$0.blob] } ?? [])
        do throws(WikiError) {
            if let entry, !entry.blob.isEmpty, let old = contents[entry.blob] {
                let base = try self.document(entry.blob, at: entry.path)
                if format.isSame(base, document) { return .same }
                return .bytes(
                    try formatted { () throws(FormatError) in
                        try format.rewrite(old, to: document, id: body.id, links: links)
                    }
                )
            }
            return .bytes(
                try formatted { () throws(FormatError) in
                    try format.file(for: document, id: body.id, links: links)
                }
            )
        } catch {
            return unreadable(body, error.message)
        }
    }

    private func formatted(_ body: () throws(FormatError) -> [UInt8]) throws(WikiError) -> [UInt8] {
        do throws(FormatError) { return try body() } catch { throw WikiError(.refused, error.description) }
    }

    private func unreadable(_ body: WikiBody, _ reason: String) -> Rendered {
        memory.unreadable[body.id] = body.updated
        memory.unreadableReasons[body.id] = reason
        return .unusable
    }

    /// The row does not contain our last write: either the live document has not been stored yet, or a stalled server
    /// has overwritten it. Then what git said is merged in again, with the base from before that write.
    private func mendOverwritten(_ entry: PageEntry, _ body: WikiBody) throws(CycleError) -> Rendered {
        if memory.mayBeStoredYet(entry.id, at: now) { return .unusable }
        var work = PageWork(id: entry.id, path: entry.current, blob: entry.blob)
        work.hasBody = true
        try readContents([entry.blob])
        let actor = cycle.settings.serviceUser
        do throws(WikiError) {
            var merge = BodyMerge(git: try document(entry.blob, at: entry.current))
            let write = try wiki.write(entry.id, in: space, by: actor) { newest throws(WikiError) in
                let base = try self.base(of: entry, for: newest)
                return try merge.target(for: newest, base: base, format: self.format)
            }
            var mended = entry
            mended.write = merge.isUnchanged ? nil : write.mark ?? entry.write
            mended.updated = 0
            view.table[entry.id] = mended
            memory.unstored[entry.id] = write.updated == nil ? now : nil
            report.warnings.append(
                "\(entry.current): a wiki server had overwritten what git brought; it was merged in again"
            )
        } catch {
            if error.code == .unavailable { throw CycleError(error) }
            fail(work, error, actor: actor)
        }
        needsAnotherLook = true
        return .unusable
    }
}
