import Foundation

/// A workspace with people and spaces, as rows in a fresh database. All passwords are `SampleWorkspace.password`.
package struct SampleWorkspace: Sendable {
    package static let password = "correct horse"
    /// bcrypt of the password; cost 4 where Docmost writes 12, so that tests are not about waiting.
    package static let passwordHash = "$2b$04$6rtqLX6Ac8am0fKI6kIsZedC2.zL3/c7FARKAtPw44tD9AwEaZl3C"

    package let databaseURL: String

    package static let workspace = "0198c6a2-0000-7000-8000-000000000001"
    /// Workspace owner and admin of the handbook.
    package static let ada = "0198c6a2-0000-7000-8000-0000000000a1"
    /// Writer.
    package static let wren = "0198c6a2-0000-7000-8000-0000000000a2"
    /// Reader.
    package static let rita = "0198c6a2-0000-7000-8000-0000000000a3"
    /// Member of no space.
    package static let otto = "0198c6a2-0000-7000-8000-0000000000a4"
    /// The service user: writer.
    package static let robot = "0198c6a2-0000-7000-8000-0000000000a5"
    /// Opted in, slug `handbook`.
    package static let handbook = "0198c6a2-0000-7000-8000-0000000000b1"
    /// Not opted in, slug `private`.
    package static let privateSpace = "0198c6a2-0000-7000-8000-0000000000b2"

    /// Creates the rows in the database of `databaseURL`.
    package init(databaseURL: String) throws {
        self.databaseURL = databaseURL
        try PostgresServer.sql(Self.rows, url: databaseURL)
    }

    /// A workspace in a new database of the shared PostgreSQL.
    package init(_ variant: PostgresServer.Variant = .upstream) throws {
        try self.init(databaseURL: PostgresServer.shared().createDatabase(variant))
    }

    /// Runs SQL in the workspace's database.
    @discardableResult
    package func sql(_ statement: String) throws -> String {
        try PostgresServer.sql(statement, url: databaseURL)
    }

    private static var rows: String {
        """
        INSERT INTO workspaces (id, name, hostname) VALUES ('\(workspace)', 'Sample', 'sample');
        INSERT INTO users (id, name, email, password, role, workspace_id, email_verified_at) VALUES
          ('\(ada)', 'Ada Admin', 'ada@example.org', '\(passwordHash)', 'owner', '\(workspace)', now()),
          ('\(wren)', 'Wren Writer', 'wren@example.org', '\(passwordHash)', 'member', '\(workspace)', now()),
          ('\(rita)', 'Rita Reader', 'rita@example.org', '\(passwordHash)', 'member', '\(workspace)', now()),
          ('\(otto)', 'Otto Outsider', 'otto@example.org', '\(passwordHash)', 'member', '\(workspace)', now()),
          ('\(robot)', 'Git Sync', 'git-sync@example.org', NULL, 'member', '\(workspace)', now());
        INSERT INTO spaces (id, name, slug, workspace_id, creator_id, settings) VALUES
          ('\(handbook)', 'Handbook', 'handbook', '\(workspace)', '\(ada)', '{"gitSync":{"enabled":true}}'),
          ('\(privateSpace)', 'Private', 'private', '\(workspace)', '\(ada)', NULL);
        INSERT INTO space_members (user_id, space_id, role, added_by_id) VALUES
          ('\(ada)', '\(handbook)', 'admin', '\(ada)'), ('\(wren)', '\(handbook)', 'writer', '\(ada)'),
          ('\(rita)', '\(handbook)', 'reader', '\(ada)'), ('\(robot)', '\(handbook)', 'writer', '\(ada)'),
          ('\(ada)', '\(privateSpace)', 'admin', '\(ada)'), ('\(wren)', '\(privateSpace)', 'writer', '\(ada)');
        """
    }

    /// A page made of paragraphs, as Docmost would have made it but without a Yjs state.
    package func insertPage(
        id: String = UUID().uuidString.lowercased(),
        title: String,
        paragraphs: [String],
        parent: String? = nil,
        space: String = SampleWorkspace.handbook,
        position: String = "a0"
    ) throws {
        let content = paragraphs.map {
            "{\"type\":\"paragraph\",\"content\":[{\"type\":\"text\",\"text\":\"\($0)\"}]}"
        }
        let slug = String(id.replacingOccurrences(of: "-", with: "").suffix(10))
        let parentValue = parent.map { "'\($0)'" } ?? "NULL"
        try sql(
            """
            INSERT INTO pages (id, slug_id, title, content, text_content, parent_page_id, space_id, workspace_id,
                               creator_id, last_updated_by_id, position)
            VALUES ('\(id)', '\(slug)', $t$\(title)$t$, $c${"type":"doc","content":[\(content.joined(separator: ","))]}$c$,
                    $x$\(paragraphs.joined(separator: "\n\n"))$x$, \(parentValue), '\(space)', '\(Self.workspace)',
                    '\(Self.ada)', '\(Self.ada)', '\(position)');
            """
        )
    }
}
