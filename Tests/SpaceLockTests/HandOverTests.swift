import Base
import Synchronization
import Testing

@testable import SpaceLock

/// One critical section over two processes.
@Suite struct HandOverTests {
    @Test(arguments: Store.allCases) func theSpaceIsNeverFreeBetweenHolderAndTaker(_ kind: Store) throws {
        let store = try kind.make()
        let space = SpaceID.fresh()
        let adopted = Alarm()
        let finish = Alarm()
        let taker = Mutex<ThreadHandle?>(nil)
        let handed = lock(store).withSpaceLock(space) { held in
            held.handOver { token in
                taker.withLock {
                    $0 = startThread {
                        _ = lock(store).adopt(space, token: token) { _ in
                            adopted?.ring()
                            _ = finish?.wait(milliseconds: 10_000)
                        }
                    }
                }
                return true
            } acknowledged: {
                adopted?.wait(milliseconds: $0.remainingMilliseconds) ?? false
            }
        }
        #expect(handed == .value(true))
        // The first holder has returned; the taker has the space, for longer than one lease.
        sleep(milliseconds: quick.timeToLive + 200)
        #expect(lock(store).withSpaceLock(space) { _ in 1 } == .lockHeld)
        finish?.ring()
        taker.withLock { $0 }?.join()
        #expect(lock(store).withSpaceLock(space) { _ in 1 } == .value(1))
    }

    @Test(arguments: Store.allCases) func withoutAnAcknowledgementTheHolderReleases(_ kind: Store) throws {
        let store = try kind.make()
        let space = SpaceID.fresh()
        let handed = lock(store).withSpaceLock(space) { held in
            let handed = held.handOver(
                within: 1_100,
                send: { _ in true },
                acknowledged: {
                    sleep(milliseconds: $0.remainingMilliseconds)
                    return false
                }
            )
            // Longer than the time to live: the holder renewed while it waited.
            return !handed && !held.cancellation.isCancelled && (try? store.holder(space)) == held.token
        }
        #expect(handed == .value(true))
        #expect(try store.holder(space) == nil)
    }

    @Test func aLateTakerFindsAnotherHolder() {
        let store = MemoryLeases()
        let space = SpaceID.fresh()
        let token = lock(store).withSpaceLock(space) { $0.token }
        #expect(lock(store).adopt(space, token: token.value ?? "") { _ in 1 } == .lockHeld)
    }

    @Test func ofTwoTakersOneGetsTheSpace() {
        let store = MemoryLeases()
        let space = SpaceID.fresh()
        store.steal(space, for: "pushed")
        let inner = lock(store).adopt(space, token: "pushed") { _ in
            lock(store).adopt(space, token: "pushed") { _ in 1 }
        }
        #expect(inner.value == .lockHeld)
    }

    @Test func aTakerWhoseAcknowledgementIsLostKeepsTheSpace() throws {
        let store = MemoryLeases()
        let space = SpaceID.fresh()
        _ = lock(store).withSpaceLock(space) { held in
            _ = held.handOver(
                within: 500,
                send: { _ in true },
                acknowledged: {
                    store.steal(space, for: "taker")
                    sleep(milliseconds: $0.remainingMilliseconds)
                    return false
                }
            )
        }
        #expect(try store.holder(space) == "taker")
    }

    @Test func aTakerThrowingReleases() {
        let store = MemoryLeases()
        let space = SpaceID.fresh()
        store.steal(space, for: "pushed")
        #expect(throws: WorkFailed.self) {
            _ = try lock(store).adopt(space, token: "pushed") { _ throws(WorkFailed) in throw WorkFailed() }
        }
        #expect(lock(store).withSpaceLock(space) { _ in 1 } == .value(1))
    }
}
