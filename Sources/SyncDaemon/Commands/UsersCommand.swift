import ArgumentParser
import Base
import Postgres

/// Ids of the wiki's users: an operator needs one for `GIT_SYNC_SERVICE_USER_ID`, and Docmost shows none.
struct UsersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users",
        abstract: "Lists the wiki's users with their UUIDs."
    )
    @OptionGroup var installation: InstallationOptions
    @Argument(help: "Only users whose e-mail address or name contains this.") var text: String?

    func run() throws {
        let rows = try Operator(installation).postgres().query(
            """
            SELECT id, email, coalesce(name, '') AS name, (deactivated_at IS NOT NULL) AS gone FROM users
            WHERE deleted_at IS NULL AND strpos(lower(email || ' ' || coalesce(name, '')), lower($1)) > 0
            ORDER BY lower(email), id
            """,
            [.text(text ?? "")]
        )
        let lines = try rows.map { (row) throws(PostgresError) in
            let id: UserID = try row.id("id")
            let state = try row.bool("gone") ? "  (deactivated)" : ""
            return "\(id)  \(try row.text("email"))  \(try row.text("name"))\(state)"
        }
        lines.forEach { print(terminalText($0)) }
        if rows.isEmpty { print("no such user") }
    }
}
