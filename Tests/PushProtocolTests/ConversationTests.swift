import Base
import Foundation
import GitStore
import Redis
import SpaceLock
import Synchronization
import TestSupport
import Testing

@testable import PushProtocol

/// A daemon of these tests: what it does is given by closures.
final class DaemonDouble: Sendable {
    let lock: SpaceLock
    private let stop = Cancellation()
    private let thread: ThreadHandle?

    init(redis: RedisServer, handlers: PushHandlers) throws {
        let pool = RedisPool(url: redis.url)
        lock = SpaceLock(store: RedisLeases(pool), turns: LocalTurns())
        let listener = PushListener(redis: redis.url, pool: pool, lock: lock, handlers: handlers)
        let isListening = Cancellation()
        thread = startThread { [stop] in
            listener.run(until: stop, listening: { isListening.cancel("listening") })
        }
        try waitUntil("the daemon listens") { isListening.isCancelled }
    }

    func end() {
        stop.cancel("end of the test")
        thread?.join()
    }
}

func handlers(
    reconcile: @escaping @Sendable (SpaceID, PushID, HeldLock, PushReporter) -> String = { _, _, _, _ in "" },
    plan: @escaping @Sendable (SpaceID, PlanRequest, PushReporter) -> String = { _, _, _ in "" },
    look: @escaping @Sendable (SpaceID) -> Void = { _ in }
) -> PushHandlers {
    PushHandlers(reconcile: reconcile, plan: plan, look: look)
}

@Suite struct ConversationTests {
    private let redis: RedisServer
    private let pool: RedisPool
    private let space = SpaceID.fresh()

    init() throws {
        redis = try RedisServer()
        pool = RedisPool(url: redis.url)
    }

    private func hostLock() -> SpaceLock { SpaceLock(store: RedisLeases(pool), turns: LocalTurns()) }

    @Test func aPushIsHandedOverAndReported() throws {
        let lines = [
            ReportLine(.updated, "Handbook/Onboarding.md", url: "https://wiki/s/h/p/x", note: "merged with Eve"),
            ReportLine(.refused, "bad.md", note: "no such page"),
        ]
        let seen = Mutex<PushID?>(nil)
        let daemon = try DaemonDouble(
            redis: redis,
            handlers: handlers(reconcile: { _, push, held, reporter in
                seen.withLock { $0 = push }
                sleep(milliseconds: 200)
                for line in lines { reporter.report(line) }
                return held.cancellation.isCancelled ? "lost" : "2 pages"
            })
        )
        defer { daemon.end() }
        let talk = try PushConversation(about: .fresh(), space: space, redis: redis.url, pool: pool)
        let handed = hostLock().withSpaceLock(space) { held in
            held.handOver(send: talk.announce, acknowledged: talk.isAcknowledged)
        }
        #expect(handed == .value(true))
        // The daemon is still at work, and holds the space.
        #expect(hostLock().withSpaceLock(space) { _ in 1 } == .lockHeld)
        var heard: [ReportLine] = []
        #expect(talk.hear(line: { heard.append($0) }) == .done(summary: "2 pages"))
        #expect(heard == lines)
        #expect(seen.withLock { $0 } == talk.push)
    }

    @Test func withoutADaemonNobodyIsWaitedFor() throws {
        let talk = try PushConversation(about: .fresh(), space: space, redis: redis.url, pool: pool)
        let before = MonotonicClock.milliseconds()
        let handed = hostLock().withSpaceLock(space) {
            $0.handOver(send: talk.announce, acknowledged: talk.isAcknowledged)
        }
        #expect(handed == .value(false))
        #expect(MonotonicClock.milliseconds() - before < 1_000)
        #expect(try redis.command("EXISTS", RedisLeases.key(space)) == "0")
    }

