import Base
import TestSupport
import Testing

@testable import SpaceLock

/// When a holder loses its lock, and when it does not.
@Suite struct LossTests {
    @Test func aStolenLockCancelsItsHolder() throws {
        let store = MemoryLeases()
        let space = SpaceID.fresh()
        let outcome = lock(store).withSpaceLock(space) { held in
            store.steal(space, for: "thief")
            sleep(milliseconds: quick.timeToLive)
            return held.cancellation.isCancelled
        }
        #expect(outcome == .value(true))
        #expect(try store.holder(space) == "thief")
    }

    @Test func aVanishedLockCancelsItsHolder() {
        let store = MemoryLeases()
        let space = SpaceID.fresh()
        let outcome = lock(store).withSpaceLock(space) { held in
            store.drop(space)
            sleep(milliseconds: quick.timeToLive)
            return held.cancellation.isCancelled
        }
        #expect(outcome == .value(true))
    }

    @Test func oneFailedRenewalIsNoLoss() {
        let store = MemoryLeases()
        let outcome = lock(store).withSpaceLock(.fresh()) { held in
            store.failExtensions(2)
            sleep(milliseconds: quick.timeToLive * 2)
            return held.cancellation.isCancelled
        }
        #expect(outcome == .value(false))
    }

    /// Redis was restarted at the end of a cycle, and the next push waited until the lease had expired.
    @Test func aLeaseThatCannotBeGivenBackAtOnceIsGivenBackInAMoment() throws {
        let store = MemoryLeases()
        let space = SpaceID.fresh()
        store.failRemovals(2)
        #expect(lock(store).withSpaceLock(space) { _ in true } == .value(true))
        #expect(try store.holder(space) == nil)
    }

    @Test func aStoreThatStaysDownCancelsBeforeTheLeaseExpires() {
        let store = MemoryLeases()
        let outcome = lock(store).withSpaceLock(.fresh()) { held in
            store.setDown(true)
            sleep(milliseconds: quick.timeToLive)
            return held.cancellation.isCancelled
        }
        #expect(outcome == .value(true))
    }

    @Test func aStepAfterTheLocalDeadlineIsRefused() {
        let store = MemoryLeases()
        // Renewal that never comes: the first one is due long after the deadline of this test.
        let timing = LockTiming(timeToLive: 900, margin: 890)
        let outcome = lock(store, timing: timing).withSpaceLock(.fresh()) { held in
            sleep(milliseconds: 50)
            return (try? held.check()) == nil
        }
        #expect(outcome == .value(true))
    }

    @Test func aRedisThatForgotTheLockCancelsItsHolder() throws {
        let redis = try RedisServer()
        let spaceLock = lock(RedisLeases(url: redis.url), timing: LockTiming(timeToLive: 3_000))
        let outcome = try spaceLock.withSpaceLock(.fresh()) { held throws(ServerFailure) in
            do {
                redis.stop()
                try redis.start()
                try waitUntil("the loss is noticed", seconds: 5) { held.cancellation.isCancelled }
            } catch {
                throw ServerFailure("\(error)")
            }
            return held.cancellation.isCancelled
        }
        #expect(outcome == .value(true))
    }

    @Test func renewalEndsWithTheWork() throws {
        let store = MemoryLeases()
        let space = SpaceID.fresh()
        _ = lock(store).withSpaceLock(space) { _ in 1 }
        store.steal(space, for: "next")
        sleep(milliseconds: quick.timeToLive)
        #expect(try store.holder(space) == "next")
    }
}
