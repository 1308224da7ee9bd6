import Base
import Synchronization

/// Who holds or waits for a space inside this process, first come first served.
///
/// Taken before the lease in Redis: a lease that is lost must not let a second piece of work of the same process in
/// while the first has not noticed yet.
package final class LocalTurns: Sendable {
    struct Turn: Hashable, Sendable {
        let instance: String
        let number: UInt64
    }

    /// One line of turns per space; the first of each holds the space.
    private let lines = Mutex<[SpaceID: [Turn]]>([:])

    package init() {}

    /// The turns of this process. Global on purpose: several locks in one process must exclude each other.
    package static let ofProcess = LocalTurns()

    /// Joins the line; true when nobody is before us.
    func join(_ space: SpaceID, _ turn: Turn) -> Bool {
        lines.withLock { lines in
            lines[space, default: []].append(turn)
            return lines[space]?.first == turn
        }
    }

    /// The turn that holds the space now.
    func holder(_ space: SpaceID) -> Turn? {
        lines.withLock { $0[space]?.first }
    }

    func leave(_ space: SpaceID, _ turn: Turn) {
        lines.withLock { lines in
            lines[space]?.removeAll { $0 == turn }
            if lines[space]?.isEmpty == true { lines[space] = nil }
        }
    }
}
