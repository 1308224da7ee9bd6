package import Base

/// What stands between a plan and the loss of pages.
package struct Guards: Sendable {
    /// The most pages that one push, or one look at the wiki, may delete without a person's word.
    package let maxDeletes: Int
    /// Pages whose deletion a person has allowed.
    package var allowed: Set<PageID>
    /// Whether the push itself said that its deletions are meant.
    package var isAllowedByPush: Bool

    package init(maxDeletes: Int = 20, allowed: Set<PageID> = [], isAllowedByPush: Bool = false) {
        self.maxDeletes = maxDeletes
        self.allowed = allowed
        self.isAllowedByPush = isAllowedByPush
    }

    /// Why the deletions wait; nil if they may go on.
    ///
    /// - Parameters:
    ///   - deletions: the pages that would go; those allowed one by one are not counted.
    ///   - total: the pages there are on the side that still has them.
    package func reasonToHold(_ deletions: [PageID], of total: Int) -> String? {
        guard !isAllowedByPush else { return nil }
        let waiting = deletions.filter { !allowed.contains($0) }
        if waiting.isEmpty { return nil }
        if deletions.count == total, total > 1 {
            return "this would delete every page of the space (\(total))"
        }
        if waiting.count > maxDeletes {
            return "\(waiting.count) deletions at once are more than the limit of \(maxDeletes)"
        }
        return nil
    }

    /// Of a page whose row is gone, although nobody had put it into the trash: who deletes a page for good does it there.
    package static let vanished =
        "gone from the database without having been in its trash, as when an older backup is put back"

    /// How to allow what was held, for the person who pushed.
    package static let remedyForPush =
        "push again with -o allow-deletes, or ask the operator for: docmost-git-sync deletes allow"
}
