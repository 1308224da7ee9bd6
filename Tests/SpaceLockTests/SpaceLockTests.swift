import Base
import Foundation
import Redis
import Synchronization
import TestSupport
import Testing

@testable import SpaceLock

/// The stores that every test of the lock runs against.
enum Store: String, CaseIterable, Sendable {
    case memory, redis

    func make() throws -> any LeaseStore {
        switch self {
        case .memory: MemoryLeases()
        case .redis: RedisLeases(url: try RedisServer.shared().url)
        }
    }
}

/// Short times, so that a lease expires within a test.
let quick = LockTiming(timeToLive: 900, patience: 400)

/// A lock as another process would have it: the turns are its own.
func lock(_ store: any LeaseStore, timing: LockTiming = quick, turns: LocalTurns = LocalTurns()) -> SpaceLock {
    SpaceLock(store: store, timing: timing, turns: turns)
}

struct WorkFailed: Error {}

@Suite struct SpaceLockTests {
    @Test(arguments: Store.allCases) func theWorkRunsWhileTheLeaseHoldsItsToken(_ kind: Store) throws {
        let store = try kind.make()
        let space = SpaceID.fresh()
        let spaceLock = lock(store)
        let seen = try spaceLock.withSpaceLock(space) { held throws(LeaseError) in
            #expect(LockOwner(token: held.token) == .ours(token: held.token))
            return try store.holder(space) == held.token
        }
        #expect(seen == .value(true))
        #expect(try store.holder(space) == nil)
    }

    @Test(arguments: Store.allCases) func tokensAreNeverUsedTwice(_ kind: Store) throws {
        let spaceLock = lock(try kind.make())
        let space = SpaceID.fresh()
        let first = spaceLock.withSpaceLock(space) { $0.token }.value
        let second = spaceLock.withSpaceLock(space) { $0.token }.value
        #expect(first != nil && first != second)
    }

    @Test(arguments: Store.allCases) func aThrowingBodyReleases(_ kind: Store) throws {
        let store = try kind.make()
        let space = SpaceID.fresh()
        #expect(throws: WorkFailed.self) {
            _ = try lock(store).withSpaceLock(space) { _ throws(WorkFailed) in throw WorkFailed() }
        }
        #expect(try store.holder(space) == nil)
    }

    @Test(arguments: Store.allCases) func theSameInstanceIsToldInProgress(_ kind: Store) throws {
        let spaceLock = lock(try kind.make())
        let space = SpaceID.fresh()
        let inner = spaceLock.withSpaceLock(space) { _ in spaceLock.withSpaceLock(space) { _ in 1 } }
        #expect(inner.value == .inProgress)
    }

    @Test(arguments: Store.allCases) func anotherProcessIsToldLockHeld(_ kind: Store) throws {
        let store = try kind.make()
        let space = SpaceID.fresh()
        let inner = lock(store).withSpaceLock(space) { _ in lock(store).withSpaceLock(space) { _ in 1 } }
        #expect(inner.value == .lockHeld)
    }

    @Test(arguments: Store.allCases) func spacesDoNotDisturbEachOther(_ kind: Store) throws {
        let spaceLock = lock(try kind.make())
        let inner = spaceLock.withSpaceLock(.fresh()) { _ in spaceLock.withSpaceLock(.fresh()) { _ in 1 } }
        #expect(inner.value == .value(1))
    }

    @Test func twoLocksOfOneProcessExcludeEachOtherEvenWhenTheLeaseIsGone() {
        let store = MemoryLeases()
        let turns = LocalTurns()
        let space = SpaceID.fresh()
        let inner = lock(store, turns: turns).withSpaceLock(space) { _ in
            store.drop(space)
            return lock(store, turns: turns).withSpaceLock(space) { _ in 1 }
        }
        #expect(inner.value == .lockHeld)
    }

    @Test(arguments: Store.allCases) func aPredecessorsLockIsRespected(_ kind: Store) throws {
        let store = try kind.make()
        let space = SpaceID.fresh()
        let foreign = UUID().uuidString.lowercased()
        _ = try store.take(space, token: foreign, timing: LockTiming(), queueing: false)
        #expect(lock(store).withSpaceLock(space) { _ in 1 } == .lockHeld)
        #expect(try lock(store).owner(of: space) == .foreign(foreign))
        #expect(try store.holder(space) == foreign)
    }

    @Test(arguments: Store.allCases) func aLeaseOfADeadHolderExpires(_ kind: Store) throws {
        let store = try kind.make()
        let space = SpaceID.fresh()
        _ = try store.take(space, token: "dead", timing: quick, queueing: false)
        let outcome = lock(store).withSpaceLock(space, wait: LockWait(milliseconds: 3_000)) { _ in 1 }
        #expect(outcome == .value(1))
    }

    @Test(arguments: Store.allCases) func aLongHolderKeepsItsLease(_ kind: Store) throws {
        let store = try kind.make()
        let space = SpaceID.fresh()
        let outcome = lock(store).withSpaceLock(space) { held in
            sleep(milliseconds: quick.timeToLive * 2)
            return !held.cancellation.isCancelled && lock(store).withSpaceLock(space) { _ in 1 } == .lockHeld
        }
        #expect(outcome == .value(true))
    }

    @Test(arguments: Store.allCases) func aStoreThatIsDownIsNotAnEmptyOne(_ kind: Store) throws {
        switch kind {
        case .memory:
            let store = MemoryLeases()
            store.setDown(true)
            #expect(lock(store).withSpaceLock(.fresh()) { _ in 1 } == .unavailable(LeaseError("")))
        case .redis:
            let store = RedisLeases(url: "redis://127.0.0.1:1/0")
            #expect(lock(store).withSpaceLock(.fresh()) { _ in 1 } == .unavailable(LeaseError("")))
        }
    }

    @Test func redisIsAskedWithSetNXAndTheTimeToLive() throws {
        let redis = try RedisServer()
        let space = SpaceID.fresh()
        let spaceLock = lock(RedisLeases(url: redis.url), timing: LockTiming())
        let timeToLive = try spaceLock.withSpaceLock(space) { held throws(ServerFailure) -> Int in
            do {
                #expect(try redis.command("GET", "git-sync:lock:\(space)") == held.token)
                return Int(try redis.command("PTTL", "git-sync:lock:\(space)")) ?? 0
            } catch {
                throw ServerFailure("\(error)")
            }
        }
        #expect((29_000...30_000).contains(timeToLive.value ?? 0))
        #expect(try redis.command("KEYS", "*").isEmpty)
    }

    @Test func workGoesOnAfterRedisWasRestarted() throws {
        let redis = try RedisServer()
        let spaceLock = lock(RedisLeases(url: redis.url))
        let space = SpaceID.fresh()
        #expect(spaceLock.withSpaceLock(space) { _ in 1 } == .value(1))
        redis.stop()
        #expect(spaceLock.withSpaceLock(space) { _ in 2 } == .unavailable(LeaseError("")))
        try redis.start()
        #expect(spaceLock.withSpaceLock(space) { _ in 3 } == .value(3))
    }
}
