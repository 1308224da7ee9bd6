import Base
import Digest
import Synchronization

/// Remembers which passwords were right, so that git's several requests cost one hash and not one each.
///
/// An entry is found by a keyed hash over the user, the stored hash and the password: any change of the row ends it, and
/// the memory of this process tells nobody a password. Requests that come with the same password at the same time wait
/// for the first of them. Account state and roles are not remembered here.
final class CredentialMemory: Sendable {
    typealias Key = [UInt8]

    private struct State {
        var rightUntil: [Key: Deadline] = [:]
        var flights: [Key: Flight] = [:]
    }

    /// One check that is under way; whoever gets its lock first does the work, the others read the outcome.
    private final class Flight: Sendable {
        let outcome = Mutex<Result<Bool, Refusal>?>(nil)
    }

    private let state = Mutex(State())
    private let slots: Slots
    private let secret: [UInt8]
    private let lifetimeMilliseconds: Int
    private let capacity: Int

    /// - Parameter hashingAtOnce: password hashes computed at the same time; more would starve everybody else.
    init(lifetimeMilliseconds: Int = 300_000, capacity: Int = 10_000, hashingAtOnce: Int = 4) {
        self.lifetimeMilliseconds = lifetimeMilliseconds
        self.capacity = capacity
        slots = Slots(hashingAtOnce)
        secret = (0..<4).flatMap { _ in withUnsafeBytes(of: randomWord()) { Array($0) } }
    }

    /// The name of an entry. Lengths are part of it, so that no two triples have the same text.
    func key(user: String, hash: String, password: [UInt8]) -> Key {
        let text = "\(user.utf8.count):\(hash.utf8.count):\(user)\(hash)"
        return Digest.hmacSHA256(key: secret, Array(text.utf8) + password)
    }

    /// Whether the password is right: by memory, by a check that is under way, or by this one.
    func check(_ key: Key, _ compute: () throws(Refusal) -> Bool) throws(Refusal) -> Bool {
        enum Found {
            case right
            case flight(Flight)
        }
        let found = state.withLock { state in
            if let until = state.rightUntil[key], !until.hasPassed { return Found.right }
            let flight = state.flights[key] ?? Flight()
            state.flights[key] = flight
            return .flight(flight)
        }
        guard case .flight(let flight) = found else { return true }
        let outcome = flight.outcome.withLock { outcome in
            if let outcome { return outcome }
            let computed = Result { () throws(Refusal) in try compute() }
            outcome = computed
            finish(key, computed)
            return computed
        }
        return try outcome.get()
    }

    /// Computes a password hash when it is this one's turn.
    func hashing(_ compute: () -> Bool) -> Bool { slots.with(compute) }

    private func finish(_ key: Key, _ outcome: Result<Bool, Refusal>) {
        state.withLock { state in
            state.flights[key] = nil
            guard outcome == .success(true) else { return }
            if state.rightUntil.count >= capacity { state.rightUntil = state.rightUntil.filter { !$0.value.hasPassed } }
            if state.rightUntil.count >= capacity { state.rightUntil.removeAll() }
            state.rightUntil[key] = .after(milliseconds: lifetimeMilliseconds)
        }
    }
}

/// A number of places; whoever finds them taken waits.
private final class Slots: Sendable {
    private final class Place: Sendable { let lock = Mutex(()) }

    private let places: [Place]
    private let next = Atomic<Int>(0)

    init(_ count: Int) { places = (0..<max(1, count)).map { _ in Place() } }

    /// Takes places in turn: no one waits for a single slow holder for ever, as each hash takes about the same time.
    func with<Value>(_ body: () -> Value) -> Value {
        let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return places[Int(UInt(bitPattern: turn) % UInt(places.count))].lock.withLock { _ in body() }
    }
}
