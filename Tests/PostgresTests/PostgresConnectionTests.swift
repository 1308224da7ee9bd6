import Base
import Postgres
import TestSupport
import Testing

@Suite(.serialized)
struct PostgresConnectionTests {
    let server: PostgresServer
    let connection: PostgresConnection

    init() throws {
        server = try PostgresServer.shared()
        connection = try PostgresConnection(url: server.url("postgres"))
    }

    @Test("every type of parameter comes back as it was sent")
    func roundTrip() throws {
        let id = PageID.fresh()
        let rows = try connection.query(
            """
            SELECT $1::bool AS flag, $2::int8 AS number, $3::text AS words, $4::bytea AS data, $5::uuid AS id,
                   $6::timestamptz AS time, $7::jsonb AS json, $8::uuid[] AS ids, $9::text AS nothing
            """,
            [
                .bool(true), .int(-7), .text("Ünï\u{1F600}'\\"), .bytes([0, 255, 39]), .id(id),
                .timestamp(1_700_000_000_123_456), .json(Array(#"{"a": [1, "\"x"]}"#.utf8)),
                .ids([id, PageID.fresh()]),
                .null,
            ]
        )
        let row = try #require(rows.first)
        #expect(try row.bool("flag"))
        #expect(try row.int("number") == -7)
        #expect(try row.text("words") == "Ünï\u{1F600}'\\")
        #expect(try row.bytes("data") == [0, 255, 39])
        #expect(try row.id("id") == id)
        #expect(try row.timestamp("time") == 1_700_000_000_123_456)
        #expect(try row.text("json") == #"{"a": [1, "\"x"]}"#)
        let ids: [PageID] = try row.ids("ids")
        #expect(ids.count == 2 && ids[0] == id)
        #expect(try row.optionalText("nothing") == nil)
        #expect(throws: PostgresError.self) { try row.text("nothing") }
        #expect(throws: PostgresError.self) { try row.int("words") }
        #expect(throws: PostgresError.self) { try row.int("missing") }
    }

    @Test("arrays are parameters")
    func arrays() throws {
        let sql =
            "SELECT cardinality($1::text[]) AS texts, cardinality($2::int8[]) AS ints, cardinality($3::uuid[]) AS none"
        let row = try #require(
            try connection.query(sql, [.texts(["a", ""]), .ints([1, 2, 3]), .ids([PageID]())]).first
        )
        #expect(try [row.int("texts"), row.int("ints"), row.int("none")] == [2, 3, 0])
    }

    @Test("empty bytes and empty text are not NULL")
    func emptyValues() throws {
        let row = try #require(
            try connection.query("SELECT $1::bytea AS a, $2::text AS b", [.bytes([]), .text("")]).first
        )
        #expect(try row.bytes("a") == [])
        #expect(try row.text("b") == "")
    }

    @Test("a text with U+0000 is refused instead of being cut")
    func zeroCharacter() {
        #expect(throws: PostgresError.self) { try connection.query("SELECT $1::text", [.text("a\0b")]) }
    }

    @Test("a refusal carries its SQLSTATE and leaves the connection usable")
    func refusal() throws {
        let error = #expect(throws: PostgresError.self) { try connection.query("SELECT * FROM nowhere") }
        #expect(error?.sqlState == "42P01")
        #expect(error?.isSchemaMismatch == true)
        #expect(try connection.query("SELECT 1 AS one").first?.optionalInt("one") == 1)
    }

    @Test("a transaction commits when its body returns and rolls back when it throws")
    func transactions() throws {
        try connection.query("CREATE TEMP TABLE counts (n int)")
        try connection.transaction { () throws(PostgresError) in
            try connection.query("INSERT INTO counts VALUES (1)")
        }
        #expect(throws: PostgresError.self) {
            try connection.transaction { () throws(PostgresError) in
                try connection.query("INSERT INTO counts VALUES (2)")
                try connection.query("SELECT 1/0")
            }
        }
        #expect(
            try connection.query("SELECT n FROM counts").map { row throws(PostgresError) in try row.int("n") } == [1]
        )
    }

    @Test("a body that swallows a refusal does not commit in silence")
    func swallowedRefusal() {
        #expect(throws: PostgresError.self) {
            try connection.transaction { () throws(PostgresError) in
                _ = try? connection.query("SELECT 1/0")
            }
        }
        #expect(!connection.isInTransaction)
    }

    @Test("a connection that the server ended is made again before the next statement")
    func reconnects() throws {
        let own = try #require(try connection.query("SELECT pg_backend_pid() AS pid").first?.int("pid"))
        try PostgresServer.sql("SELECT pg_terminate_backend(\(own))", url: server.url("postgres"))
        sleep(milliseconds: 50)
        let next = try #require(try connection.query("SELECT pg_backend_pid() AS pid").first?.int("pid"))
        #expect(next != own)
    }

    @Test("a connection lost inside a transaction is never made again in silence")
    func lostInTransaction() throws {
        let error = #expect(throws: PostgresError.self) {
            try connection.transaction { () throws(PostgresError) in
                let pid = try connection.query("SELECT pg_backend_pid() AS pid")[0].int("pid")
                _ = try? PostgresServer.sql("SELECT pg_terminate_backend(\(pid))", url: server.url("postgres"))
                sleep(milliseconds: 50)
                try connection.query("SELECT 1")
            }
        }
        #expect(error?.code == .connectionLost)
        #expect(try connection.query("SELECT 1 AS one").count == 1)
    }

    @Test("a statement that takes too long is ended by the server")
    func statementTimeout() throws {
        let impatient = try PostgresConnection(
            url: server.url("postgres"),
            timeouts: .init(connectMilliseconds: 2000, statementMilliseconds: 100)
        )
        let error = #expect(throws: PostgresError.self) { try impatient.query("SELECT pg_sleep(5)") }
        #expect(error?.sqlState == "57014")
        #expect(try impatient.query("SELECT 1 AS one").count == 1)
    }

    @Test("a pooled URL works without prepared statements")
    func pooled() throws {
        let pooled = try PostgresConnection(url: server.url("postgres") + "?pgbouncer=true&schema=public")
        for number in 0..<3 {
            #expect(try pooled.query("SELECT $1::int8 AS n", [.int(number)]).first?.optionalInt("n") == number)
        }
    }

    @Test("a server that is not there is a clear error")
    func nobodyListens() throws {
        let port = try freePort()
        let error = #expect(throws: PostgresError.self) {
            try PostgresConnection(url: "postgresql://docmost@127.0.0.1:\(port)/x")
        }
        #expect(error?.code == .cannotConnect)
        #expect(error?.description.contains("\n") == false)
    }
}
