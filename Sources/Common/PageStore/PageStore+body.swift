package import Base
internal import JSON
internal import Postgres

extension PageStore {
    /// Overwrites the body of a page whose row the caller's transaction has locked and merged with.
    ///
    /// Everything that Docmost's own store would write for this body is written with it: search text, who and when,
    /// history of what is overwritten and of what comes, links, transclusions, the watcher.
    /// - Parameter contributors: the people whose edits since the last snapshot the old state holds.
    /// - Returns: the row's new time of change, in microseconds since 1970.
    package func writeBody(
        of page: PageID,
        _ body: PageBody,
        by actor: UserID,
        contributors: [UserID] = []
    ) throws(PageStoreError) -> Int64 {
        let features = try features()
        return try transaction { () throws(PageStoreError) in
            try snapshot(page, contributors: contributors)
            let sql = """
                UPDATE pages SET content = $2, ydoc = $3, text_content = $4, last_updated_by_id = $5,
                \(features.stamps(contributors: "$5", "creator_id")) updated_at = \(nowInMilliseconds)
                WHERE id = $1 RETURNING updated_at
                """
            let parameters: [PostgresValue] = [
                .id(page), .json(body.content), .bytes(body.ydoc), .text(body.text), .id(actor),
            ]
            let times = try query(sql, parameters) { row throws(PostgresError) in try row.time("updated_at") }
            guard let time = times.first else { throw PageStoreError(.missingPage, "the page \(page) is gone") }
            try snapshot(page, contributors: [actor])
            try writeReferences(of: page, body.references, features)
            try addWatcher(actor, to: page, features)
            return time
        }
    }

    /// Brings the tables of links and transclusions in line with a body.
    func writeReferences(
        of page: PageID,
        _ references: PageReferences,
        _ features: SchemaFeatures
    ) throws(PageStoreError) {
        if features.hasBacklinks { try writeBacklinks(of: page, references) }
        if features.hasTransclusions { try writeTransclusions(of: page, references) }
        if features.hasTemplateReferences { try writeEmbeddings(of: page, references) }
    }

    private func writeBacklinks(of page: PageID, _ references: PageReferences) throws(PageStoreError) {
        let wanted = """
            SELECT t.id, t.workspace_id FROM pages t JOIN pages p ON p.id = $1 AND t.workspace_id = p.workspace_id
            WHERE t.id <> $1 AND (t.id = ANY($2) OR t.slug_id = ANY($3))
            """
        let parameters: [PostgresValue] = [
            .id(page), .ids(references.mentionedPages), .texts(references.linkedSlugIDs.sorted()),
        ]
        let delete = """
            DELETE FROM backlinks WHERE source_page_id = $1 AND target_page_id NOT IN (SELECT id FROM (\(wanted)) w)
            """
        try query(delete, parameters)
        let insert = """
            INSERT INTO backlinks (source_page_id, target_page_id, workspace_id)
            SELECT $1, w.id, w.workspace_id FROM (\(wanted)) w ON CONFLICT DO NOTHING
            """
        try query(insert, parameters)
    }

    private func writeTransclusions(of page: PageID, _ references: PageReferences) throws(PageStoreError) {
        let ids = references.sources.map(\.id)
        let contents = references.sources.map { String(decoding: $0.content, as: UTF8.self) }
        try query(
            "DELETE FROM page_transclusions WHERE page_id = $1 AND transclusion_id <> ALL($2)",
            [.id(page), .texts(ids)]
        )
        let upsert = """
            INSERT INTO page_transclusions (workspace_id, page_id, transclusion_id, content)
            SELECT p.workspace_id, p.id, s.id, s.content::jsonb
            FROM pages p CROSS JOIN unnest($2::text[], $3::text[]) AS s(id, content) WHERE p.id = $1
            ON CONFLICT (page_id, transclusion_id) DO UPDATE SET content = excluded.content, updated_at = now()
            WHERE page_transclusions.content IS DISTINCT FROM excluded.content
            """
        if !ids.isEmpty { try query(upsert, [.id(page), .texts(ids), .texts(contents)]) }
        let inclusions = references.inclusions.sorted { ($0.page, $0.block) < ($1.page, $1.block) }
        let pairs: [PostgresValue] = [.id(page), .ids(inclusions.map(\.page)), .texts(inclusions.map(\.block))]
        let delete = """
            DELETE FROM page_transclusion_references r WHERE reference_page_id = $1 AND NOT EXISTS (
              SELECT 1 FROM unnest($2::uuid[], $3::text[]) AS i(page, block)
              WHERE i.page = r.source_page_id AND i.block = r.transclusion_id)
            """
        try query(delete, pairs)
        let insert = """
            INSERT INTO page_transclusion_references
              (workspace_id, reference_page_id, source_page_id, transclusion_id)
            SELECT p.workspace_id, p.id, s.id, i.block
            FROM pages p CROSS JOIN unnest($2::uuid[], $3::text[]) AS i(page, block)
            JOIN pages s ON s.id = i.page AND s.workspace_id = p.workspace_id
            WHERE p.id = $1 ON CONFLICT DO NOTHING
            """
        if !inclusions.isEmpty { try query(insert, pairs) }
    }

    private func writeEmbeddings(of page: PageID, _ references: PageReferences) throws(PageStoreError) {
        let parameters: [PostgresValue] = [.id(page), .ids(references.embeddedPages)]
        try query(
            "DELETE FROM page_template_references WHERE reference_page_id = $1 AND source_page_id <> ALL($2)",
            parameters
        )
        let insert = """
            INSERT INTO page_template_references (workspace_id, reference_page_id, source_page_id)
            SELECT p.workspace_id, p.id, s.id FROM pages p
            JOIN pages s ON s.id = ANY($2) AND s.workspace_id = p.workspace_id
            WHERE p.id = $1 ON CONFLICT DO NOTHING
            """
        if !references.embeddedPages.isEmpty { try query(insert, parameters) }
    }

    func addWatcher(_ user: UserID, to page: PageID, _ features: SchemaFeatures) throws(PageStoreError) {
        guard features.hasWatchers else { return }
        let sql = """
            INSERT INTO watchers (user_id, page_id, space_id, workspace_id, type, added_by_id)
            SELECT $2, id, space_id, workspace_id, 'page', $2 FROM pages WHERE id = $1 ON CONFLICT DO NOTHING
            """
        try query(sql, [.id(page), .id(user)])
    }
}
