import Base
import Collab
import Redis
import TestSupport
import Testing

@Suite(.serialized)
struct PresenceTests {
    private func collab(_ redis: RedisServer, settle: Int = 0, probeMilliseconds: Int = 20_000) throws -> Collab {
        var settings = CollabSettings(secret: Secret(CollabServer.secret))
        settings.settleSeconds = settle
        settings.probeMilliseconds = probeMilliseconds
        return try Collab(redisURL: redis.url, settings: settings)
    }

    @Test("without any server a page is closed, once Redis has been up long enough")
    func nobodyRuns() throws {
        let redis = try RedisServer()
        let page = PageID.fresh()
        #expect(try collab(redis).presence(of: page) == .closed)
        guard case .unknown = try collab(redis, settle: 60).presence(of: page) else {
            Issue.record("a Redis that was just started proves nothing")
            return
        }
    }

    @Test("a server that does not announce its pages makes every page unknown")
    func withoutRedisSync() throws {
        let sample = try SampleWorkspace()
        let redis = try RedisServer()
        let server = try CollabServer(
            redis: redis,
            databaseURL: sample.databaseURL,
            options: ["--without-redis-sync"]
        )
        guard case .unknown = try collab(redis).presence(of: PageID.fresh()) else {
            Issue.record("taken for closed")
            return
        }
        withExtendedLifetime(server) {}
    }

    @Test("a stalled server makes every page unknown, however long its locks have expired")
    func stalledServer() throws {
        let sample = try SampleWorkspace()
        let redis = try RedisServer()
        let server = try CollabServer(redis: redis, databaseURL: sample.databaseURL)
        let page = PageID.fresh()
        #expect(try collab(redis).presence(of: page) == .closed)
        try server.setStalled(true)
        guard case .unknown(let reason) = try collab(redis, probeMilliseconds: 300).presence(of: page) else {
            Issue.record("taken for closed")
            return
        }
        #expect(reason.contains(server.id))
        try server.setStalled(false)
        #expect(try collab(redis).presence(of: page) == .closed)
    }

    @Test("a claim keeps others out, ends as ours, and is not taken for an editor")
    func claims() throws {
        let redis = try RedisServer()
        let first = try collab(redis)
        let second = try collab(redis)
        let page = PageID.fresh()
        let claim = try #require(try first.claim(page))
        #expect(try second.presence(of: page) == .claimed)
        #expect(try second.claim(page) == nil)
        #expect(try claim.renew())
        #expect(try claim.end() == .released)
        #expect(try second.presence(of: page) == .closed)
    }

    @Test("a claim that expired says who has the page now")
    func expiredClaim() throws {
        let redis = try RedisServer()
        let collab = try collab(redis)
        let page = PageID.fresh()
        let lost = try #require(try collab.claim(page))
        try redis.command("SET", "collabLock:page.\(page)", "collab-other")
        #expect(try !lost.renew())
        #expect(try lost.end() == .takenOver(by: "collab-other"))
        #expect(try redis.command("GET", "collabLock:page.\(page)") == "collab-other")
        try redis.command("DEL", "collabLock:page.\(page)")
        let expired = try #require(try collab.claim(page))
        try redis.command("DEL", "collabLock:page.\(page)")
        #expect(try expired.end() == .expired)
    }

    @Test("a browser that comes during a claim is sent away and gets the page afterwards")
    func visitor() throws {
        let wiki = try LiveWiki()
        let browsers = try wiki.browsers()
        let claim = try #require(try wiki.collab.claim(wiki.page))
        #expect(throws: ServerFailure.self) {
            // Nobody answers while the page is claimed.
            try browsers.open(
                "ada",
                page: wiki.page.description,
                on: wiki.server,
                as: SampleWorkspace.ada,
                patience: 0.5
            )
        }
        #expect(try claim.end() == .released)
        try waitUntil("the editor has the page") { try browsers.state(of: "ada").isSynced }
        #expect(try browsers.state(of: "ada").reconnects == 1)
        #expect(try browsers.read("ada").contains("alpha"))
    }

    @Test("the event for the tree of a space reaches the servers' channel")
    func treeEvent() throws {
        let redis = try RedisServer()
        let listener = try RedisSubscriber(url: redis.url, channels: [], patterns: ["socket.io#/#*"])
        let space = SpaceID.fresh()
        #expect(try collab(redis).announceTree(of: space) == 1)
        let message = try #require(try listener.next(.after(milliseconds: 1000)))
        #expect(message.channel == "socket.io#/#space-\(space)#")
        guard case .array(let parts)? = MessagePack(decoding: message.payload), parts.count == 3 else {
            Issue.record("not an array of three")
            return
        }
        guard case .array(let data)? = parts[1]["data"] else { return }
        #expect(data.last?["operation"] == .text("refetchRootTreeNodeEvent"))
    }

    @Test("contributors are read and forgotten")
    func contributors() throws {
        let redis = try RedisServer()
        let collab = try collab(redis)
        let page = PageID.fresh()
        let people = [UserID.fresh(), UserID.fresh()].sorted()
        for person in people { try redis.command("SADD", "history:contributors:\(page)", "\(person)") }
        #expect(try collab.contributors(of: page) == people)
        try collab.forgetContributors([people[0]], of: page)
        #expect(try collab.contributors(of: page) == [people[1]])
    }
}
