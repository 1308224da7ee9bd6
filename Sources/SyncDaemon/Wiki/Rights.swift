import Base
import Postgres

/// Whether a person may change pages of a space now: a live account whose highest role there, direct or by group, is
/// writer or admin. The workspace's owner has no right by that alone.
func isWriter(_ user: UserID, in space: SpaceID, on connection: PostgresConnection) throws(PostgresError) -> Bool {
    let rows = try connection.query(
        """
        SELECT 1 FROM users u JOIN space_members m ON m.space_id = $1 AND m.role IN ('writer', 'admin')
          AND (m.user_id = u.id OR m.group_id IN (SELECT group_id FROM group_users WHERE user_id = u.id))
        WHERE u.id = $2 AND u.deleted_at IS NULL AND u.deactivated_at IS NULL LIMIT 1
        """,
        [.id(space), .id(user)]
    )
    return !rows.isEmpty
}
