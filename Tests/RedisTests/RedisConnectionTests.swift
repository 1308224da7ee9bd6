import Base
import TestSupport
import Testing

@testable import Redis

@Suite(.serialized)
struct RedisConnectionTests {
    let server: RedisServer
    let connection: RedisConnection

    init() throws {
        server = try RedisServer.shared()
        connection = try RedisConnection(url: server.url)
    }

    @Test("values are safe for any byte")
    func binary() throws {
        let value = (0...255).map { UInt8($0) }
        #expect(try connection.command(["SET", "binary", RedisArgument(value)]) == .status("OK"))
        #expect(try connection.command(["GET", "binary"]).bytes == value)
        #expect(try connection.command(["GET", "missing"]).isNull)
    }

    @Test("an empty value is not a missing one")
    func empty() throws {
        try connection.command(["SET", "empty", ""])
        #expect(try connection.command(["GET", "empty"]).bytes == [])
    }

    @Test("replies nest")
    func nested() throws {
        let reply = try connection.eval("return {1, 'two', {3, false}}", keys: [])
        #expect(reply == .array([.integer(1), .bytes(Array("two".utf8)), .array([.integer(3), .null])]))
    }

    @Test("a refusal is thrown and leaves the connection usable")
    func refusal() throws {
        let error = #expect(throws: RedisError.self) { try connection.command(["NOSUCHCOMMAND"]) }
        #expect(error?.code == .refused)
        #expect(try connection.command(["PING"]).text == "PONG")
    }

    @Test("a script is loaded once, and again after the server has forgotten it")
    func scripts() throws {
        let script = "return redis.call('INCRBY', KEYS[1], ARGV[1])"
        let key = RedisArgument("count-\(randomWord())")
        #expect(try connection.eval(script, keys: [key], arguments: [2]).integer == 2)
        try connection.command(["SCRIPT", "FLUSH"])
        #expect(try connection.eval(script, keys: [key], arguments: [3]).integer == 5)
    }

    @Test("a connection that the server ended is made again before the next command")
    func reconnects() throws {
        let id = try #require(try connection.command(["CLIENT", "ID"]).integer)
        try server.command("CLIENT", "KILL", "ID", "\(id)")
        sleep(milliseconds: 20)
        #expect(try connection.command(["PING"]).text == "PONG")
    }

    @Test("a write to a server that has gone is an error, not a signal")
    func noSignal() throws {
        let own = try RedisServer()
        let broken = try RedisConnection(url: own.url)
        own.stop()
        for _ in 0..<3 { #expect(throws: RedisError.self) { try broken.command(["PING"]) } }
        try own.start()
        #expect(try broken.command(["PING"]).text == "PONG")
    }

    @Test("a command without an answer ends at its deadline")
    func timeout() throws {
        let impatient = try RedisConnection(
            url: server.url,
            timeouts: RedisTimeouts(connectMilliseconds: 500, commandMilliseconds: 60)
        )
        let error = #expect(throws: RedisError.self) { try impatient.command(["BLPOP", "nothing-here", 2]) }
        #expect(error?.code == .timedOut)
        #expect(try impatient.command(["PING"]).text == "PONG")
    }

    @Test("the number of the database is taken from the path")
    func database() throws {
        let other = try RedisConnection(url: "redis://ignored:@127.0.0.1:\(server.port)/5")
        try other.command(["SET", "place", "five"])
        #expect(try connection.command(["GET", "place"]).isNull)
    }

    @Test("a Unix socket is an address")
    func unixSocket() throws {
        #expect(try RedisConnection(url: "unix://\(server.socketPath)").command(["PING"]).text == "PONG")
        #expect(try RedisConnection(url: "unix:\(server.socketPath)").command(["PING"]).text == "PONG")
    }

    @Test("a password is sent, the user name is not")
    func password() throws {
        let own = try RedisServer()
        try own.command("CONFIG", "SET", "requirepass", "s3cret@")
        #expect(
            try RedisConnection(url: "redis://docmost:s3cret%40@127.0.0.1:\(own.port)").command(["PING"]).text == "PONG"
        )
        let error = #expect(throws: RedisError.self) {
            try RedisConnection(url: "redis://:wrong@127.0.0.1:\(own.port)")
        }
        #expect(error?.code == .cannotConnect)
        #expect(error?.description.contains("wrong@") == false)
    }

    @Test("what is not supported is refused clearly", arguments: ["rediss://h", "http://h", "redis://h/zero", ""])
    func refusedURLs(url: String) {
        let error = #expect(throws: RedisError.self) { try RedisURL(url) }
        #expect(error?.code == .invalidURL)
    }
}
