import CShims
import Glibc
import Synchronization

/// Turns SIGTERM into a descriptor that becomes readable, for a plain CGI process.
///
/// A web server sends the signal when its client has gone. Ending at once would leave git, and a lock, behind.
enum Interrupt {
    private static let descriptor = Atomic<Int32>(-1)

    /// The descriptor; -1 if the system has none to give.
    static func onTermination() -> Int32 {
        let made = dg_eventfd()
        guard made >= 0 else { return -1 }
        descriptor.store(made, ordering: .releasing)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in
            // Only what is safe in a signal handler: one write.
            var one: UInt64 = 1
            _ = write(Interrupt.descriptor.load(ordering: .acquiring), &one, 8)
        }
        sigaction(SIGTERM, &action, nil)
        return made
    }
}
