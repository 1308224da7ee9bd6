import Base
import Synchronization
import Testing

@testable import SpaceLock

/// Waiting one's turn: fair, reported, bounded.
@Suite struct WaitingTests {
    @Test(arguments: Store.allCases) func aWaiterGetsTheSpaceSoonAfterItIsFree(_ kind: Store) throws {
        let store = try kind.make()
        let space = SpaceID.fresh()
        let released = Mutex<Int64>(0)
        let started = Alarm()
        let holder = startThread {
            _ = lock(store).withSpaceLock(space) { _ in
                started?.ring()
                sleep(milliseconds: 300)
                released.withLock { $0 = MonotonicClock.milliseconds() }
            }
        }
        _ = started?.wait(milliseconds: 5_000)
        let taken = lock(store).withSpaceLock(space, wait: LockWait(milliseconds: 5_000)) { _ in
            MonotonicClock.milliseconds()
        }
        holder?.join()
        let idle = try #require(taken.value) - released.withLock { $0 }
        #expect((0...250).contains(idle))
    }

    @Test(arguments: Store.allCases) func waitersAreServedInTheirOrder(_ kind: Store) throws {
        let store = try kind.make()
        let space = SpaceID.fresh()
        let order = Mutex<[Int]>([])
        let waiters = lock(store).withSpaceLock(space) { _ in
            (0..<5).map { number in
                defer { sleep(milliseconds: 100) }
                return startThread {
                    _ = lock(store).withSpaceLock(space, wait: LockWait(milliseconds: 10_000)) { _ in
                        order.withLock { $0.append(number) }
                    }
                }
            }
        }
        waiters.value?.forEach { $0?.join() }
        #expect(order.withLock { $0 } == [0, 1, 2, 3, 4])
    }

    @Test func waitersOfOneProcessAreServedInTheirOrder() {
        let store = MemoryLeases()
        let spaceLock = lock(store)
        let space = SpaceID.fresh()
        let order = Mutex<[Int]>([])
        let waiters = spaceLock.withSpaceLock(space) { _ in
            (0..<5).map { number in
                defer { sleep(milliseconds: 60) }
                return startThread {
                    _ = spaceLock.withSpaceLock(space, wait: LockWait(milliseconds: 10_000)) { _ in
                        order.withLock { $0.append(number) }
                    }
                }
            }
        }
        waiters.value?.forEach { $0?.join() }
        #expect(order.withLock { $0 } == [0, 1, 2, 3, 4])
    }

    @Test(arguments: Store.allCases) func oneAttemptDoesNotOvertakeAWaiter(_ kind: Store) throws {
        let store = try kind.make()
        let space = SpaceID.fresh()
        _ = try store.take(space, token: "holder", timing: LockTiming(), queueing: false)
        _ = try store.take(space, token: "waiter", timing: quick, queueing: true)
        _ = try store.remove(space, token: "holder")
        #expect(lock(store).withSpaceLock(space) { _ in 1 } == .lockHeld)
        sleep(milliseconds: quick.patience + 50)
        #expect(lock(store).withSpaceLock(space) { _ in 1 } == .value(1))
    }

    @Test(arguments: Store.allCases) func aWaitEndsWithItsTimeAndLeavesNoPlaceBehind(_ kind: Store) throws {
        let store = try kind.make()
        let space = SpaceID.fresh()
        _ = try store.take(space, token: "holder", timing: LockTiming(), queueing: false)
        let before = MonotonicClock.milliseconds()
        #expect(lock(store).withSpaceLock(space, wait: LockWait(milliseconds: 200)) { _ in 1 } == .lockHeld)
        #expect((180...1_500).contains(MonotonicClock.milliseconds() - before))
        _ = try store.remove(space, token: "holder")
        #expect(lock(store).withSpaceLock(space) { _ in 1 } == .value(1))
    }

    @Test func theWaitIsReported() {
        let store = MemoryLeases()
        let space = SpaceID.fresh()
        store.steal(space, for: "holder")
        let reports = Mutex(0)
        let wait = LockWait(milliseconds: 500, reportEvery: 100, onWaiting: { _ in reports.withLock { $0 += 1 } })
        #expect(lock(store).withSpaceLock(space, wait: wait) { _ in 1 } == .lockHeld)
        #expect((3...5).contains(reports.withLock { $0 }))
    }

    @Test func aStoreThatComesBackWhileOneWaitsIsNoFailure() {
        let store = MemoryLeases()
        let space = SpaceID.fresh()
        store.steal(space, for: "holder")
        let outage = startThread {
            sleep(milliseconds: 100)
            store.setDown(true)
            sleep(milliseconds: 400)
            store.setDown(false)
            store.drop(space)
        }
        let outcome = lock(store).withSpaceLock(space, wait: LockWait(milliseconds: 5_000)) { _ in 1 }
        outage?.join()
        #expect(outcome == .value(1))
    }

    @Test func anAbandonedWaitEndsAtOnce() {
        let store = MemoryLeases()
        let space = SpaceID.fresh()
        store.steal(space, for: "holder")
        let before = MonotonicClock.milliseconds()
        let wait = LockWait(milliseconds: 30_000, isAbandoned: { MonotonicClock.milliseconds() - before > 100 })
        #expect(lock(store).withSpaceLock(space, wait: wait) { _ in 1 } == .lockHeld)
        #expect(MonotonicClock.milliseconds() - before < 2_000)
    }

    @Test(arguments: Store.allCases) func nobodyOverlapsUnderContention(_ kind: Store) throws {
        let store = try kind.make()
        let space = SpaceID.fresh()
        let inside = Mutex((now: 0, most: 0, total: 0))
        let workers = (0..<6).map { _ in
            startThread {
                let spaceLock = lock(store, timing: LockTiming())
                for _ in 0..<5 {
                    _ = spaceLock.withSpaceLock(space, wait: LockWait(milliseconds: 20_000)) { _ in
                        inside.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.total + 1) }
                        sleep(milliseconds: 2)
                        inside.withLock { $0.now -= 1 }
                    }
                }
            }
        }
        workers.forEach { $0?.join() }
        #expect(inside.withLock { $0.most } == 1)
        #expect(inside.withLock { $0.total } == 30)
    }
}
