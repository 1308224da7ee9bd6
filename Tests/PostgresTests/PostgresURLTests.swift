import Base
import Testing

@testable import Postgres

struct PostgresURLTests {
    private func keywords(_ url: String) throws -> [String: String] {
        Dictionary(try PostgresURL(url).keywords.map { ($0.name, $0.value) }) { $1 }
    }

    @Test("a plain URL becomes libpq's keywords")
    func plain() throws {
        let parsed = try keywords("postgresql://docmost:secret@db:5433/wiki")
        let expected = ["host": "db", "port": "5433", "user": "docmost", "password": "secret", "dbname": "wiki"]
        #expect(parsed == expected.merging(["gssencmode": "disable"]) { $1 })
    }

    @Test("Kerberos is looked for only where the URL asks for it")
    func kerberos() throws {
        #expect(try keywords("postgres://u@h/d")["gssencmode"] == "disable")
        #expect(try keywords("postgres://u@h/d?gssencmode=prefer")["gssencmode"] == "prefer")
    }

    @Test("parameters of other libraries are dropped, Prisma's schema among them")
    func foreignParameters() throws {
        let parsed = try keywords("postgres://u@h/d?schema=public&connection_limit=5&statement_cache_size=0")
        #expect(parsed == ["host": "h", "user": "u", "dbname": "d", "gssencmode": "disable"])
    }

    @Test(
        "modes of encryption are spelled as libpq spells them",
        arguments: [
            ("sslmode=no-verify", "require"), ("ssl=true", "require"), ("sslmode=disable&ssl=true", "disable"),
            ("sslaccept=strict", "verify-full"), ("sslmode=verify-ca", "verify-ca"),
        ]
    )
    func encryption(query: String, expected: String) throws {
        #expect(try keywords("postgresql://h/d?\(query)")["sslmode"] == expected)
    }

    @Test("passwords may be percent-encoded or hold an at sign as typed")
    func passwords() throws {
        #expect(try keywords("postgresql://u:p%40ss%2Fword@h/d")["password"] == "p@ss/word")
        #expect(try keywords("postgresql://u:p@ss@h/d")["password"] == "p@ss")
    }

    @Test("IPv6 hosts and Unix sockets are understood")
    func places() throws {
        #expect(try keywords("postgresql://[::1]:5432/d")["host"] == "::1")
        #expect(try keywords("postgresql://%2Frun%2Fpostgresql/d")["host"] == "/run/postgresql")
        #expect(try keywords("postgresql:///d?host=/run/postgresql")["host"] == "/run/postgresql")
    }

    @Test(
        "what is no PostgreSQL URL is refused",
        arguments: ["", "mysql://h/d", "postgresql://h:port/d", "postgresql://h/d?sslmode=maybe"]
    )
    func refused(url: String) {
        #expect(throws: PostgresError.self) { try PostgresURL(url) }
    }

    @Test("a pooled URL is remembered, because PgBouncer keeps no prepared statements")
    func pooled() throws {
        #expect(try PostgresURL("postgresql://h/d?pgbouncer=true").isPooled)
    }
}