    @Test func ofTwoDaemonsOneTakesThePush() throws {
        let runs = Mutex(0)
        let looks = Mutex(0)
        let work = handlers(
            reconcile: { _, _, _, _ in
                runs.withLock { $0 += 1 }
                sleep(milliseconds: 100)
                return "done"
            },
            look: { _ in looks.withLock { $0 += 1 } }
        )
        let daemons = [try DaemonDouble(redis: redis, handlers: work), try DaemonDouble(redis: redis, handlers: work)]
        let talk = try PushConversation(about: .fresh(), space: space, redis: redis.url, pool: pool)
        _ = hostLock().withSpaceLock(space) { $0.handOver(send: talk.announce, acknowledged: talk.isAcknowledged) }
        #expect(talk.hear(line: { _ in }) == .done(summary: "done"))
        daemons.forEach { $0.end() }
        #expect(runs.withLock { $0 } == 1)
        #expect(looks.withLock { $0 } == 1)
    }

    @Test func aDaemonThatStopsIsNoticed() throws {
        let talk = try PushConversation(about: .fresh(), space: space, redis: redis.url, pool: pool)
        let end = talk.hear(PushConversation.Patience(silence: 200, total: 5_000), line: { _ in })
        #expect(end == .silent)
    }

    @Test func aReportIsNotWaitedForForEver() throws {
        let daemon = try DaemonDouble(
            redis: redis,
            handlers: handlers(plan: { _, _, reporter in
                for number in 0..<20 {
                    reporter.report(ReportLine(.updated, "\(number).md"))
                    sleep(milliseconds: 100)
                }
                return "late"
            })
        )
        defer { daemon.end() }
        let talk = try PushConversation(about: .fresh(), space: space, redis: redis.url, pool: pool)
        #expect(talk.ask(try request(talk.push)))
        let end = talk.hear(PushConversation.Patience(silence: 1_000, total: 500), line: { _ in })
        #expect(end == .tooLong)
    }

    @Test func slowWorkIsNotSilence() throws {
        let daemon = try DaemonDouble(
            redis: redis,
            handlers: handlers(plan: { _, _, _ in
                sleep(milliseconds: 4_000)
                return "done"
            })
        )
        defer { daemon.end() }
        let talk = try PushConversation(about: .fresh(), space: space, redis: redis.url, pool: pool)
        #expect(talk.ask(try request(talk.push)))
        var reports = 0
        let end = talk.hear(
            PushConversation.Patience(silence: 3_000, total: 20_000, reportEvery: 1_000),
            waiting: { _ in reports += 1 },
            line: { _ in }
        )
        #expect(end == .done(summary: "done"))
        #expect(reports >= 2)
    }

    @Test func aClientThatLeavesEndsTheWait() throws {
        let talk = try PushConversation(about: .fresh(), space: space, redis: redis.url, pool: pool)
        #expect(talk.hear(isAbandoned: { true }, line: { _ in }) == .abandoned)
    }

    @Test func aLookReachesTheDaemon() throws {
        let looked = Mutex<SpaceID?>(nil)
        let daemon = try DaemonDouble(
            redis: redis,
            handlers: handlers(look: { space in looked.withLock { $0 = space } })
        )
        #expect(try WakeUp.look(at: space, over: pool) == 1)
        try waitUntil("the daemon looks") { looked.withLock { $0 } == space }
        daemon.end()
    }

    @Test func theDaemonListensAgainAfterRedisWasRestarted() throws {
        let looked = Mutex<SpaceID?>(nil)
        let daemon = try DaemonDouble(
            redis: redis,
            handlers: handlers(look: { space in looked.withLock { $0 = space } })
        )
        redis.stop()
        try redis.start()
        try waitUntil("the daemon is back") { ((try? WakeUp.look(at: space, over: pool)) ?? 0) > 0 }
        try waitUntil("the daemon looks") { looked.withLock { $0 } == space }
        daemon.end()
    }

    private func request(_ push: PushID) throws -> PlanRequest {
        let id = try #require(ObjectID("1234567890123456789012345678901234567890"))
        return PlanRequest(push: push, user: .fresh(), old: nil, new: id, options: ["dry-run"])
    }
}
