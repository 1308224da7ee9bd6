import Base
import Digest
import Redis

/// Bounds how often passwords can be guessed, over all processes that share a Redis.
///
/// Failures are counted per (address, account) and per account. A check is reserved before its hash is computed, so
/// parallel guesses cannot slip through; a reservation is not a failure: where only those stand in the way, the check
/// waits for them to end, so that many right logins at once are never refused. An address from which an account has
/// logged in before is bound by its own failures only: nobody can lock the owner out from somewhere else.
struct FailureLimiter: Sendable {
    /// What may fail before the next check is refused.
    struct Limits: Sendable {
        var failuresPerAddress = 5
        var addressWindowSeconds = 60
        var failuresPerAccount = 20
        var accountWindowSeconds = 600
        var knownAddressDays = 30
        var waitMilliseconds = 20_000
    }

    /// A check that was let through, to be settled with its outcome.
    struct Attempt: Sendable {
        fileprivate let keys: [RedisArgument]
    }

    private let pool: RedisPool
    private let limits: Limits

    init(_ pool: RedisPool, limits: Limits = Limits()) {
        self.pool = pool
        self.limits = limits
    }

    /// Lets a check through, waits for its turn, or refuses it.
    func reserve(account: String, address: String) throws(Refusal) -> Attempt {
        let attempt = Attempt(keys: keys(account: account, address: address))
        let deadline = Deadline.after(milliseconds: limits.waitMilliseconds)
        while true {
            let reply = try ask(attempt.keys)
            switch reply.first?.integer {
            case 0: return attempt
            case 1: throw .tooManyFailures(retrySeconds: max(1, (reply.last?.integer ?? 0) / 1000 + 1))
            default:
                guard !deadline.hasPassed else { throw .tooManyFailures(retrySeconds: 5) }
                sleep(milliseconds: 50)
            }
        }
    }

    /// Records the outcome. Should Redis be gone by now, the reservation ends by its time to live.
    func settle(_ attempt: Attempt, isRight: Bool) {
        let arguments: [RedisArgument] = [
            RedisArgument(isRight ? 1 : 0), RedisArgument(limits.addressWindowSeconds * 1000),
            RedisArgument(limits.accountWindowSeconds * 1000), RedisArgument(limits.knownAddressDays * 86_400),
        ]
        _ = try? pool.withConnection { (connection) throws(RedisError) in
            try connection.eval(Self.settleScript, keys: attempt.keys, arguments: arguments)
        }
    }

    private func ask(_ keys: [RedisArgument]) throws(Refusal) -> [RedisReply] {
        let arguments = [RedisArgument(limits.failuresPerAddress), RedisArgument(limits.failuresPerAccount)]
        var lost = false
        while true {
            do throws(RedisError) {
                let reply = try pool.withConnection { (connection) throws(RedisError) in
                    try connection.eval(Self.reserveScript, keys: keys, arguments: arguments)
                }
                return reply.array ?? []
            } catch  where error.code == .connectionLost && !lost {
                // Redis was restarted: a reservation made twice only lapses later.
                lost = true
            } catch {
                throw .redisUnavailable(error.description)
            }
        }
    }

    /// Digests: neither addresses nor accounts can be read from Redis.
    private func keys(account: String, address: String) -> [RedisArgument] {
        func digest(_ text: String) -> String { hexString(Digest.sha256(Array(text.utf8)).prefix(16)) }
        let account = account.lowercased()
        let pair = digest("\(address) \(account)")
        let whole = digest(account)
        return [
            "docmost-git:login:failed:\(pair)", "docmost-git:login:running:\(pair)",
            "docmost-git:login:failed:\(whole)", "docmost-git:login:running:\(whole)",
            "docmost-git:login:known:\(pair)",
        ].map { RedisArgument($0) }
    }

    /// Answers {0} = go on, {1, milliseconds} = refused, {2} = wait for checks that are running.
    private static let reserveScript = """
        local function number(key) return tonumber(redis.call('GET', key) or '0') end
        local pair, account = tonumber(ARGV[1]), tonumber(ARGV[2])
        local known = redis.call('EXISTS', KEYS[5]) == 1
        if number(KEYS[1]) >= pair then return {1, redis.call('PTTL', KEYS[1])} end
        if not known and number(KEYS[3]) >= account then return {1, redis.call('PTTL', KEYS[3])} end
        if number(KEYS[1]) + number(KEYS[2]) >= pair then return {2} end
        if not known and number(KEYS[3]) + number(KEYS[4]) >= account then return {2} end
        for _, key in ipairs({KEYS[2], KEYS[4]}) do
            redis.call('INCR', key)
            redis.call('PEXPIRE', key, 30000)
        end
        return {0}
        """

    private static let settleScript = """
        for _, key in ipairs({KEYS[2], KEYS[4]}) do
            if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
        end
        if ARGV[1] == '1' then
            redis.call('DEL', KEYS[1])
            redis.call('SET', KEYS[5], '1', 'EX', ARGV[4])
            return 1
        end
        if redis.call('INCR', KEYS[1]) == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
        if redis.call('INCR', KEYS[3]) == 1 then redis.call('PEXPIRE', KEYS[3], ARGV[3]) end
        return 0
        """
}
