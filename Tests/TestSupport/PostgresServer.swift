import Foundation
import Synchronization

/// A private PostgreSQL on loopback: one cluster a test process, a fresh database a test.
///
/// Durability is off: the tests are about our transactions, not about PostgreSQL's.
package final class PostgresServer: Sendable {
    /// The generations of Docmost's schema that the product must work with.
    package enum Variant: String, CaseIterable, Sendable {
        case upstream
        case gitmost
        case older
    }

    /// The cluster of this test process, started on first use.
    package static func shared() throws -> PostgresServer {
        try running.withLock { server in
            if let server { return server }
            let started = try PostgresServer()
            server = started
            return started
        }
    }

    private static let running = Mutex<PostgresServer?>(nil)

    package let port: Int
    private let directory: TemporaryDirectory
    private let server: Mutex<ServerProcess>
    private let templates = Mutex<Set<Variant>>([])
    private let counter = Mutex(0)

    private let isDurable: Bool

    /// - Parameter isDurable: whether what was committed outlives `crash()`.
    package init(isDurable: Bool = false) throws {
        self.isDurable = isDurable
        directory = try TemporaryDirectory("dg-postgres")
        port = try freePort()
        if getuid() == 0 { try runProgram(["chown", "postgres", directory.path]) }
        let initialise = [
            PostgresServer.program("initdb"), "-D", directory.file("data"), "-A", "trust", "-U", "docmost", "-E",
            "UTF8",
            "--locale=C.UTF-8", "--no-sync",
        ]
        try runProgram(ServerProcess.asUser("postgres", initialise), directory: "/tmp")
        server = Mutex(try PostgresServer.launch(directory: directory, port: port, isDurable: isDurable))
        try waitForAnswer()
    }

    private static func launch(directory: TemporaryDirectory, port: Int, isDurable: Bool) throws -> ServerProcess {
        try ServerProcess(
            [
                program("postgres"), "-D", directory.file("data"), "-c", "listen_addresses=127.0.0.1", "-p", "\(port)",
                "-c", "unix_socket_directories=\(directory.path)", "-c", "fsync=off", "-c",
                "synchronous_commit=\(isDurable ? "on" : "off")", "-c", "full_page_writes=\(isDurable ? "on" : "off")",
                "-c", "max_connections=200", "-c", "shared_buffers=64MB",
                "-c", "log_line_prefix=%d ",
            ],
            log: directory.file("postgres.log"),
            user: "postgres",
            directory: "/tmp",
            stopSignal: "INT"  // a fast shutdown; TERM would wait for the clients
        )
    }

    private func waitForAnswer() throws {
        try waitUntil("PostgreSQL answers") {
            try runProgramResult([Self.program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", "\(port)"]).status == 0
        }
    }

    /// What the server has logged: with `log_statement` set for a database, its statements, each with the database's name.
    package var log: String { server.withLock { $0.log } }

    /// Ends the server at once, with its clients' transactions rolled back, for tests of "PostgreSQL is down".
    package func stop() { server.withLock { $0.stop() } }

    /// Ends the server as a crash would: an immediate stop, after which it recovers from its log.
    package func crash() throws {
        try server.withLock { server in
            try server.signal(SIGQUIT)
            server.stop()
        }
    }

    /// Starts the server again on the same data and port.
    package func start() throws {
        let launched = try PostgresServer.launch(directory: directory, port: port, isDurable: isDurable)
        server.withLock { $0 = launched }
        try waitForAnswer()
    }

    /// The DATABASE_URL of a new database with Docmost's empty schema.
    package func createDatabase(_ variant: Variant = .upstream) throws -> String {
        let template = "template_\(variant.rawValue)"
        let number = counter.withLock { counter in
            counter += 1
            return counter
        }
        let name = "docmost_\(number)"
        try templates.withLock { made in
            if !made.contains(variant) {
                try loadTemplate(variant, named: template)
                made.insert(variant)
            }
            // Under the same mutex: a template cannot be copied while another session uses it.
            try sql("CREATE DATABASE \(name) TEMPLATE \(template)", database: "postgres")
        }
        return url(name)
    }

    package func url(_ database: String) -> String { "postgresql://docmost@127.0.0.1:\(port)/\(database)" }

    private func loadTemplate(_ variant: Variant, named name: String) throws {
        try sql("CREATE DATABASE \(name)", database: "postgres")
        var files = ["docmost.sql"]
        if variant == .gitmost { files.append("gitmost-delta.sql") }
        if variant == .older { files.append("older-delta.sql") }
        for file in files {
            try runProgram([
                "psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", url(name), "-f",
                packagePath("Tests/Fixtures/schema/\(file)"),
            ])
        }
    }

    /// Runs SQL through psql; the result as unaligned text, one row a line, columns separated by `|`.
    @discardableResult
    package func sql(_ statement: String, database: String) throws -> String {
        try PostgresServer.sql(statement, url: url(database))
    }

    /// Runs SQL through psql against any DATABASE_URL.
    @discardableResult
    package static func sql(_ statement: String, url: String) throws -> String {
        let output = try runProgram(
            ["psql", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", "-"],
            input: statement
        )
        return output.trimmingCharacters(in: .newlines)
    }

    /// A server program of the newest PostgreSQL that Debian installed.
    package static func program(_ name: String) -> String {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let newest = versions.compactMap(Int.init).max()
        return newest.map { "\(root)/\($0)/bin/\(name)" } ?? name
    }
}
