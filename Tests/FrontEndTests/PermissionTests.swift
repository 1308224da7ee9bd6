import Foundation
import TestSupport
import Testing

/// One line of the permission matrix: how an account stands, and what it gets.
struct PermissionCase: Sendable, CustomTestStringConvertible {
    let name: String
    /// SQL that makes the account `casey` what the name says.
    let setup: String
    let fetch: Int
    let push: Int
    var space = SampleWorkspace.handbook

    var testDescription: String { name }
}

private let casey = "0198c6a2-0000-7000-8000-0000000000c1"
private let group = "0198c6a2-0000-7000-8000-0000000000d1"
private let workspace = SampleWorkspace.workspace
private let handbook = SampleWorkspace.handbook

private func member(_ role: String, workspaceRole: String = "member") -> String {
    """
    UPDATE users SET role = '\(workspaceRole)' WHERE id = '\(casey)';
    INSERT INTO space_members (user_id, space_id, role) VALUES ('\(casey)', '\(handbook)', '\(role)');
    """
}

private func grouped(_ role: String, workspaceRole: String = "member") -> String {
    """
    UPDATE users SET role = '\(workspaceRole)' WHERE id = '\(casey)';
    INSERT INTO groups (id, name, workspace_id, is_default) VALUES ('\(group)', 'Writers', '\(workspace)', false);
    INSERT INTO group_users (user_id, group_id) VALUES ('\(casey)', '\(group)');
    INSERT INTO space_members (group_id, space_id, role) VALUES ('\(group)', '\(handbook)', '\(role)');
    """
}

private let roles: [(String, Int)] = [("admin", 200), ("writer", 200), ("reader", 403)]

private let memberships: [PermissionCase] = ["owner", "admin", "member"].flatMap { workspaceRole in
    roles.flatMap { role, push in
        [
            PermissionCase(
                name: "\(workspaceRole), \(role) directly",
                setup: member(role, workspaceRole: workspaceRole),
                fetch: 200,
                push: push
            ),
            PermissionCase(
                name: "\(workspaceRole), \(role) by group",
                setup: grouped(role, workspaceRole: workspaceRole),
                fetch: 200,
                push: push
            ),
        ]
    } + [
        PermissionCase(
            name: "\(workspaceRole), no member",
            setup: "UPDATE users SET role = '\(workspaceRole)' WHERE id = '\(casey)';",
            fetch: 404,
            push: 404
        )
    ]
}

private let accountStates: [PermissionCase] = [
    PermissionCase(name: "the highest role counts", setup: member("reader") + grouped("writer"), fetch: 200, push: 200),
    PermissionCase(
        name: "deactivated",
        setup: member("admin") + "UPDATE users SET deactivated_at = now() WHERE id = '\(casey)';",
        fetch: 401,
        push: 401
    ),
    PermissionCase(
        name: "deleted",
        setup: member("admin") + "UPDATE users SET deleted_at = now() WHERE id = '\(casey)';",
        fetch: 401,
        push: 401
    ),
    PermissionCase(
        name: "no password",
        setup: member("admin") + "UPDATE users SET password = NULL WHERE id = '\(casey)';",
        fetch: 401,
        push: 401
    ),
    PermissionCase(
        name: "single sign-on enforced",
        setup: member("admin") + "UPDATE workspaces SET enforce_sso = true;",
        fetch: 401,
        push: 401
    ),
    PermissionCase(
        name: "second factor enforced",
        setup: member("admin") + "UPDATE workspaces SET enforce_mfa = true;",
        fetch: 401,
        push: 401
    ),
    PermissionCase(
        name: "second factor in use",
        setup: member("admin")
            + "INSERT INTO user_mfa (user_id, workspace_id, is_enabled) VALUES ('\(casey)', '\(workspace)', true);",
        fetch: 401,
        push: 401
    ),
    PermissionCase(
        name: "second factor set up and switched off",
        setup: member("admin")
            + "INSERT INTO user_mfa (user_id, workspace_id, is_enabled) VALUES ('\(casey)', '\(workspace)', false);",
        fetch: 200,
        push: 200
    ),
    PermissionCase(
        name: "space that does not take part",
        setup: member("admin") + "UPDATE spaces SET settings = '{\"gitSync\":{\"enabled\":false}}';",
        fetch: 404,
        push: 404
    ),
    PermissionCase(
        name: "space without settings",
        setup: member("admin") + "UPDATE spaces SET settings = NULL;",
        fetch: 404,
        push: 404
    ),
    PermissionCase(name: "unknown space", setup: member("admin"), fetch: 404, push: 404, space: "nowhere"),
    PermissionCase(
        name: "account of another workspace",
        setup: """
            INSERT INTO workspaces (id, name, hostname, created_at)
            VALUES ('0198c6a2-0000-7000-8000-00000000000e', 'Other', 'other', now() + interval '1 day');
            UPDATE users SET workspace_id = '0198c6a2-0000-7000-8000-00000000000e' WHERE id = '\(casey)';
            """ + member("admin"),
        fetch: 401,
        push: 401
    ),
]

