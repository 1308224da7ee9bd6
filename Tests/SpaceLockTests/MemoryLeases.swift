import Base
import SpaceLock
import Synchronization

/// Leases in memory, with a switch for failures.
final class MemoryLeases: LeaseStore {
    private struct Lease {
        var token: String
        var expiry: Deadline
    }

    private struct State {
        var leases: [SpaceID: Lease] = [:]
        var queues: [SpaceID: [(token: String, seen: Int64)]] = [:]
        var isDown = false
        var failingExtensions = 0
        var failingRemovals = 0
    }

    private let state = Mutex(State())

    func setDown(_ down: Bool) { state.withLock { $0.isDown = down } }
    func failExtensions(_ count: Int) { state.withLock { $0.failingExtensions = count } }
    func failRemovals(_ count: Int) { state.withLock { $0.failingRemovals = count } }
    func steal(_ space: SpaceID, for token: String) {
        state.withLock { $0.leases[space] = Lease(token: token, expiry: .after(milliseconds: 60_000)) }
    }
    func drop(_ space: SpaceID) { state.withLock { $0.leases[space] = nil } }

    private func step<Value: Sendable>(
        _ space: SpaceID,
        _ body: (inout State) -> Value
    ) throws(LeaseError) -> Value {
        let value: Value? = state.withLock { state in
            guard !state.isDown else { return nil }
            if state.leases[space]?.expiry.hasPassed == true { state.leases[space] = nil }
            return body(&state)
        }
        guard let value else { throw LeaseError("the store is down") }
        return value
    }

    func take(_ space: SpaceID, token: String, timing: LockTiming, queueing: Bool) throws(LeaseError) -> LeaseAnswer {
        try step(space) { state in
            let now = MonotonicClock.milliseconds()
            var queue = state.queues[space, default: []]
            queue.removeAll { $0.token != token && now - $0.seen > Int64(timing.patience) }
            let place = queue.firstIndex { $0.token == token }
            let ahead = place ?? queue.count
            if ahead == 0, state.leases[space] == nil {
                state.leases[space] = Lease(token: token, expiry: .after(milliseconds: timing.timeToLive))
                queue.removeAll { $0.token == token }
                state.queues[space] = queue
                return .granted
            }
            if queueing, let place { queue[place].seen = now }
            if queueing, place == nil { queue.append((token, now)) }
            state.queues[space] = queue
            return .refused(ahead: ahead)
        }
    }

    func leaveQueue(_ space: SpaceID, token: String) throws(LeaseError) {
        try step(space) { $0.queues[space]?.removeAll { $0.token == token } }
    }

    func extend(_ space: SpaceID, token: String, timing: LockTiming) throws(LeaseError) -> Bool {
        let fails = state.withLock { state in
            defer { state.failingExtensions = max(0, state.failingExtensions - 1) }
            return state.failingExtensions > 0
        }
        if fails { throw LeaseError("this extension fails") }
        return try step(space) { state in
            guard state.leases[space]?.token == token else { return false }
            state.leases[space]?.expiry = .after(milliseconds: timing.timeToLive)
            return true
        }
    }

    func remove(_ space: SpaceID, token: String) throws(LeaseError) -> Bool {
        let fails = state.withLock { state in
            defer { state.failingRemovals = max(0, state.failingRemovals - 1) }
            return state.failingRemovals > 0
        }
        if fails { throw LeaseError("this removal fails") }
        return try step(space) { state in
            guard state.leases[space]?.token == token else { return false }
            state.leases[space] = nil
            return true
        }
    }

    func exchange(
        _ space: SpaceID,
        from old: String,
        to new: String,
        timing: LockTiming
    ) throws(LeaseError) -> Bool {
        try step(space) { state in
            guard state.leases[space]?.token == old else { return false }
            state.leases[space] = Lease(token: new, expiry: .after(milliseconds: timing.timeToLive))
            return true
        }
    }

    func holder(_ space: SpaceID) throws(LeaseError) -> String? {
        try step(space) { $0.leases[space]?.token }
    }
}
