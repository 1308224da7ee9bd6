import Foundation

/// The stand-in of Docmost's collaboration server, see Tests/CollabServer/README.md.
package final class CollabServer: Sendable {
    /// Which versions of Docmost a server behaves like.
    package enum Generation: String, CaseIterable, Sendable {
        case v095 = "v0.95"
        case head
    }

    package static let secret = "a-secret-of-at-least-thirty-two-characters"

    package let id: String
    private let redis: RedisServer
    private let process: ServerProcess
    private let directory: TemporaryDirectory

    /// Starts a server and waits until it listens.
    package init(
        redis: RedisServer,
        databaseURL: String,
        generation: Generation = .head,
        debounce: Double = 0.2,
        options: [String] = []
    ) throws {
        id = "collab-test-\(UUID().uuidString.prefix(8))"
        self.redis = redis
        directory = try TemporaryDirectory("dg-collab")
        let arguments = [
            pythonProgram, packagePath("Tests/CollabServer/server.py"), "--redis", redis.url, "--database", databaseURL,
            "--secret", Self.secret, "--id", id, "--generation", generation.rawValue, "--debounce", "\(debounce)",
            "--max-debounce", "\(4 * debounce)",
        ]
        process = try ServerProcess(arguments + options, log: directory.file("log"), stopSignal: "KILL")
        do {
            try waitUntil("the collaboration server listens", seconds: 30) {
                guard process.isRunning else { throw ServerFailure("it ended") }
                return try redis.command("EXISTS", "sim:pid:\(id)") == "1"
            }
        } catch { throw ServerFailure("\(error)\n\(process.log)") }
    }

    /// What the server has printed.
    package var log: String { process.log }

    /// Kills the server; its lock stays until it expires.
    package func kill() { process.stop() }

    /// Stops the server in the middle of whatever it does, or lets it go on.
    package func setStalled(_ isStalled: Bool) throws {
        let pid = try redis.command("GET", "sim:pid:\(id)")
        try runProgram(["kill", isStalled ? "-STOP" : "-CONT", pid])
    }

    /// Runs the store hook of every changed document now.
    package func store() throws { _ = try redis.ask(id, ["do": "store"]) }

    /// Sends the editors of a page away, and drops it without storing what they typed.
    package func forget(page: String) throws { _ = try redis.ask(id, ["do": "forget", "document": "page.\(page)"]) }

    /// What the server holds in memory: names and documents.
    package func documents() throws -> [String: Any] { try redis.ask(id, ["do": "documents"]) }
}

/// Simulated editors.
package final class Browsers: Sendable {
    /// What an editor answers to every command.
    package struct State {
        package let isSynced: Bool
        /// How many keys of the script are not typed yet.
        package let left: Int
        package let typed: String
        /// What went wrong, such as typed text that is gone.
        package let problem: String?
        package let reconnects: Int
        /// The document as JSON text, only for `read`.
        package let document: String?
    }

    private let redis: RedisServer
    private let process: ServerProcess
    private let directory: TemporaryDirectory
    private let name: String

    /// - Parameter patience: seconds of silence after which an editor connects again.
    package init(redis: RedisServer, patience: Double = 5) throws {
        name = "browsers-\(UUID().uuidString.prefix(8))"
        self.redis = redis
        directory = try TemporaryDirectory("dg-browsers")
        process = try ServerProcess(
            [
                pythonProgram, packagePath("Tests/CollabServer/browsers.py"), "--redis", redis.url, "--secret",
                CollabServer.secret, "--name", name, "--patience", "\(patience)",
            ],
            log: directory.file("log")
        )
        do {
            try waitUntil("the browsers listen", seconds: 30) {
                guard process.isRunning else { throw ServerFailure("it ended") }
                return try redis.command("EXISTS", "sim:pid:\(name)") == "1"
            }
        } catch { throw ServerFailure("\(error)\n\(process.log)") }
    }

    package var log: String { process.log }

    /// Opens a page in an editor and waits until the document has come.
    package func open(
        _ editor: String,
        page: String,
        on server: CollabServer,
        as user: String,
        patience: Double = 20
    ) throws {
        try startOpening(editor, page: page, on: server, as: user)
        try waitUntil("\(editor) has the page", seconds: patience) { try self.state(of: editor).isSynced }
    }

    /// Opens a page in an editor without waiting for the document.
    package func startOpening(_ editor: String, page: String, on server: CollabServer, as user: String) throws {
        try tell(
            editor,
            "open",
            ["page": page, "server": server.id, "user": user, "workspace": SampleWorkspace.workspace]
        )
    }

    /// Lets an editor type a text, key by key, behind what it typed before.
    package func type(_ editor: String, _ text: String, rate: Double = 10) throws {
        try tell(editor, "type", ["text": text, "rate": rate])
    }

    package func goOffline(_ editor: String) throws { try tell(editor, "offline") }
    package func comeBack(_ editor: String) throws { try tell(editor, "online") }
    package func close(_ editor: String) throws { try tell(editor, "close") }
    package func state(of editor: String) throws -> State { try tell(editor, "state") }

    /// The document in the editor's memory, as JSON text.
    package func read(_ editor: String) throws -> String { try tell(editor, "read").document ?? "" }

    @discardableResult
    private func tell(_ editor: String, _ what: String, _ more: [String: Any] = [:]) throws -> State {
        let command = more.merging(["editor": editor, "do": what]) { $1 }
        let answer: [String: Any]
        do { answer = try redis.ask(name, command) } catch { throw ServerFailure("\(error)\n\(process.log)") }
        var document: String?
        if let value = answer["document"] as? [String: Any] {
            document = String(decoding: try JSONSerialization.data(withJSONObject: value), as: UTF8.self)
        }
        return State(
            isSynced: answer["synced"] as? Bool ?? false,
            left: answer["left"] as? Int ?? 0,
            typed: answer["typed"] as? String ?? "",
            problem: answer["problem"] as? String,
            reconnects: answer["reconnects"] as? Int ?? 0,
            document: document
        )
    }
}

/// The Python that has the packages of the stand-in.
private var pythonProgram: String { ProcessInfo.processInfo.environment["DOCMOST_GIT_PYTHON"] ?? "python3" }

extension RedisServer {
    /// Gives a command to a process of the stand-in and waits for its answer.
    fileprivate func ask(_ name: String, _ command: [String: Any]) throws -> [String: Any] {
        let reply = "sim:reply:\(UUID().uuidString)"
        let text = try JSONSerialization.data(withJSONObject: command.merging(["reply": reply]) { $1 })
        try self.command("RPUSH", "sim:\(name)", String(decoding: text, as: UTF8.self))
        let lines = try self.command("BLPOP", reply, "15").split(separator: "\n", maxSplits: 1)
        guard lines.count == 2 else { throw ServerFailure("\(name) does not answer") }
        let value = try JSONSerialization.jsonObject(with: Data(lines[1].utf8), options: .fragmentsAllowed)
        return value as? [String: Any] ?? [:]
    }
}
