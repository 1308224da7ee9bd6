package import Base
import Synchronization

// The lock of a space: one piece of work at a time, over all processes that share a Redis.
//
// First the turns of this process, then a lease in Redis with a time to live, renewed by a thread of its own.
// The lock orders the work; it does not make it safe. Safe are the compare-and-swap of refs and the row locks of the
// database: a holder that lost its lease without noticing fails at its next write.
// A push hands its lock to the daemon's cycle (`HeldLock.handOver`, `adopt`), so that nothing comes between them.

/// Serialises the work on each space.
package final class SpaceLock: Sendable {
    /// Names this lock in its tokens; unique per process.
    package let instance: String
    package let timing: LockTiming

    private let store: any LeaseStore
    private let turns: LocalTurns
    private let numbers = Atomic<UInt64>(0)

    package init(
        store: any LeaseStore,
        instance: String = Identifier<SpaceLock>.fresh().description,
        timing: LockTiming = LockTiming(),
        turns: LocalTurns = .ofProcess
    ) {
        self.store = store
        self.instance = instance
        self.timing = timing
        self.turns = turns
    }

    /// Runs the work while the space is held, and gives the space back whatever comes of it.
    package func withSpaceLock<Value, Failure: Error>(
        _ space: SpaceID,
        wait: LockWait = .none,
        _ work: (HeldLock) throws(Failure) -> Value
    ) throws(Failure) -> LockOutcome<Value> {
        let turn = nextTurn()
        let waiting = Waiting(wait)
        let isFirst = turns.join(space, turn)
        defer { turns.leave(space, turn) }
        if !isFirst, let refusal = waitForTurn(space, turn, waiting) { return refusal.outcome() }
        switch waitForLease(space, token: token(of: turn), waiting) {
        case .success(let held):
            defer { held.release() }
            return .value(try work(held))
        case .failure(let refusal):
            return refusal.outcome()
        }
    }

    /// Runs the work under a lock that another process hands over with its token.
    ///
    /// - Returns: `lockHeld` when the lease does not hold that token any more.
    package func adopt<Value, Failure: Error>(
        _ space: SpaceID,
        token handedOver: String,
        _ work: (HeldLock) throws(Failure) -> Value
    ) throws(Failure) -> LockOutcome<Value> {
        let turn = nextTurn()
        let isFirst = turns.join(space, turn)
        defer { turns.leave(space, turn) }
        guard isFirst else { return turns.holder(space)?.instance == instance ? .inProgress : .lockHeld }
        let asked = MonotonicClock.milliseconds()
        do throws(LeaseError) {
            guard try store.exchange(space, from: handedOver, to: token(of: turn), timing: timing) else {
                return .lockHeld
            }
        } catch {
            return .unavailable(error)
        }
        guard let held = hold(space, token: token(of: turn), asked: asked) else { return Refusal.noThread.outcome() }
        defer { held.release() }
        return .value(try work(held))
    }

    /// Who holds the space now.
    package func owner(of space: SpaceID) throws(LeaseError) -> LockOwner? {
        try store.holder(space).map { LockOwner(token: $0) }
    }

    // MARK: - Waiting

    private struct Refusal: Error {
        enum Reason { case inProgress, lockHeld, unavailable(LeaseError) }
        let reason: Reason

        static var noThread: Refusal { Refusal(reason: .unavailable(LeaseError("no thread for renewing the lock"))) }

        func outcome<Value>() -> LockOutcome<Value> {
            switch reason {
            case .inProgress: .inProgress
            case .lockHeld: .lockHeld
            case .unavailable(let error): .unavailable(error)
            }
        }
    }

    /// Nil once it is our turn in this process.
    private func waitForTurn(_ space: SpaceID, _ turn: LocalTurns.Turn, _ waiting: Waiting) -> Refusal? {
        while let holder = turns.holder(space), holder != turn {
            guard waiting.pause(milliseconds: 5) else {
                return Refusal(reason: holder.instance == instance ? .inProgress : .lockHeld)
            }
        }
        return nil
    }

    private func waitForLease(_ space: SpaceID, token: String, _ waiting: Waiting) -> Result<HeldLock, Refusal> {
        var hasAnswered = false
        while true {
            do throws(LeaseError) {
                let asked = MonotonicClock.milliseconds()
                let answer = try store.take(space, token: token, timing: timing, queueing: waiting.mayWait)
                hasAnswered = true
                guard case .refused(let ahead) = answer else {
                    return hold(space, token: token, asked: asked).map { .success($0) } ?? .failure(.noThread)
                }
                // The first in the queue asks often, so that a freed space is not left idle.
                guard waiting.pause(milliseconds: ahead == 0 ? 15 : 60) else {
                    if waiting.mayWait { try store.leaveQueue(space, token: token) }
                    return .failure(Refusal(reason: .lockHeld))
                }
            } catch {
                // A store that is down is said at once; one that goes down while we wait may come back in time.
                guard hasAnswered, waiting.pause(milliseconds: 250) else {
                    return .failure(Refusal(reason: .unavailable(error)))
                }
            }
        }
    }

    private func hold(_ space: SpaceID, token: String, asked: Int64) -> HeldLock? {
        let valid = Deadline(milliseconds: asked + Int64(timing.timeToLive - timing.margin))
        let held = Alarm().map {
            HeldLock(space: space, token: token, store: store, timing: timing, validUntil: valid, alarm: $0)
        }
        guard let held, held.startRenewing() else {
            _ = try? store.remove(space, token: token)
            return nil
        }
        return held
    }

    private func nextTurn() -> LocalTurns.Turn {
        LocalTurns.Turn(
            instance: instance,
            number: numbers.wrappingAdd(1, ordering: .relaxed).newValue
        )
    }

    /// `docmost-git:<instance>:<number>`; the predecessor's values are plain UUIDs.
    private func token(of turn: LocalTurns.Turn) -> String { "docmost-git:\(turn.instance):\(turn.number)" }
}

/// One wait: its deadline and the lines it has reported.
private final class Waiting {
    private let wait: LockWait
    private let started = MonotonicClock.milliseconds()
    private var nextReport: Int64

    init(_ wait: LockWait) {
        self.wait = wait
        nextReport = started + Int64(wait.reportEvery)
    }

    var mayWait: Bool { wait.milliseconds > 0 }

    /// Pauses; false when the wait is over.
    func pause(milliseconds: Int) -> Bool {
        let deadline = Deadline(milliseconds: started + Int64(wait.milliseconds))
        guard !deadline.hasPassed, !wait.isAbandoned() else { return false }
        sleep(milliseconds: min(milliseconds, deadline.remainingMilliseconds))
        let now = MonotonicClock.milliseconds()
        if now >= nextReport {
            wait.onWaiting(Int(now - started) / 1000)
            nextReport = now + Int64(wait.reportEvery)
        }
        return true
    }
}
