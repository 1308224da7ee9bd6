import Base
import GitStore
import PageStore

/// When a cycle of which space runs: pure, fed with what the probe sees and with the time.
///
/// - A change in the wiki waits until the space has been quiet for one probe, so that a burst of edits is one commit;
///   under continuous editing it waits at most `patience`.
/// - A push that nobody has taken up, a wake-up and the regular full comparison are due at once.
/// - A space runs once at a time; what is asked for meanwhile is due again when it has finished.
/// - Among the spaces that are due, the one that has waited longest comes first.
struct Schedule {
    /// What the probe sees of a space without starting a process.
    struct Sight: Equatable {
        var wiki: SpaceFingerprint
        var main: ObjectID?
    }

    private struct Entry {
        var seen: Sight?
        /// When the first change was seen that no cycle has taken up.
        var dirtySince: Int64?
        var dueSince: Int64?
        var isRunning = false
    }

    private var entries: [SpaceID: Entry] = [:]
    /// Milliseconds that continuous editing may put a cycle off.
    private let patience: Int64

    init(debounceMilliseconds: Int) { patience = Int64(debounceMilliseconds) * 10 }

    /// The spaces that are opted in now; all others are forgotten, and left alone at once.
    mutating func keepOnly(_ spaces: Set<SpaceID>) {
        for space in entries.keys where !spaces.contains(space) && entries[space]?.isRunning != true {
            entries[space] = nil
        }
    }

    /// Takes in one probe of a space.
    mutating func observe(_ space: SpaceID, _ sight: Sight, at now: Int64) {
        var entry = entries[space] ?? Entry()
        defer { entries[space] = entry }
        guard let seen = entry.seen else {
            entry.seen = sight
            entry.dueSince = entry.dueSince ?? now
            return
        }
        entry.seen = sight
        if sight.main != seen.main {
            entry.dueSince = entry.dueSince ?? now
        } else if sight != seen {
            entry.dirtySince = entry.dirtySince ?? now
        }
        guard let dirty = entry.dirtySince else { return }
        if sight == seen || now - dirty >= patience { entry.dueSince = entry.dueSince ?? dirty }
    }

    /// Makes a space due at once: it was pushed, or its regular comparison has come.
    mutating func look(_ space: SpaceID, at now: Int64) {
        entries[space, default: Entry()].dueSince = entries[space]?.dueSince ?? now
    }

    /// The next space to run, which counts as running from now on.
    mutating func next() -> SpaceID? {
        let due = entries.filter { !$0.value.isRunning && $0.value.dueSince != nil }
        let first = due.min { left, right in
            (left.value.dueSince ?? 0, left.key) < (right.value.dueSince ?? 0, right.key)
        }
        guard let space = first?.key else { return nil }
        entries[space]?.isRunning = true
        entries[space]?.dueSince = nil
        entries[space]?.dirtySince = nil
        return space
    }

    /// A cycle has ended.
    mutating func finished(_ space: SpaceID) { entries[space]?.isRunning = false }

    /// Whether some space could run now.
    var isDue: Bool { entries.values.contains { !$0.isRunning && $0.dueSince != nil } }
}