@Suite("The permission matrix", .serialized)
struct PermissionTests {
    @Test("Roles, account states and workspace rules give the expected status", arguments: memberships + accountStates)
    func matrix(_ row: PermissionCase) throws {
        let site = try MatrixSite.shared()
        try site.restoreRows()
        try site.workspace.sql(row.setup)
        let login = (user: "casey", password: SampleWorkspace.password)
        #expect(try site.site.advertisement("upload-pack", space: row.space, login: login).status == row.fetch)
        #expect(try site.site.advertisement("receive-pack", space: row.space, login: login).status == row.push)
    }

    @Test("Single sign-on and second factors are named in the text")
    func reasons() throws {
        let site = try MatrixSite.shared()
        let login = (user: "casey", password: SampleWorkspace.password)
        func text(_ setup: String) throws -> String {
            try site.restoreRows()
            try site.workspace.sql(member("admin") + setup)
            return try site.site.advertisement("upload-pack", login: login).body
        }
        #expect(try text("UPDATE workspaces SET enforce_sso = true;").contains("single sign-on"))
        #expect(try text("UPDATE workspaces SET enforce_mfa = true;").contains("second factor"))
        let own = "INSERT INTO user_mfa (user_id, workspace_id, is_enabled) VALUES ('\(casey)', '\(workspace)', true);"
        #expect(try text(own).contains("Your account uses a second factor"))
        // Whoever does not know the password does not learn that there is a second factor.
        let wrong = try site.site.advertisement("upload-pack", login: ("casey", "wrong"))
        #expect(wrong.status == 401 && wrong.body == "E-mail or password is wrong.\n")
    }

    @Test(
        "Unknown, switched-off and foreign spaces look the same in every byte",
        arguments: ["upload-pack", "receive-pack"]
    )
    func indistinguishable(_ service: String) throws {
        let site = try MatrixSite.shared()
        try site.restoreRows()
        let login = (user: "casey", password: SampleWorkspace.password)
        let replies = try [handbook, "handbook", SampleWorkspace.privateSpace, "private", "nowhere", casey].map {
            space in
            var reply = try site.site.advertisement(service, space: space, login: login)
            reply = HTTPReply(
                status: reply.status,
                headers: reply.headers.filter { $0.key != "date" },
                body: reply.body
            )
            return reply
        }
        #expect(replies.allSatisfy { $0 == replies[0] && $0.status == 404 })
        #expect(Set(replies[0].headers.keys).isDisjoint(with: ["x-space", "location"]))
    }

    @Test("In the cloud the host name decides about the workspace")
    func cloud() throws {
        let workspace = try SampleWorkspace()
        let site = try Site(.nginxStream, workspace: workspace, settings: ["CLOUD": "true"])
        try site.makeRepository()
        let path = "/git/handbook.git/info/refs?service=git-upload-pack"
        #expect(try site.request(path, headers: ["Host: sample.example.org"]).status == 200)
        #expect(try site.request(path, headers: ["Host: SAMPLE.example.org:8443"]).status == 200)
        #expect(try site.request(path, headers: ["Host: other.example.org"]).status == 401)
        try workspace.sql("UPDATE users SET email_verified_at = NULL WHERE email = 'wren@example.org'")
        #expect(try site.request(path, headers: ["Host: sample.example.org"]).status == 401)
    }
}

/// The installation of the matrix: its rows change from case to case.
private struct MatrixSite {
    let site: Site
    var workspace: SampleWorkspace { site.workspace }

    private static let made = Result { () throws -> MatrixSite in
        let site = try Site(.nginxStream)
        try site.makeRepository()
        return MatrixSite(site: site)
    }

    static func shared() throws -> MatrixSite { try made.get() }

    /// Puts the rows back as they were, and forgets failed logins.
    func restoreRows() throws {
        _ = try site.redis.command("FLUSHALL")
        try workspace.sql(
            """
            DELETE FROM user_mfa; DELETE FROM space_members WHERE group_id = '\(group)' OR user_id = '\(casey)';
            DELETE FROM group_users WHERE group_id = '\(group)'; DELETE FROM groups WHERE id = '\(group)';
            DELETE FROM users WHERE id = '\(casey)'; DELETE FROM workspaces WHERE id <> '\(SampleWorkspace.workspace)';
            UPDATE workspaces SET enforce_sso = false, enforce_mfa = false;
            UPDATE spaces SET settings = '{"gitSync":{"enabled":true}}' WHERE id = '\(handbook)';
            UPDATE spaces SET settings = NULL WHERE id <> '\(handbook)';
            INSERT INTO users (id, name, email, password, role, workspace_id, email_verified_at)
            VALUES ('\(casey)', 'Casey', 'casey@example.org', '\(SampleWorkspace.passwordHash)', 'member',
                    '\(SampleWorkspace.workspace)', now());
            """
        )
    }
}
