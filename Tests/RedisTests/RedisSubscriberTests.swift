import Base
import Redis
import TestSupport
import Testing

@Suite(.serialized)
struct RedisSubscriberTests {
    let server: RedisServer
    let publisher: RedisConnection

    init() throws {
        server = try RedisServer.shared()
        publisher = try RedisConnection(url: server.url)
    }

    private var soon: Deadline { .after(milliseconds: 2000) }

    @Test("messages of channels and patterns arrive in order with their channel")
    func delivery() throws {
        let subscriber = try RedisSubscriber(url: server.url, channels: ["exact"], patterns: ["wild:*"])
        #expect(try publisher.publish([1, 0, 2], to: "exact") == 1)
        try publisher.publish([3], to: "wild:x")
        try publisher.publish([4], to: "elsewhere")
        let first = try #require(try subscriber.next(soon))
        #expect(first.channel == "exact" && first.payload == [1, 0, 2])
        let second = try #require(try subscriber.next(soon))
        #expect(second.channel == "wild:x" && second.payload == [3])
        #expect(try subscriber.next(.after(milliseconds: 20)) == nil)
    }

    @Test("a broken subscription is an error once, and is then made again")
    func reconnects() throws {
        let subscriber = try RedisSubscriber(url: server.url, channels: ["again"])
        try server.command("CLIENT", "KILL", "TYPE", "pubsub")
        #expect(throws: RedisError.self) { try subscriber.next(soon) }
        #expect(try subscriber.next(.after(milliseconds: 10)) == nil)
        #expect(try publisher.publish([9], to: "again") == 1)
        #expect(try subscriber.next(soon)?.payload == [9])
    }
}
