package import Postgres

/// What the tables of this installation offer, from one look at the catalog.
///
/// Docmost's versions and its fork differ in columns and tables; statements are built from this, never `SELECT *`.
package struct SchemaFeatures: Sendable, Equatable {
    private let columns: Set<String>
    /// The name of the newest migration, for the operator's eyes.
    package let lastMigration: String

    init(columns: Set<String>, lastMigration: String) {
        self.columns = columns
        self.lastMigration = lastMigration
    }

    private func has(_ table: String, _ column: String = "id") -> Bool { columns.contains("\(table).\(column)") }

    /// Page permissions (v0.70): restricted pages must be honoured.
    package var hasRestrictions: Bool { has("page_access", "page_id") }
    /// Pages that are databases (v0.95): they have no document.
    package var hasBases: Bool { has("pages", "is_base") }
    /// Provenance of edits, only in the fork.
    package var hasSource: Bool { has("pages", "last_updated_source") }
    package var hasHistorySource: Bool { has("page_history", "last_updated_source") }
    package var hasChatOrigin: Bool { has("pages", "last_updated_ai_chat_id") }
    package var hasContributors: Bool { has("pages", "contributor_ids") }
    /// v0.25.3; its presence also means that redis-sync is built in.
    package var hasHistoryContributors: Bool { has("page_history", "contributor_ids") }
    package var hasWatchers: Bool { has("watchers") }
    package var hasBacklinks: Bool { has("backlinks") }
    package var hasShares: Bool { has("shares") }
    package var hasTransclusions: Bool { has("page_transclusions") && has("page_transclusion_references") }
    package var hasTemplateReferences: Bool { has("page_template_references") }
    package var hasTemporaryPages: Bool { has("pages", "temporary_expires_at") }
    package var hasSpaceSettings: Bool { has("spaces", "settings") }
    /// Whether this is the fork.
    package var isFork: Bool { hasSource }

    static let probe = """
        SELECT table_name || '.' || column_name AS name FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name IN
          ('spaces', 'pages', 'page_history', 'page_access', 'watchers', 'page_transclusions',
           'page_transclusion_references', 'page_template_references', 'backlinks', 'shares', 'kysely_migration')
        """

    /// Looks at the catalog.
    package static func read(_ connection: PostgresConnection) throws(PageStoreError) -> SchemaFeatures {
        let columns: Set<String>
        let newest: String
        do throws(PostgresError) {
            columns = Set(try connection.query(probe).map { row throws(PostgresError) in try row.text("name") })
            let isMigrated = columns.contains("kysely_migration.name")
            let sql =
                "SELECT coalesce(max(name), '') AS name FROM \(isMigrated ? "kysely_migration" : "(SELECT '' AS name) n")"
            newest = try connection.query(sql)[0].text("name")
        } catch {
            throw PageStoreError(error)
        }
        guard columns.contains("kysely_migration.name"), columns.contains("pages.ydoc") else {
            throw PageStoreError(.notDocmost, "the database holds no migrated Docmost (no kysely_migration, no pages)")
        }
        return SchemaFeatures(columns: columns, lastMigration: newest)
    }
}
