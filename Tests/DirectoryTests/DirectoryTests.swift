import Base
import Postgres
import TestSupport
import Testing

@testable import Directory

@Suite("Users, spaces and roles in one round trip")
struct DirectoryTests {
    private struct Fixture {
        let workspace: SampleWorkspace
        let directory: Directory

        init(_ variant: PostgresServer.Variant = .upstream) throws {
            workspace = try SampleWorkspace(variant)
            let connection = try PostgresConnection(url: workspace.databaseURL)
            directory = Directory(connection, schema: try .probe(connection))
        }

        func identify(_ email: String, _ space: String?, _ rule: WorkspaceRule = .oldest) throws -> Identified {
            try directory.identify(email: email, space: space, in: rule)
        }
    }

    @Test("Every generation of Docmost's schema answers", arguments: PostgresServer.Variant.allCases)
    func variants(_ variant: PostgresServer.Variant) throws {
        let found = try Fixture(variant).identify("wren@example.org", SampleWorkspace.handbook)
        #expect(found.account?.id.description == SampleWorkspace.wren)
        #expect(found.account?.passwordHash?.revealed == SampleWorkspace.passwordHash)
        #expect(found.workspace?.enforcesSSO == false && found.workspace?.enforcesMFA == false)
        #expect(found.role == .writer)
        #expect(found.space?.slug == "handbook")
    }

    @Test("A space is found by its id or its slug, in any letter case")
    func names() throws {
        let fixture = try Fixture()
        for name in ["handbook", "HandBook", SampleWorkspace.handbook, SampleWorkspace.handbook.uppercased()] {
            #expect(try fixture.identify("wren@example.org", name).space?.id.description == SampleWorkspace.handbook)
        }
        #expect(try fixture.identify("wren@example.org", "nowhere").space == nil)
        #expect(try fixture.identify("wren@example.org", nil).space == nil)
        #expect(try fixture.identify("wren@example.org", "").space == nil)
    }

    @Test("An e-mail address is found in any letter case, and never as a pattern")
    func email() throws {
        let fixture = try Fixture()
        #expect(try fixture.identify("WREN@Example.org", nil).account?.id.description == SampleWorkspace.wren)
        for hostile in ["%", "wren@example.or_", "' OR 1=1 --", "", "wren@example.org'; DROP TABLE users; --"] {
            #expect(try fixture.identify(hostile, "handbook").account == nil)
        }
        #expect(try fixture.identify("wren@example.org", "handbook").account != nil)
    }

    @Test("Of two accounts that differ in letter case the living one is meant")
    func twins() throws {
        let fixture = try Fixture()
        try fixture.workspace.sql(
            """
            UPDATE users SET deleted_at = now() WHERE email = 'wren@example.org';
            INSERT INTO users (id, name, email, workspace_id)
            VALUES ('0198c6a2-0000-7000-8000-0000000000f1', 'New', 'Wren@example.org', '\(SampleWorkspace.workspace)');
            """
        )
        let found = try fixture.identify("wren@example.org", nil)
        #expect(found.account?.id.description == "0198c6a2-0000-7000-8000-0000000000f1")
    }

    @Test("The highest of direct and group roles counts, and nobody has a role by being the owner")
    func roles() throws {
        let fixture = try Fixture()
        #expect(try fixture.identify("otto@example.org", "handbook").role == nil)
        #expect(try fixture.identify("rita@example.org", "handbook").role == .reader)
        try fixture.workspace.sql(
            """
            UPDATE users SET role = 'owner' WHERE email = 'otto@example.org';
            INSERT INTO groups (id, name, workspace_id, is_default)
            VALUES ('0198c6a2-0000-7000-8000-0000000000d1', 'All', '\(SampleWorkspace.workspace)', true);
            INSERT INTO group_users (user_id, group_id) VALUES
              ('\(SampleWorkspace.rita)', '0198c6a2-0000-7000-8000-0000000000d1');
            INSERT INTO space_members (group_id, space_id, role)
            VALUES ('0198c6a2-0000-7000-8000-0000000000d1', '\(SampleWorkspace.handbook)', 'admin');
            """
        )
        #expect(try fixture.identify("otto@example.org", "handbook").role == nil)
        #expect(try fixture.identify("rita@example.org", "handbook").role == .admin)
    }

    @Test("Only a switch that is on makes a space take part", arguments: ["true", "false", "\"yes\"", "null", "1"])
    func synced(_ value: String) throws {
        let fixture = try Fixture()
        try fixture.workspace.sql("UPDATE spaces SET settings = '{\"gitSync\":{\"enabled\":\(value)}}'")
        #expect(try fixture.identify("wren@example.org", "handbook").space?.isSynced == (value == "true"))
    }

    @Test("The workspace is the oldest one, or the one of the host name")
    func workspaces() throws {
        let fixture = try Fixture()
        try fixture.workspace.sql(
            """
            INSERT INTO workspaces (id, name, hostname, created_at)
            VALUES ('0198c6a2-0000-7000-8000-00000000000e', 'Other', 'other', now() + interval '1 day')
            """
        )
        #expect(try fixture.identify("wren@example.org", nil, .hostname("SAMPLE")).account != nil)
        #expect(try fixture.identify("wren@example.org", "handbook", .hostname("other")).space == nil)
        #expect(try fixture.identify("wren@example.org", nil, .hostname("nobody")) == .nothing)
        #expect(try fixture.identify("wren@example.org", nil).account != nil)
    }
}
