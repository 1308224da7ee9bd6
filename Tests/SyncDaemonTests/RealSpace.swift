import Base
import Cycle
import Foundation
import GitStore
import Settings
import SpaceLock
import TestSupport
import Testing
import Vault

@testable import SyncDaemon

/// A space of the sample workspace with the daemon's engine on real PostgreSQL, Redis and git.
struct RealSpace {
    let sample: SampleWorkspace
    let redis: RedisServer
    let directory: TemporaryDirectory
    let settings: Settings
    /// What the settings were read from.
    let variables: [String: String]
    let engine: SpaceEngine
    let connections: WorkerConnections
    let space: SpaceID

    init(
        _ variant: PostgresServer.Variant = .upstream,
        redis: RedisServer? = nil,
        more: [String: String] = [:]
    ) throws {
        sample = try SampleWorkspace(variant)
        self.redis = try redis ?? RedisServer.shared()
        directory = try TemporaryDirectory()
        variables = [
            "DATABASE_URL": sample.databaseURL, "REDIS_URL": self.redis.url, "GIT_SYNC_ENABLED": "true",
            "GIT_SYNC_DATA_DIR": directory.file("repositories"), "GIT_SYNC_SERVICE_USER_ID": SampleWorkspace.robot,
            "APP_URL": "https://wiki.example.org", "APP_SECRET": "0123456789abcdef0123456789abcdef",
        ].merging(more) { $1 }
        settings = try Settings.read(environment: variables).settings
        // A Redis of its own makes a test independent of the others, which share the space's UUID.
        engine = redis == nil ? SpaceEngine(settings: settings) : SpaceEngine(settings: settings, turns: LocalTurns())
        connections = WorkerConnections(settings: settings, redis: engine.redis, settleSeconds: 0)
        space = try #require(SpaceID(SampleWorkspace.handbook))
    }

    /// An engine as another process would have it.
    func newEngine(steps: @escaping @Sendable (CycleStep) -> Void = { _ in }) -> SpaceEngine {
        SpaceEngine(settings: settings, turns: LocalTurns(), steps: steps)
    }

    /// One cycle of such an engine.
    func cycle(of engine: SpaceEngine) -> CycleReport {
        engine.runOnce(space, on: WorkerConnections(settings: settings, redis: engine.redis, settleSeconds: 0))
    }

    var repository: Repository { engine.vault.repository(for: space) }

    func cycle() -> CycleReport { engine.runOnce(space, on: connections) }

    /// The files on main with their text.
    func files() throws -> [String: String] {
        let main = try #require(repository.resolve("refs/heads/main"))
        let reader = ObjectReader(repository)
        var files: [String: String] = [:]
        for entry in try repository.files(of: main) {
            files[entry.path] = String(decoding: try reader.blob(entry.id), as: UTF8.self)
        }
        return files
    }

    /// A commit of a person on main, without the host: what a push leaves behind.
    func push(_ edits: [Importer.Edit]) throws {
        let main = try #require(repository.resolve("refs/heads/main"))
        let importer = try Importer(repository)
        let wren = Signature(name: "Wren", email: "wren@example.org", seconds: 1_700_000_000)
        let commit = try importer.commit(parents: [main], edits: edits, author: wren, committer: wren, message: "edit")
        var transaction = RefTransaction()
        transaction.update("refs/heads/main", from: main, to: commit)
        for ref in try importer.finish() { transaction.delete(ref) }
        try transaction.commit(in: repository, reason: "push")
    }
}

/// One after the other: they share a space's UUID, and so its lock.
@Suite("On real servers", .serialized)
enum RealServers {}
