package import Postgres

/// Which of the tables and columns that came with later versions of Docmost are there.
///
/// A missing one means that the feature does not exist in that version, so that nothing is demanded in its name.
package struct DirectorySchema: OptionSet, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let enforceSSO = DirectorySchema(rawValue: 1)
    package static let enforceMFA = DirectorySchema(rawValue: 2)
    package static let userMFA = DirectorySchema(rawValue: 4)
    package static let spaceSettings = DirectorySchema(rawValue: 8)
    package static let deactivatedAt = DirectorySchema(rawValue: 16)
    package static let userDeletedAt = DirectorySchema(rawValue: 32)
    package static let emailVerifiedAt = DirectorySchema(rawValue: 64)
    package static let spaceDeletedAt = DirectorySchema(rawValue: 128)

    private static let columns: [(table: String, column: String, feature: DirectorySchema)] = [
        ("workspaces", "enforce_sso", .enforceSSO), ("workspaces", "enforce_mfa", .enforceMFA),
        ("user_mfa", "is_enabled", .userMFA), ("spaces", "settings", .spaceSettings),
        ("users", "deactivated_at", .deactivatedAt), ("users", "deleted_at", .userDeletedAt),
        ("users", "email_verified_at", .emailVerifiedAt), ("spaces", "deleted_at", .spaceDeletedAt),
    ]

    /// Asks the catalog.
    package static func probe(_ connection: PostgresConnection) throws(PostgresError) -> DirectorySchema {
        let rows = try connection.query(
            """
            SELECT table_name::text AS table_name, column_name::text AS column_name
            FROM information_schema.columns
            WHERE table_schema = current_schema() AND table_name IN ('workspaces', 'users', 'spaces', 'user_mfa')
            """
        )
        let found = Set(
            try rows.map { (row) throws(PostgresError) in
                try row.text("table_name") + "." + row.text("column_name")
            }
        )
        var schema: DirectorySchema = []
        for entry in columns where found.contains("\(entry.table).\(entry.column)") { schema.insert(entry.feature) }
        return schema
    }
}
