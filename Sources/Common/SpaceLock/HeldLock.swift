package import Base
import Synchronization

/// A space that is held: its token, its cancellation, and the thread that renews its lease.
package final class HeldLock: Sendable {
    package let space: SpaceID
    /// The value of the lease; unique per acquisition.
    package let token: String
    /// Cancelled when the lease is lost; ask it between steps.
    package let cancellation = Cancellation()

    private enum Phase { case held, handingOver, handedOver, ended }

    private struct State {
        var phase = Phase.held
        var validUntil: Deadline
    }

    private let store: any LeaseStore
    private let timing: LockTiming
    private let state: Mutex<State>
    private let alarm: Alarm
    private let renewals = Mutex<ThreadHandle?>(nil)

    /// - Parameter validUntil: measured from before the lease was asked for, so that it ends here first.
    init(space: SpaceID, token: String, store: any LeaseStore, timing: LockTiming, validUntil: Deadline, alarm: Alarm) {
        self.space = space
        self.token = token
        self.store = store
        self.timing = timing
        self.alarm = alarm
        state = Mutex(State(validUntil: validUntil))
    }

    /// Throws when the lease is lost, or may be.
    package func check() throws(Cancelled) {
        try cancellation.check()
        guard state.withLock({ $0.phase == .held && $0.validUntil.hasPassed }) else { return }
        cancellation.cancel("the lock of the space expired")
        try cancellation.check()
    }

    /// Whether another process has taken the lock over.
    package var isHandedOver: Bool { state.withLock { $0.phase == .handedOver } }

    /// Gives the lock to another process without letting anybody in between.
    ///
    /// `send` tells the other process the token; it puts its own in the place of ours and acknowledges. Until then the
    /// lease is renewed. Renewal stops *before* the acknowledgement is believed, so that it cannot meet the new owner.
    ///
    /// - Parameters:
    ///   - send: false when there is nobody to send to.
    ///   - acknowledged: waits for the acknowledgement until the deadline.
    /// - Returns: whether the other process holds the lock now. If not, it is released as usual.
    package func handOver(
        within milliseconds: Int = 2_000,
        send: (_ token: String) -> Bool,
        acknowledged: (Deadline) -> Bool
    ) -> Bool {
        guard state.withLock({ $0.phase == .held }), !cancellation.isCancelled else { return false }
        state.withLock { $0.phase = .handingOver }
        guard send(token), acknowledged(.after(milliseconds: milliseconds)) else {
            state.withLock { $0.phase = .held }
            return false
        }
        stopRenewing()
        state.withLock { $0.phase = .handedOver }
        return true
    }

    // MARK: - Renewal

    /// Starts to renew; false when the system refuses a thread.
    func startRenewing() -> Bool {
        let thread = startThread { [self] in renewUntilStopped() }
        renewals.withLock { $0 = thread }
        return thread != nil
    }

    /// Ends the renewal and, unless the lock was handed over, gives the lease back.
    func release() {
        stopRenewing()
        guard !isHandedOver else { return }
        state.withLock { $0.phase = .ended }
        // A Redis that was restarted is back in a moment. A lease that is not given back ends by itself, but until then
        // everybody waits for it.
        let patience = Deadline.after(milliseconds: 1_000)
        while (try? store.remove(space, token: token)) == nil, !patience.hasPassed { sleep(milliseconds: 100) }
    }

    private func stopRenewing() {
        alarm.ring()
        renewals.withLock { thread in
            defer { thread = nil }
            return thread
        }?.join()
    }

    private func renewUntilStopped() {
        var pause = timing.renewal
        while !alarm.wait(milliseconds: pause) {
            let asked = MonotonicClock.milliseconds()
            do throws(LeaseError) {
                guard try store.extend(space, token: token, timing: timing) else { return lost() }
                let valid = Deadline(milliseconds: asked + Int64(timing.timeToLive - timing.margin))
                state.withLock { $0.validUntil = valid }
                pause = timing.renewal
            } catch {
                // One failed renewal is no loss: the lease still runs. Ask again sooner, until it has run out.
                guard !state.withLock({ $0.validUntil.hasPassed }) else {
                    return cancellation.cancel("the lock of the space could not be renewed: \(error)")
                }
                pause = timing.retry
            }
        }
    }

    /// The lease holds another token. While it is being handed over that is the new owner, not a thief.
    private func lost() {
        guard state.withLock({ $0.phase == .held }) else { return }
        cancellation.cancel("the lock of the space was lost to somebody else")
    }
}
