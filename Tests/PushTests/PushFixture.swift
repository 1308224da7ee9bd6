import Base
import Foundation
import GitStore
import PushProtocol
import Redis
import SpaceLock
import Synchronization
import TestSupport
import Vault

/// A space that was exported, and a person's clone of it.
final class PushFixture: Sendable {
    let directory: TemporaryDirectory
    let redis: RedisServer
    let vault: Vault
    let space = SpaceID.fresh()
    /// The person's clone.
    let clone: String

    /// - Parameter files: what the space holds beside two pages.
    init(_ files: [String: String] = [:]) throws {
        directory = try TemporaryDirectory("dg-push")
        redis = try RedisServer()
        vault = Vault(dataDirectory: directory.file("data"))
        clone = directory.file("clone")
        try vault.ensureServable(space)
        var all = [
            "Home.md": page("The start\n"), "Guide/Guide.md": page("A guide\n"), "Guide/First.md": page("One\n"),
        ]
        all.merge(files) { $1 }
        try export(all)
        try runProgram(["git", "clone", "-q", repository.path, clone], environment: Self.identity)
        try git("remote", "set-url", "origin", "ext::\(try builtProduct("PushDriver")) %S")
    }

    var repository: Repository { vault.repository(for: space) }
    var main: ObjectID? { repository.resolve("refs/heads/main") }
    var journal: PushJournal { PushJournal(repository) }

    static let identity = [
        "GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@example.org", "GIT_COMMITTER_NAME": "Ann",
        "GIT_COMMITTER_EMAIL": "ann@example.org", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
    ]

    // MARK: - The wiki's side

    /// Commits files on main and on the wiki's ref, as the daemon would.
    @discardableResult
    func export(_ files: [String: String]) throws -> ObjectID {
        let importer = try Importer(repository)
        let who = Signature(name: "docmost-git", email: "docmost-git@localhost", seconds: 1_700_000_000)
        let commit = try importer.commit(
            parents: main.map { [$0] } ?? [],
            edits: files.sorted { $0.key < $1.key }.map { .write(path: $0.key, bytes: Array($0.value.utf8)) },
            author: who,
            committer: who,
            message: "Export"
        )
        _ = try importer.finish()
        var moves = RefTransaction()
        moves.update("refs/heads/main", from: main, to: commit)
        moves.update("refs/docmost/wiki", from: repository.resolve("refs/docmost/wiki"), to: commit)
        try moves.commit(in: repository, reason: "test")
        return commit
    }

    /// Takes the space as another process would, until the result is let go of.
    func hold(_ token: String = "0199aaaa-0000-7000-8000-000000000000") throws {
        try redis.command("SET", RedisLeases.key(space), token, "NX", "PX", "60000")
    }

    func letGo() throws { try redis.command("DEL", RedisLeases.key(space)) }

    // MARK: - The person's side

    @discardableResult
    func git(_ arguments: String...) throws -> String {
        try runProgram(["git", "-C", clone] + arguments, environment: Self.identity)
            .trimmingCharacters(in: .newlines)
    }

    func write(_ path: String, _ text: String) throws { try write(path, Data(text.utf8)) }

    func write(_ path: String, _ data: Data) throws {
        let full = "\(clone)/\(path)"
        let parent = (full as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try data.write(to: URL(fileURLWithPath: full))
    }

    /// Commits all changes of the clone.
    @discardableResult
    func commit(_ message: String = "Change") throws -> ObjectID? {
        try git("add", "-A")
        try git("commit", "-q", "--allow-empty", "-m", message)
        return ObjectID(try git("rev-parse", "HEAD"))
    }

    /// Writes a page, commits it, and says which commit that is.
    @discardableResult
    func change(_ path: String = "Home.md", _ text: String = "changed\n") throws -> ObjectID? {
        try write(path, text)
        return try commit("Change \(path)")
    }

    struct Push {
        let status: Int32
        let output: String
        /// What the responder would write into its log.
        let outcome: String
        var isAccepted: Bool { status == 0 }
    }

    /// `git push` with these arguments; `driver` are settings of the driver without their prefix.
    func push(_ arguments: [String] = ["origin", "main"], driver: [String: String] = [:]) throws -> Push {
        let outcome = directory.file("outcome-\(UUID().uuidString)")
        let result = try runProgramResult(
            ["git", "-C", clone, "-c", "protocol.ext.allow=always", "push"] + arguments,
            environment: try environment(driver, outcome: outcome)
        )
        let text = (try? String(contentsOfFile: outcome, encoding: .utf8)) ?? ""
        return Push(status: result.status, output: result.output, outcome: text)
    }

    func environment(_ driver: [String: String], outcome: String) throws -> [String: String] {
        var environment = Self.identity
        environment["DRIVER_DATA"] = vault.dataDirectory
        environment["DRIVER_SPACE"] = space.description
        environment["DRIVER_REDIS"] = redis.url
        environment["DRIVER_HOOK"] = try builtProduct("docmost-git-hook")
        environment["DRIVER_OUTCOME"] = outcome
        for (key, value) in driver { environment["DRIVER_\(key)"] = value }
        return environment
    }

    /// A second clone, by somebody else.
    func colleague() throws -> String {
        let path = directory.file("colleague-\(UUID().uuidString)")
        try runProgram(["git", "clone", "-q", repository.path, path], environment: Self.identity)
        return path
    }

    /// Installs a hook of the repository itself.
    func installHook(_ kind: String, _ script: String) throws {
        let path = "\(repository.path)/hooks/\(kind)"
        try FileManager.default.createDirectory(atPath: "\(repository.path)/hooks", withIntermediateDirectories: true)
        try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
}

/// A page file with an id of its own.
func page(_ body: String, id: PageID = .fresh()) -> String { "---\ndocmost_id: \(id)\n---\n\n\(body)" }

/// A daemon whose work is given by a closure.
final class DaemonDouble: Sendable {
    private let stop = Cancellation()
    private let thread: ThreadHandle?

    init(
        _ fixture: PushFixture,
        reconcile: @escaping @Sendable (SpaceID, PushID, HeldLock, PushReporter) -> String = { _, _, _, _ in "" },
        plan: @escaping @Sendable (SpaceID, PlanRequest, PushReporter) -> String = { _, _, _ in "" }
    ) throws {
        let pool = RedisPool(url: fixture.redis.url)
        let lock = SpaceLock(store: RedisLeases(pool), turns: LocalTurns())
        let space = fixture.space
        // Tests share a Redis: a daemon takes only what concerns its own space.
        let handlers = PushHandlers(
            reconcile: { $0 == space ? reconcile($0, $1, $2, $3) : "" },
            plan: { $0 == space ? plan($0, $1, $2) : "" },
            look: { _ in }
        )
        let listener = PushListener(redis: fixture.redis.url, pool: pool, lock: lock, handlers: handlers)
        let isListening = Cancellation()
        thread = startThread { [stop] in
            listener.run(until: stop, listening: { isListening.cancel("listening") })
        }
        try waitUntil("the daemon listens") { isListening.isCancelled }
    }

    func end() {
        stop.cancel("end of the test")
        thread?.join()
    }
}
