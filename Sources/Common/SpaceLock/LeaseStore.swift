package import Base

/// Where the leases of spaces live: Redis, or memory in tests. Both run the same tests.
///
/// A lease is a key with a value (the token of its holder) and a time to live. Every operation is atomic.
package protocol LeaseStore: Sendable {
    /// Takes the lease if it is free and nobody waits before this token.
    ///
    /// - Parameter queueing: whether the token keeps a place in the queue when it is refused. A place is lost when its
    ///   token does not ask again for `LockTiming.patience`.
    func take(_ space: SpaceID, token: String, timing: LockTiming, queueing: Bool) throws(LeaseError) -> LeaseAnswer

    /// Gives a place in the queue back.
    func leaveQueue(_ space: SpaceID, token: String) throws(LeaseError)

    /// Extends the lease by a full time to live if it still holds this token.
    func extend(_ space: SpaceID, token: String, timing: LockTiming) throws(LeaseError) -> Bool

    /// Removes the lease if it still holds this token.
    func remove(_ space: SpaceID, token: String) throws(LeaseError) -> Bool

    /// Puts another token in the place of this one, for a full time to live, if the lease still holds this one.
    func exchange(_ space: SpaceID, from old: String, to new: String, timing: LockTiming) throws(LeaseError) -> Bool

    /// The token that the lease holds now.
    func holder(_ space: SpaceID) throws(LeaseError) -> String?
}

/// What came of asking for a lease.
package enum LeaseAnswer: Hashable, Sendable {
    case granted
    /// Somebody holds it, or others wait before us.
    case refused(ahead: Int)
}

/// The store of leases could not be asked.
package struct LeaseError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// The times of a lease, in milliseconds.
package struct LockTiming: Hashable, Sendable {
    /// How long a lease outlives its holder.
    package var timeToLive: Int
    /// How early before its expiry a lease that could not be renewed counts as lost here: clocks differ a little.
    package var margin: Int
    /// How long a place in the queue outlives the last question of its token.
    package var patience: Int

    package init(timeToLive: Int = 30_000, margin: Int? = nil, patience: Int = 2_000) {
        self.timeToLive = timeToLive
        self.margin = margin ?? timeToLive / 10
        self.patience = patience
    }

    var renewal: Int { timeToLive / 3 }
    var retry: Int { max(1, timeToLive / 15) }
}
