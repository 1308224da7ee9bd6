import CShims
import Glibc

/// Wakes every thread that waits for a connection, once and for good.
///
/// An event descriptor that is written once and never read: it stays readable, so nobody can miss it.
package final class Stop: Sendable {
    package let descriptor: Int32

    package init() throws(ListenerError) {
        descriptor = dg_eventfd()
        guard descriptor >= 0 else { throw ListenerError("eventfd", code: dg_errno()) }
    }

    deinit { close(descriptor) }

    /// Asks everybody to stop; safe to call from any thread and more than once.
    package func request() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }
}
