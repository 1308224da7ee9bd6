import TestSupport
import Testing

@Suite("The servers of the tests")
struct ServerTests {
    @Test("PostgreSQL runs with every variant of the schema", arguments: PostgresServer.Variant.allCases)
    func postgres(variant: PostgresServer.Variant) throws {
        let url = try PostgresServer.shared().createDatabase(variant)
        let tables = try PostgresServer.sql(
            "SELECT to_regclass('pages') IS NOT NULL, to_regclass('page_access') IS NULL",
            url: url
        )
        #expect(tables == (variant == .older ? "t|t" : "t|f"))
    }

    @Test("Redis answers, goes and comes back")
    func redis() throws {
        let server = try RedisServer()
        #expect(try server.command("SET", "a", "1") == "OK")
        server.stop()
        #expect(throws: ServerFailure.self) { try server.command("GET", "a") }
        try server.start()
        #expect(try server.command("GET", "a") == "")
    }
}
