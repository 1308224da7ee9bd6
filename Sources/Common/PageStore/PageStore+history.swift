package import Base
internal import Postgres

extension PageStore {
    /// Puts the row's present state into the page's history, unless the newest snapshot already holds it.
    ///
    /// As in Docmost, a first snapshot of a single empty paragraph is not worth a row.
    package func snapshot(_ page: PageID, contributors: [UserID]) throws(PageStoreError) {
        try insertHistory(page, content: "p.content", parameter: nil, contributors: contributors, author: nil)
    }

    /// Puts a state that is only in an editor's memory into the page's history.
    ///
    /// - Parameter content: the text of the ProseMirror JSON.
    package func snapshot(
        _ page: PageID,
        content: [UInt8],
        contributors: [UserID],
        author: UserID?
    ) throws(PageStoreError) {
        try insertHistory(page, content: "$3::jsonb", parameter: content, contributors: contributors, author: author)
    }

    private func insertHistory(
        _ page: PageID,
        content: String,
        parameter: [UInt8]?,
        contributors: [UserID],
        author: UserID?
    ) throws(PageStoreError) {
        let features = try features()
        var columns = ["page_id", "slug_id", "title", "content", "icon", "cover_photo", "last_updated_by_id"]
        var values = [
            "p.id", "p.slug_id", "p.title", "b.body", "p.icon", "p.cover_photo",
            "coalesce($2::uuid, p.last_updated_by_id, p.creator_id)",
        ]
        var parameters: [PostgresValue] = [.id(page), .id(author)]
        if let parameter { parameters.append(.json(parameter)) }
        if features.hasHistoryContributors {
            columns.append("contributor_ids")
            parameters.append(.ids(contributors))
            values.append("$\(parameters.count)")
        }
        if features.hasHistorySource && features.hasSource {
            columns += ["last_updated_source", "last_updated_ai_chat_id"]
            values += ["p.last_updated_source", "p.last_updated_ai_chat_id"]
        }
        // The clock's time, not the transaction's: two snapshots of one transaction must keep their order.
        let sql = """
            INSERT INTO page_history (\(columns.joined(separator: ", ")), space_id, workspace_id, created_at, updated_at)
            SELECT \(values.joined(separator: ", ")), p.space_id, p.workspace_id, clock_timestamp(), clock_timestamp()
            FROM pages p CROSS JOIN LATERAL (SELECT \(content) AS body) b
            LEFT JOIN LATERAL (
              SELECT h.content FROM page_history h WHERE h.page_id = p.id ORDER BY h.created_at DESC, h.id DESC LIMIT 1
            ) newest ON true
            WHERE p.id = $1 AND b.body IS NOT NULL AND newest.content IS DISTINCT FROM b.body
              AND (newest.content IS NOT NULL OR coalesce(jsonb_array_length(b.body->'content'), 0) > 1
                   OR b.body #>> '{content,0,type}' <> 'paragraph'
                   OR coalesce(jsonb_array_length(b.body #> '{content,0,content}'), 0) > 0)
            """
        try query(sql, parameters)
    }
}
