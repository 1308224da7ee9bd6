internal import Synchronization

/// Connections to one Redis for many threads: each use has a connection of its own, and they are kept for later uses.
///
/// Nothing is connected before the first use, so a Redis that is down is seen where it is needed.
package final class RedisPool: Sendable {
    /// A connection that nobody uses at the moment.
    ///
    /// `@unchecked`: a connection is confined to one thread at a time; whoever takes it out of the pool is the only one
    /// that has it, until it is put back.
    private struct Idle: @unchecked Sendable { let connection: RedisConnection }

    private let url: String
    private let timeouts: RedisTimeouts
    private let idle = Mutex<[Idle]>([])
    /// More than a burst leaves behind is closed.
    private let most: Int

    package init(url: String, timeouts: RedisTimeouts = RedisTimeouts(), keeping most: Int = 8) {
        self.url = url
        self.timeouts = timeouts
        self.most = most
    }

    /// Runs `use` with a connection; one that failed is not used again.
    package func withConnection<Value>(
        _ use: (RedisConnection) throws(RedisError) -> Value
    ) throws(RedisError) -> Value {
        let taken = idle.withLock { $0.popLast() }
        let connection = if let taken { taken.connection } else { try RedisConnection(url: url, timeouts: timeouts) }
        let value = try use(connection)
        let back = Idle(connection: connection)
        idle.withLock { if $0.count < most { $0.append(back) } }
        return value
    }
}
