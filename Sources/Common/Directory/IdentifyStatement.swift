/// The statement behind `Directory.identify`, put together from fixed texts for the columns that exist.
///
/// `$1` e-mail, `$2` space by id, `$3` space by slug, `$4` host name of the workspace (only in the cloud).
/// It does the same work whether or not the space exists or the account is a member: the time tells nothing.
struct IdentifyStatement {
    let schema: DirectorySchema
    let rule: WorkspaceRule

    var text: String {
        """
        SELECT w.id AS workspace_id, w.enforce_sso, w.enforce_mfa,
               u.id AS user_id, u.email AS user_email, u.name AS user_name, u.password,
               u.is_deactivated, u.is_deleted, u.is_verified, u.uses_mfa,
               s.id AS space_id, s.slug AS space_slug, s.name AS space_name, s.is_synced, r.role
        FROM (\(workspace)) w
        LEFT JOIN LATERAL (\(account)) u ON true
        LEFT JOIN LATERAL (\(space)) s ON true
        LEFT JOIN LATERAL (\(role)) r ON true
        """
    }

    private var workspace: String {
        let columns = """
            id, \(column("enforce_sso", .enforceSSO)) AS enforce_sso, \(column("enforce_mfa", .enforceMFA)) AS enforce_mfa
            """
        return switch rule {
        case .oldest: "SELECT \(columns) FROM workspaces ORDER BY created_at ASC LIMIT 1"
        case .hostname: "SELECT \(columns) FROM workspaces WHERE lower(hostname) = lower($4::text) LIMIT 1"
        }
    }

    /// The unique index on e-mail addresses minds the letter case, so there can be two: the living, older one is meant.
    private var account: String {
        let mfa =
            schema.contains(.userMFA)
            ? "EXISTS (SELECT 1 FROM user_mfa m WHERE m.user_id = a.id AND m.is_enabled)" : "false"
        return """
            SELECT a.id, a.email::text AS email, coalesce(a.name, '')::text AS name, a.password::text AS password,
                   \(isSet("a.deactivated_at", .deactivatedAt)) AS is_deactivated,
                   \(isSet("a.deleted_at", .userDeletedAt)) AS is_deleted,
                   \(isSet("a.email_verified_at", .emailVerifiedAt)) AS is_verified, \(mfa) AS uses_mfa
            FROM users a WHERE a.workspace_id = w.id AND lower(a.email) = lower($1::text)
            ORDER BY \(isSet("a.deleted_at", .userDeletedAt)), a.created_at LIMIT 1
            """
    }

    private var space: String {
        let synced =
            schema.contains(.spaceSettings)
            ? "coalesce(p.settings->'gitSync'->>'enabled' = 'true', false)" : "false"
        let living = schema.contains(.spaceDeletedAt) ? "AND p.deleted_at IS NULL" : ""
        return """
            SELECT p.id, coalesce(p.slug, '')::text AS slug, coalesce(p.name, '')::text AS name, \(synced) AS is_synced
            FROM spaces p
            WHERE p.workspace_id = w.id AND (p.id = $2::uuid OR lower(p.slug) = lower($3::text)) \(living)
            ORDER BY (p.id = $2::uuid) IS TRUE DESC LIMIT 1
            """
    }

    private var role: String {
        """
        SELECT max(CASE m.role WHEN 'admin' THEN 3 WHEN 'writer' THEN 2 WHEN 'reader' THEN 1 END) AS role
        FROM space_members m
        WHERE m.space_id = s.id
          AND (m.user_id = u.id OR m.group_id IN (SELECT g.group_id FROM group_users g WHERE g.user_id = u.id))
        """
    }

    private func column(_ name: String, _ feature: DirectorySchema) -> String {
        schema.contains(feature) ? name : "false"
    }

    private func isSet(_ column: String, _ feature: DirectorySchema) -> String {
        schema.contains(feature) ? "\(column) IS NOT NULL" : "false"
    }
}
