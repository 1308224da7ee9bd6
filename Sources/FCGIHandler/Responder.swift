import Base
import FastCGI
import Redis
import Settings
import SpaceLock
import Vault

/// What all workers of a process share, and the pipeline that each of them gets.
final class Responder: Sendable {
    private let settings: Settings
    private let memory = CredentialMemory()
    private let backend = GitBackend()
    private let advertisements = Advertisements()
    private let redis: RedisPool
    private let spaces: SpaceLock
    private let vault: Vault
    private let pushes: Pushes

    init(_ settings: Settings) {
        self.settings = settings
        let timeouts = RedisTimeouts(connectMilliseconds: 2000, commandMilliseconds: 3000)
        redis = RedisPool(url: settings.redisURL.revealed, timeouts: timeouts)
        spaces = SpaceLock(store: RedisLeases(redis))
        vault = Vault(dataDirectory: settings.dataDirectory)
        pushes = Pushes(settings, vault: vault, spaces: spaces, redis: redis)
    }

    /// The pipeline of one worker, with a database connection of its own.
    ///
    /// - Parameters:
    ///   - keepsSchemaOnDisk: for processes that live for one request.
    ///   - interrupt: becomes readable when a transfer must be given up; -1 for never.
    func pipeline(keepsSchemaOnDisk: Bool = false, interrupt: Int32 = -1) -> Pipeline {
        let cache = keepsSchemaOnDisk ? "\(vault.dataDirectory)/.docmost-git/schema" : nil
        let database = Database(url: settings.databaseURL, schemaCache: SchemaCache(path: cache))
        let authenticate = Authenticate(
            database: database,
            limiter: FailureLimiter(redis),
            memory: memory,
            isCloud: settings.isCloud
        )
        let delegate = Delegate(
            backend: backend,
            vault: vault,
            pushes: pushes,
            advertisements: advertisements,
            idleMilliseconds: settings.backendTimeoutMilliseconds,
            interrupt: interrupt
        )
        return Pipeline(
            authenticate: authenticate,
            gate: Gate(isEnabled: settings.isEnabled && settings.isHTTPEnabled),
            authorise: Authorise(),
            prepare: Prepare(vault: vault, redis: redis, exportMilliseconds: 10_000),
            lock: Lock(mode: settings.lock, spaces: spaces),
            delegate: delegate
        )
    }
}

extension Pipeline {
    /// Answers one request and writes its line of the access log.
    @discardableResult
    func serve(_ exchange: any Exchange) -> RequestRecord {
        var record = RequestRecord()
        answer(exchange, record: &record)
        AccessLog.write(record)
        return record
    }
}
