import Foundation
import Synchronization

/// A private Redis on a loopback port, without persistence.
package final class RedisServer: Sendable {
    package let port: Int
    private let directory: TemporaryDirectory
    private let server: Mutex<ServerProcess>

    package init() throws {
        directory = try TemporaryDirectory("dg-redis")
        port = try freePort()
        server = Mutex(try RedisServer.launch(directory: directory, port: port))
        try waitForAnswer()
    }

    /// One server a test process, for tests that use keys of their own.
    package static func shared() throws -> RedisServer {
        try running.withLock { server in
            if let server { return server }
            let started = try RedisServer()
            server = started
            return started
        }
    }

    private static let running = Mutex<RedisServer?>(nil)

    package var url: String { "redis://127.0.0.1:\(port)/0" }

    private static func launch(directory: TemporaryDirectory, port: Int) throws -> ServerProcess {
        try ServerProcess(
            [
                "redis-server", "--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir",
                directory.path, "--unixsocket", directory.file("redis.sock"),
            ],
            log: directory.file("redis.log")
        )
    }

    private func waitForAnswer() throws {
        try waitUntil("Redis answers") {
            try runProgramResult(["redis-cli", "-p", "\(port)", "ping"]).output == "PONG\n"
        }
    }

    package var socketPath: String { directory.file("redis.sock") }

    package func stop() { server.withLock { $0.stop() } }

    package func start() throws {
        let launched = try RedisServer.launch(directory: directory, port: port)
        server.withLock { $0 = launched }
        try waitForAnswer()
    }

    /// Ends the server and starts it again, with or without what it held.
    package func restart(keepingData: Bool) throws {
        // Without a save point Redis forgets at its end; a saved file is read at its start.
        if keepingData { try command("SAVE") }
        stop()
        try start()
        try? FileManager.default.removeItem(atPath: directory.file("dump.rdb"))
    }

    /// One command through redis-cli; its raw output without the final newline.
    @discardableResult
    package func command(_ arguments: String...) throws -> String {
        let output = try runProgram(["redis-cli", "-p", "\(port)", "--raw"] + arguments)
        return output.hasSuffix("\n") ? String(output.dropLast()) : output
    }

    /// What thirty seconds do to the lease of a killed holder, and ten to its claim of a page.
    package func expireLocks() throws {
        let keys =
            try command("--scan", "--pattern", "git-sync:lock:*") + "\n"
            + command("--scan", "--pattern", "collabLock:*")
        for key in keys.split(separator: "\n") { try command("DEL", String(key)) }
    }

    /// Seconds since its start. A page without a lock counts as closed only when Redis has been up for 15 s.
    package func uptime() throws -> Int {
        let lines = try command("INFO", "server").split(whereSeparator: \.isNewline)
        let line = lines.first { $0.hasPrefix("uptime_in_seconds:") } ?? ""
        return Int(line.drop { !$0.isNumber }.prefix { $0.isNumber }) ?? 0
    }
}
