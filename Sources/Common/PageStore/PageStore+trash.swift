package import Base
internal import Postgres

extension PageStore {
    /// Moves a page and its live descendants to the trash, and removes their public shares, as Docmost does.
    ///
    /// - Parameters:
    ///   - unchangedSince: the page's `updatedAt` that the caller decided on; a later edit beats the deletion.
    ///   - along: the descendants that may go with it; others make the call fail. Nil allows all.
    /// - Returns: the pages that are in the trash now because of this call.
    @discardableResult
    package func trash(
        _ page: PageID,
        in space: SpaceID,
        by actor: UserID,
        unchangedSince: Int64? = nil,
        along: Set<PageID>? = nil
    ) throws(PageStoreError) -> [PageID] {
        let features = try features()
        return try transaction { () throws(PageStoreError) in
            try lockTree(of: space)
            let row = try lockedPlace(of: page, in: space)
            if let unchangedSince, row.updatedAt != unchangedSince {
                throw PageStoreError(.changedMeanwhile, "the page was changed in the wiki meanwhile")
            }
            let subtree = try liveSubtree(of: page)
            if let along {
                let others = subtree.filter { $0 != page && !along.contains($0) }
                guard others.isEmpty else {
                    throw PageStoreError(.otherDescendants(others), "\(others.count) other pages lie below the page")
                }
            }
            let source = features.hasSource ? ", last_updated_source = 'git-sync'" : ""
            let sql = """
                UPDATE pages SET deleted_at = date_trunc('milliseconds', now()), deleted_by_id = $2\(source)
                WHERE id = ANY($1) AND deleted_at IS NULL
                """
            try query(sql, [.ids(subtree), .id(actor)])
            if features.hasShares { try query("DELETE FROM shares WHERE page_id = ANY($1)", [.ids(subtree)]) }
            return subtree
        }
    }

    private func liveSubtree(of page: PageID) throws(PageStoreError) -> [PageID] {
        let sql = """
            WITH RECURSIVE sub AS (
              SELECT id FROM pages WHERE id = $1 AND deleted_at IS NULL
              UNION
              SELECT p.id FROM pages p JOIN sub s ON p.parent_page_id = s.id WHERE p.deleted_at IS NULL
            )
            SELECT id FROM sub
            """
        return try query(sql, [.id(page)]) { row throws(PostgresError) in try row.id("id") }
    }

    /// Takes one page out of the trash; what lies below it stays there, unlike with Docmost's own button.
    ///
    /// A page whose parent is in the trash or gone becomes a root page. Shares do not come back.
    /// - Returns: the parent it has now. A page that is live already is left as it is.
    @discardableResult
    package func restore(
        _ page: PageID,
        in space: SpaceID
    ) throws(PageStoreError) -> PageID? {
        let features = try features()
        return try transaction { () throws(PageStoreError) in
            try lockTree(of: space)
            let found = try query(
                "SELECT id FROM pages WHERE id = $1 AND space_id = $2 FOR UPDATE",
                [.id(page), .id(space)]
            )
            guard !found.isEmpty else {
                throw PageStoreError(.missingPage, "the page \(page) is gone or in another space")
            }
            let extra =
                (features.hasTemporaryPages ? ", temporary_expires_at = NULL" : "")
                + (features.hasSource ? ", last_updated_source = 'git-sync'" : "")
            let revive = """
                UPDATE pages SET deleted_at = NULL, deleted_by_id = NULL\(extra)
                WHERE id = $1 AND deleted_at IS NOT NULL
                """
            try query(revive, [.id(page)])
            let detach = """
                UPDATE pages p SET parent_page_id = NULL WHERE p.id = $1 AND p.parent_page_id IS NOT NULL
                  AND NOT EXISTS (SELECT 1 FROM pages o WHERE o.id = p.parent_page_id AND o.deleted_at IS NULL
                                  AND o.space_id = p.space_id)
                """
            try query(detach, [.id(page)])
            return try lockedPlace(of: page, in: space).parent
        }
    }
}
