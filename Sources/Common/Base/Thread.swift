import Glibc
import Synchronization

/// A plain thread that was started and must be joined once.
package final class ThreadHandle: Sendable {
    private let identifier: Mutex<pthread_t?>
    private let body: ThreadBody

    fileprivate init(_ identifier: pthread_t, _ body: ThreadBody) {
        self.identifier = Mutex(identifier)
        self.body = body
    }

    /// Whether the body has returned. A thread that has ended must still be joined.
    package var hasEnded: Bool { body.hasEnded.load(ordering: .acquiring) }

    /// Waits until the thread has ended; later calls return at once.
    package func join() {
        let thread = identifier.withLock { identifier in
            defer { identifier = nil }
            return identifier
        }
        if let thread { pthread_join(thread, nil) }
    }
}

/// What a new thread runs; a class so that it can travel through C's pointer.
private final class ThreadBody: Sendable {
    private let work: @Sendable () -> Void
    let hasEnded = Atomic<Bool>(false)

    init(_ work: @escaping @Sendable () -> Void) { self.work = work }

    func run() {
        work()
        hasEnded.store(true, ordering: .releasing)
    }
}

/// Starts a plain thread, for work that blocks in C calls and must not hold a thread of Swift's own pool.
///
/// Nil when the system refuses another thread; the body is not run then.
package func startThread(_ body: @escaping @Sendable () -> Void) -> ThreadHandle? {
    let body = ThreadBody(body)
    let context = Unmanaged.passRetained(body)
    var thread = pthread_t()
    let failed = pthread_create(
        &thread,
        nil,
        { pointer in
            guard let pointer else { return nil }
            Unmanaged<ThreadBody>.fromOpaque(pointer).takeRetainedValue().run()
            return nil
        },
        context.toOpaque()
    )
    guard failed == 0 else {
        context.release()
        return nil
    }
    return ThreadHandle(thread, body)
}
