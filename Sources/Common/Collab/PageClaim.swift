package import Base
internal import Redis

/// The lock of a closed page in our hands: no server opens the page from its row meanwhile.
///
/// Browsers that arrive have their messages sent to us; at the end they are told to connect again. Hold it for
/// milliseconds: an editor waits as long.
package final class PageClaim {
    /// How a claim ended.
    package enum Ending: Sendable, Equatable {
        /// It was ours to the end.
        case released
        /// It had expired, and this server has the page now: it may have read the row before our change.
        case takenOver(by: String)
        /// It had expired, and nobody has the page.
        case expired
    }

    private let collab: Collab
    private let page: PageID
    private let inbox: RedisSubscriber

    static let lifetimeMilliseconds = 10_000

    fileprivate static let take = """
        local owner = redis.call('GET', KEYS[1])
        if owner then return owner end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return false
        """
    private static let renew = """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        return redis.call('PEXPIRE', KEYS[1], ARGV[2])
        """
    private static let release = """
        local owner = redis.call('GET', KEYS[1])
        if owner == ARGV[1] then redis.call('DEL', KEYS[1]) end
        return owner
        """

    fileprivate init(_ collab: Collab, _ page: PageID, inbox: RedisSubscriber) {
        self.collab = collab
        self.page = page
        self.inbox = inbox
    }

    fileprivate static func make(_ collab: Collab, _ page: PageID) throws(CollabError) -> PageClaim? {
        // Subscribed first: a message sent to the owner of a lock must find somebody.
        let inbox = try collab.subscriber(["collabMsg:\(collab.ownerID)"])
        let reply = try collab.eval(
            take,
            [Collab.lockKey(page)],
            [RedisArgument(collab.ownerID), RedisArgument(lifetimeMilliseconds)]
        )
        guard reply.isNull else { return nil }
        return PageClaim(collab, page, inbox: inbox)
    }

    /// Whether the lock is still ours; if so it lives its full time again.
    package func renew() throws(CollabError) -> Bool {
        let reply = try collab.eval(
            Self.renew,
            [Collab.lockKey(page)],
            [RedisArgument(collab.ownerID), RedisArgument(Self.lifetimeMilliseconds)]
        )
        return reply.integer == 1
    }

    /// Gives the page back, and sends whoever came meanwhile to a server.
    package func end() throws(CollabError) -> Ending {
        let owner = try collab.eval(Self.release, [Collab.lockKey(page)], [RedisArgument(collab.ownerID)]).text
        let name = Collab.documentName(page)
        // Servers remember an owner for seconds; this makes them look again.
        try collab.publish(.map(["type": .text("unload"), "documentName": .text(name)]), to: "collabMsg")
        try answerVisitors()
        switch owner {
        case collab.ownerID?: return .released
        case let other?: return .takenOver(by: other)
        case nil: return .expired
        }
    }

    /// A browser whose frames reached us is told that its connection ended, and makes a new one. Passing its frames on
    /// would confuse its own server, which expects the answers of one owner.
    private func answerVisitors() throws(CollabError) {
        var closed: Set<String> = []
        // A little patience: what was sent to us before the release may still be on its way.
        while let message = try next(.after(milliseconds: 2)) {
            guard let content = MessagePack(decoding: message.payload) else { continue }
            switch content["type"]?.text {
            case "proxy":
                let headers = content["serializedHTTPRequest"]?["headers"]
                guard let socket = headers?["sec-websocket-key"]?.text, let reply = content["replyTo"]?.text,
                    closed.insert(socket).inserted
                else { continue }
                let close: MessagePack = .map([
                    "type": .text("close"), "socketId": .text(socket), "code": .int(4205),
                    "reason": .text("Reset Connection"),
                ])
                try collab.publish(close, to: reply)
            case "customEventStart": try passOn(message.payload)
            default: continue
            }
        }
    }

    private func next(_ deadline: Deadline) throws(CollabError) -> RedisMessage? {
        do { return try inbox.next(deadline) } catch { throw CollabError(error) }
    }

    /// A change through Docmost's own interface waits for its reply: a server gets the page and the event.
    private func passOn(_ event: [UInt8]) throws(CollabError) {
        guard let server = try collab.servers().first else { return }
        let reply = try collab.eval(
            Self.take,
            [Collab.lockKey(page)],
            [RedisArgument(server), RedisArgument(Self.lifetimeMilliseconds)]
        )
        do { try collab.redis.publish(event, to: "collabMsg:\(reply.text ?? server)") } catch {
            throw CollabError(error)
        }
    }
}

extension Collab {
    /// The server that holds a page now; if none does, the page is given to `server`, so that no second one loads it.
    func holder(of page: PageID, otherwise server: String) throws(CollabError) -> String {
        let reply = try eval(
            PageClaim.take,
            [Self.lockKey(page)],
            [RedisArgument(server), RedisArgument(PageClaim.lifetimeMilliseconds)]
        )
        let holder = reply.text ?? server
        if holder.hasPrefix(Self.ownerPrefix) { throw CollabError(.ended, "another instance is writing the page") }
        return holder
    }

    /// Takes the lock of a page that is closed; nil if somebody was faster.
    package func claim(_ page: PageID) throws(CollabError) -> PageClaim? { try PageClaim.make(self, page) }
}
