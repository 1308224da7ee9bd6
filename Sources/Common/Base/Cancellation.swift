import Synchronization

/// Tells work that it must stop at its next step, and why.
///
/// Set once, by anybody; read by the worker between steps. The first reason wins.
package final class Cancellation: Sendable {
    private let state = Mutex<String?>(nil)

    package init() {}

    package func cancel(_ reason: String) {
        state.withLock { $0 = $0 ?? reason }
    }

    /// Why the work was cancelled; nil while it may go on.
    package var reason: String? { state.withLock { $0 } }

    package var isCancelled: Bool { reason != nil }

    /// Throws `Cancelled` when the work must stop.
    package func check() throws(Cancelled) {
        if let reason { throw Cancelled(reason: reason) }
    }
}

/// The work was told to stop.
package struct Cancelled: Error, CustomStringConvertible {
    package let reason: String

    package init(reason: String) { self.reason = reason }

    package var description: String { reason }
}
