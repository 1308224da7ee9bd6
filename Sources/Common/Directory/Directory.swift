// Directory: Docmost's users, spaces and roles.
//
// One statement answers everything the host asks about a request, so that a request costs one round trip. The caller
// gives the connection and remembers the schema; plain CGI keeps the latter on disk.

import Base
package import Postgres

/// Where a request's workspace comes from.
package enum WorkspaceRule: Hashable, Sendable {
    /// Self-hosted: the oldest one.
    case oldest
    /// Cloud: the one of this host name, compared without letter case.
    case hostname(String)
}

/// Users, spaces and roles, read over one connection; confined to the thread of that connection.
package struct Directory {
    private let connection: PostgresConnection
    package let schema: DirectorySchema

    package init(_ connection: PostgresConnection, schema: DirectorySchema) {
        self.connection = connection
        self.schema = schema
    }

    /// Answers in one round trip who an e-mail address is, which space a text names, and the role there.
    ///
    /// - Parameter space: the UUID or the slug in any letter case; nil when the request names none.
    package func identify(
        email: String,
        space: String?,
        in rule: WorkspaceRule
    ) throws(PostgresError) -> Identified {
        let hostname: String? = if case .hostname(let name) = rule { name } else { nil }
        let rows = try connection.query(
            IdentifyStatement(schema: schema, rule: rule).text,
            [.text(email), .id(space.flatMap { SpaceID($0) }), .text(space ?? "")]
                + (hostname.map { [.text($0)] } ?? [])
        )
        guard let row = rows.first else { return .nothing }
        return try identified(row)
    }

    private func identified(_ row: PostgresRow) throws(PostgresError) -> Identified {
        let workspace: WorkspaceID = try row.id("workspace_id")
        let rules = WorkspaceRules(
            id: workspace,
            enforcesSSO: try row.optionalBool("enforce_sso") ?? false,
            enforcesMFA: try row.optionalBool("enforce_mfa") ?? false
        )
        let spaceID: SpaceID? = try row.optionalID("space_id")
        return Identified(
            workspace: rules,
            account: try account(row),
            space: spaceID == nil ? nil : try space(row, workspace: workspace),
            role: try row.optionalInt("role").flatMap(SpaceRole.init(rawValue:))
        )
    }

    private func account(_ row: PostgresRow) throws(PostgresError) -> Account? {
        guard let id: UserID = try row.optionalID("user_id") else { return nil }
        return Account(
            id: id,
            email: try row.text("user_email"),
            name: try row.text("user_name"),
            passwordHash: try row.optionalText("password").map(Secret.init),
            isDeactivated: try row.bool("is_deactivated"),
            isDeleted: try row.bool("is_deleted"),
            isEmailVerified: try row.bool("is_verified"),
            usesMFA: try row.bool("uses_mfa")
        )
    }

    private func space(_ row: PostgresRow, workspace: WorkspaceID) throws(PostgresError) -> Space {
        Space(
            id: try row.id("space_id"),
            slug: try row.text("space_slug"),
            name: try row.text("space_name"),
            workspace: workspace,
            isSynced: try row.bool("is_synced")
        )
    }
}
