import Base
import Directory
import GitHTTP
import GitStore
import Glibc
import Push
import Redis
import Settings
import SpaceLock
import Synchronization
import Vault

/// What turns a push into a transaction: makes the session that serves git's hooks, and the settings that install them.
final class Pushes: Sendable {
    private let settings: Settings
    private let vault: Vault
    private let spaces: SpaceLock
    private let redis: RedisPool
    private let links = Mutex<HookLinks?>(nil)

    init(_ settings: Settings, vault: Vault, spaces: SpaceLock, redis: RedisPool) {
        self.settings = settings
        self.vault = vault
        self.spaces = spaces
        self.redis = redis
    }

    /// The session of one push, in the name of the account that was authenticated.
    func session(for locked: LockedRequest) throws(Refusal) -> PushSession {
        let request = locked.request
        var limits = PushLimits()
        limits.lockWait = settings.lockWaitMilliseconds
        limits.deletions = settings.maxDeletesPerCycle
        limits.pageBytes = settings.maxPageBytes
        limits.pathBytes = settings.maxPathBytes
        let context = PushContext(
            space: request.space.id,
            user: request.account.id,
            name: request.account.name,
            email: request.account.email,
            vault: vault,
            lock: spaces,
            redis: settings.redisURL.revealed,
            pool: redis,
            limits: limits,
            held: locked.held
        )
        do throws(PushError) { return try PushSession(context) } catch { throw .backendFailed(error.description) }
    }

    /// Settings for git's environment: our hooks, the limits of a push, no housekeeping.
    func settings(for space: SpaceID) throws(VaultError) -> [(key: String, value: String)] {
        vault.pushSettings(for: space, hooks: try hookLinks(), maximumBytes: settings.maxPushBytes)
    }

    private func hookLinks() throws(VaultError) -> HookLinks {
        if let made = links.withLock({ $0 }) { return made }
        let made = try HookLinks(program: Self.hookProgram(), in: vault)
        links.withLock { $0 = made }
        return made
    }

    /// The hook program lies beside this one.
    private static func hookProgram() -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let own = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let directory = own.lastIndex(of: "/").map { own[..<$0] } ?? "/usr/local/lib/docmost-git"
        return "\(directory)/docmost-git-hook"
    }
}

extension RequestRecord {
    /// Only main can be pushed: whoever names more than this is not worth a line of a megabyte.
    private static let refsLogged = 100

    /// What came of a push.
    mutating func take(_ outcome: PushOutcome) {
        lockWait = outcome.lockWaitMilliseconds
        lockHold = outcome.lockHoldMilliseconds
        report = outcome.report.isEmpty ? nil : outcome.report
        cause = outcome.failure ?? cause
        if outcome.findings > 0 { refusal = "checks" }
        refs = outcome.refs.prefix(Self.refsLogged).map {
            MovedRef(
                name: $0.name,
                old: $0.old?.description ?? "",
                new: $0.new?.description ?? "",
                refusal: $0.refusal
            )
        }
    }
}
