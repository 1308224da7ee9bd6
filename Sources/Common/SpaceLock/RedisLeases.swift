package import Base
package import Redis

/// Leases as Redis keys, in the predecessor's naming, so that both respect each other.
package struct RedisLeases: LeaseStore {
    private let pool: RedisPool

    package init(_ pool: RedisPool) { self.pool = pool }

    /// A store with connections of its own. The time-outs are short: a lease must not expire while Redis is asked.
    package init(url: String) {
        pool = RedisPool(url: url, timeouts: RedisTimeouts(connectMilliseconds: 2_000, commandMilliseconds: 2_000))
    }

    package func take(
        _ space: SpaceID,
        token: String,
        timing: LockTiming,
        queueing: Bool
    ) throws(LeaseError) -> LeaseAnswer {
        let ahead = try number(
            LeaseScript.take,
            keys: [Self.key(space), "docmost-git:queue:\(space)", "docmost-git:queue-seen:\(space)"],
            arguments: [token, String(timing.timeToLive), queueing ? "1" : "0", String(timing.patience)]
        )
        return ahead < 0 ? .granted : .refused(ahead: ahead)
    }

    package func leaveQueue(_ space: SpaceID, token: String) throws(LeaseError) {
        _ = try number(
            LeaseScript.leaveQueue,
            keys: ["docmost-git:queue:\(space)", "docmost-git:queue-seen:\(space)"],
            arguments: [token]
        )
    }

    package func extend(_ space: SpaceID, token: String, timing: LockTiming) throws(LeaseError) -> Bool {
        try number(LeaseScript.extend, keys: [Self.key(space)], arguments: [token, String(timing.timeToLive)]) == 1
    }

    package func remove(_ space: SpaceID, token: String) throws(LeaseError) -> Bool {
        try number(LeaseScript.remove, keys: [Self.key(space)], arguments: [token]) == 1
    }

    package func exchange(
        _ space: SpaceID,
        from old: String,
        to new: String,
        timing: LockTiming
    ) throws(LeaseError) -> Bool {
        let arguments = [old, new, String(timing.timeToLive)]
        return try number(LeaseScript.exchange, keys: [Self.key(space)], arguments: arguments) == 1
    }

    package func holder(_ space: SpaceID) throws(LeaseError) -> String? {
        try asking { connection throws(RedisError) in
            try connection.command(["GET", RedisArgument(Self.key(space))]).text
        }
    }

    /// The key of a space's lease.
    package static func key(_ space: SpaceID) -> String { "git-sync:lock:\(space)" }

    private func number(_ script: String, keys: [String], arguments: [String]) throws(LeaseError) -> Int {
        try asking { connection throws(RedisError) in
            let reply = try connection.eval(
                script,
                keys: keys.map { RedisArgument($0) },
                arguments: arguments.map { RedisArgument($0) }
            )
            guard let number = reply.integer else { throw RedisError(.mismatch, "a lease script gave no number") }
            return number
        }
    }

    private func asking<Value>(
        _ question: (RedisConnection) throws(RedisError) -> Value
    ) throws(LeaseError) -> Value {
        do {
            return try pool.withConnection(question)
        } catch {
            throw LeaseError(error.description)
        }
    }
}

/// The scripts; Redis runs each as one step.
private enum LeaseScript {
    /// SET NX PX, unless others wait before us; a refused waiter keeps its place as long as it keeps asking.
    /// KEYS: lease, queue by arrival, time of each waiter's last question. Returns -1 or how many are ahead.
    static let take = """
        local clock = redis.call('TIME')
        local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
        local ahead = 0
        for _, waiter in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
            if waiter == ARGV[1] then break end
            local seen = tonumber(redis.call('HGET', KEYS[3], waiter) or 0)
            if now - seen > tonumber(ARGV[4]) then
                redis.call('ZREM', KEYS[2], waiter)
                redis.call('HDEL', KEYS[3], waiter)
            else
                ahead = ahead + 1
            end
        end
        if ahead == 0 and redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
            redis.call('ZREM', KEYS[2], ARGV[1])
            redis.call('HDEL', KEYS[3], ARGV[1])
            return -1
        end
        if ARGV[3] == '1' then
            redis.call('ZADD', KEYS[2], 'NX', now, ARGV[1])
            redis.call('HSET', KEYS[3], ARGV[1], now)
            redis.call('PEXPIRE', KEYS[2], 60000)
            redis.call('PEXPIRE', KEYS[3], 60000)
        end
        return ahead
        """

    static let leaveQueue = """
        redis.call('HDEL', KEYS[2], ARGV[1])
        return redis.call('ZREM', KEYS[1], ARGV[1])
        """

    static let extend = """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        return redis.call('PEXPIRE', KEYS[1], ARGV[2])
        """

    static let remove = """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        return redis.call('DEL', KEYS[1])
        """

    static let exchange = """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        return 1
        """
}
