/// What a member may do in a space; the highest of all memberships counts.
package enum SpaceRole: Int, Hashable, Comparable, Sendable, CaseIterable {
    case reader = 1
    case writer = 2
    case admin = 3

    /// Read on Page: every role has it.
    package var mayFetch: Bool { true }

    /// Manage on Page.
    package var mayPush: Bool { self >= .writer }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
