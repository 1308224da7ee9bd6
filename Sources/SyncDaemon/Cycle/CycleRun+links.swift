import Base
import Reconcile
import Synchronization

/// The pages that the links of one file were found to lead to.
final class LinkLog: Sendable {
    private let slugs = Mutex<Set<String>>([])

    func note(_ slug: String) { slugs.withLock { _ = $0.insert(slug) } }

    var found: Set<String> { slugs.withLock { $0 } }
}

extension CycleRun {
    /// The links of a file at that path: by slug to where the pages' files are, and back.
    ///
    /// - Parameters:
    ///   - isReading: as the paths were when both sides last agreed, not as this export places them. A link to where a
    ///     page was before, or from where the file was, still leads to the page; once the file is written for any
    ///     reason, such a link is put right.
    ///   - log: told the pages that links lead to.
    func links(at path: PagePath, isReading: Bool = false, log: LinkLog? = nil) -> PageLinks {
        let table = view.table
        let placed = isReading ? [:] : placedPaths
        let newcomers = isReading ? [:] : newcomers
        let placedSlugs = isReading ? [:] : placedSlugs
        return PageLinks(
            path: path,
            formerPaths: isReading ? table.page(at: path).flatMap { table[$0]?.formerPaths } ?? [] : [],
            pathOfSlug: { slug in
                guard let id = table.page(slug: slug) ?? newcomers[slug] else { return nil }
                log?.note(slug)
                return placed[id] ?? table[id].flatMap { $0.state == .trashed ? nil : $0.current }
            },
            slugAtPath: { path in
                if let slug = placedSlugs[path] {
                    log?.note(slug)
                    return slug
                }
                let here = table.page(at: path) ?? (isReading ? table.page(formerlyAt: path) : nil)
                // A path that its page is about to leave leads nowhere, so that the link is written anew.
                guard let id = here, placed[id] == nil || placed[id] == path else { return nil }
                if let slug = table[id]?.slug { log?.note(slug) }
                return table[id]?.slug
            }
        )
    }

    /// The pages behind the links that were found, in a fixed order.
    func pages(in log: LinkLog) -> [PageID] {
        log.found.compactMap { view.table.page(slug: $0) ?? newcomers[$0] }.sorted()
    }

    /// Files whose relative links no longer lead to their pages, because this export moves the file or its targets.
    func relinked(_ plan: ExportPlan, except changed: Set<PageID>) throws(CycleError) -> [PageID: [UInt8]] {
        let moved = Set(
            plan.moved.filter { id in
                guard let entry = view.table[id], entry.state == .live else { return false }
                return plan.paths[id] != entry.current
            }
        )
        guard !moved.isEmpty else { return [:] }
        var files: [PageID: [UInt8]] = [:]
        for entry in view.table.entries.values where !entry.links.isEmpty && entry.state == .live {
            guard !changed.contains(entry.id), !frozen.contains(entry.id), let path = plan.paths[entry.id],
                moved.contains(entry.id) || entry.links.contains(where: moved.contains)
            else { continue }
            try readContents([entry.blob])
            guard let old = contents[entry.blob] else { continue }
            let log = LinkLog()
            do throws(FormatError) {
                let document = try format.document(in: old, links: links(at: entry.current, isReading: true))
                let new = try format.rewrite(old, to: document, id: entry.id, links: links(at: path, log: log))
                if new != old { files[entry.id] = new }
            } catch {
                // The links of a file that cannot be read are left as they are.
                continue
            }
            linksFound[entry.id] = pages(in: log)
        }
        return files
    }
}
