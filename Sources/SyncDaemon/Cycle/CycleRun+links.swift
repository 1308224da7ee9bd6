import Base
import Reconcile

extension CycleRun {
    /// The links of a file at that path: by slug to where the pages' files are, and back.
    func links(at path: PagePath) -> PageLinks {
        let table = view.table
        let placed = placedPaths
        let newcomers = newcomers
        let placedSlugs = placedSlugs
        return PageLinks(
            path: path,
            pathOfSlug: { slug in
                guard let id = table.page(slug: slug) ?? newcomers[slug] else { return nil }
                return placed[id] ?? table[id].flatMap { $0.state == .trashed ? nil : $0.current }
            },
            slugAtPath: { path in placedSlugs[path] ?? table.page(at: path).flatMap { table[$0]?.slug } }
        )
    }
}
