package import Base
package import Redis

// Docmost's live-document channel, as it is seen in Redis.
//
// A collaboration server that holds a page in memory owns the key `collabLock:page.<id>` and overwrites the row with
// what it holds. This library tells whether a page is open (Presence), keeps servers from opening it for the
// milliseconds of a row's change (PageClaim), and joins an open page as one more editor (LiveSession).
// The messages are in Collab/Messages, MessagePack is their encoding. Confined to its thread, like its connection.

/// Limits and secrets of the live channel.
package struct CollabSettings: Sendable {
    /// Docmost's APP_SECRET; without it an open page cannot be changed.
    package var secret: Secret?
    /// How long Redis must have been up before a missing lock means a closed page: servers renew theirs every 5 s.
    package var settleSeconds = 15
    /// How long each step of a live session may take.
    package var stepMilliseconds = 5000
    /// How long a server may take to prove that it is not stalled.
    package var probeMilliseconds = 2000

    package init(secret: Secret?) { self.secret = secret }
}

/// The live channel of all pages.
package final class Collab {
    package let redis: RedisConnection
    let url: String
    package let settings: CollabSettings
    /// Our name as the owner of a lock; other instances of the product recognise its beginning.
    let ownerID: String
    /// When each server last proved that it is not stalled, in milliseconds of the monotonic clock.
    private var provedAt: [String: Int64] = [:]

    /// Names of owners that are instances of this product.
    static let ownerPrefix = "docmost-git-"

    package init(redisURL: String, settings: CollabSettings) throws(CollabError) {
        url = redisURL
        self.settings = settings
        ownerID = "\(Self.ownerPrefix)\(hexString(bigEndianBytes(randomWord())))"
        do { redis = try RedisConnection(url: redisURL) } catch { throw CollabError(error) }
    }

    static func lockKey(_ page: PageID) -> RedisArgument { RedisArgument("collabLock:\(documentName(page))") }
    static func documentName(_ page: PageID) -> String { "page.\(page)" }

    func command(_ words: [RedisArgument]) throws(CollabError) -> RedisReply {
        do { return try redis.command(words) } catch { throw CollabError(error) }
    }

    func eval(
        _ script: String,
        _ keys: [RedisArgument],
        _ arguments: [RedisArgument]
    ) throws(CollabError) -> RedisReply {
        do { return try redis.eval(script, keys: keys, arguments: arguments) } catch { throw CollabError(error) }
    }

    @discardableResult
    func publish(_ message: MessagePack, to channel: String) throws(CollabError) -> Int {
        do { return try redis.publish(message.encoded, to: channel) } catch { throw CollabError(error) }
    }

    func subscriber(_ channels: [String]) throws(CollabError) -> RedisSubscriber {
        do { return try RedisSubscriber(url: url, channels: channels) } catch { throw CollabError(error) }
    }

    /// The servers that listen, by id; instances of this product are left out.
    func servers() throws(CollabError) -> [String] {
        let channels = try command(["PUBSUB", "CHANNELS", "collabMsg:*"]).array ?? []
        return channels.compactMap(\.text).map { String($0.dropFirst("collabMsg:".count)) }
            .filter { !$0.hasPrefix(Self.ownerPrefix) }.sorted()
    }

    /// Whether the server has answered so recently that a lock of it cannot have expired unnoticed.
    func isProved(_ server: String) -> Bool {
        provedAt[server].map { MonotonicClock.milliseconds() - $0 < 3000 } ?? false
    }

    func markProved(_ server: String) { provedAt[server] = MonotonicClock.milliseconds() }
}

func bigEndianBytes(_ word: UInt64) -> [UInt8] { withUnsafeBytes(of: word.bigEndian) { Array($0) } }
