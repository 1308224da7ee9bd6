/// What came of asking for a space.
package enum LockOutcome<Value> {
    /// The work ran; this is what it returned.
    case value(Value)
    /// Other work of this lock's own instance runs on the space.
    case inProgress
    /// Somebody else holds the space.
    case lockHeld
    /// The store of leases could not be asked, so the work did not run.
    case unavailable(LeaseError)

    /// The work's value, when it ran.
    package var value: Value? { if case .value(let value) = self { value } else { nil } }
}

extension LockOutcome: Sendable where Value: Sendable {}
extension LockOutcome: Equatable where Value: Equatable {
    package static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.value(let left), .value(let right)): left == right
        case (.inProgress, .inProgress), (.lockHeld, .lockHeld), (.unavailable, .unavailable): true
        default: false
        }
    }
}

/// How long to wait for a space, and what happens meanwhile.
package struct LockWait {
    /// 0 = one attempt.
    package var milliseconds: Int
    /// How often `onWaiting` is called.
    package var reportEvery: Int
    /// Called with the seconds waited so far.
    package var onWaiting: (_ seconds: Int) -> Void
    /// Asked often; true ends the wait (the client has gone).
    package var isAbandoned: () -> Bool

    package init(
        milliseconds: Int,
        reportEvery: Int = 5_000,
        onWaiting: @escaping (_ seconds: Int) -> Void = { _ in },
        isAbandoned: @escaping () -> Bool = { false }
    ) {
        self.milliseconds = milliseconds
        self.reportEvery = reportEvery
        self.onWaiting = onWaiting
        self.isAbandoned = isAbandoned
    }

    /// One attempt.
    package static var none: LockWait { LockWait(milliseconds: 0) }
}

/// Who holds a lease.
package enum LockOwner: Hashable, Sendable {
    /// A program of this project; the token has a number after the instance.
    case ours(token: String)
    /// The predecessor, whose value is the plain UUID of its process, or anybody else.
    case foreign(String)

    package init(token: String) {
        let parts = token.split(separator: ":", omittingEmptySubsequences: false)
        let isOurs = parts.count == 3 && parts[0] == "docmost-git" && UInt64(parts[2]) != nil
        self = isOurs ? .ours(token: token) : .foreign(token)
    }
}
