import Glibc

/// Runs work on a thread of its own with a stack of the given size, and waits for it.
///
/// Documents are trees, and the code that walks them, Swift's release of them included, recurses. An ordinary thread
/// (8 MiB) is enough for some ten thousand levels in a release build, but not for every value that a hostile row or
/// file may hold. The stack is reserved, not committed: an unused part of it costs address space only.
///
/// A deep value that `body` returns is released by whoever holds it last, on that thread's own stack.
package func withLargeStack<Value, Failure: Error>(
    megabytes: Int = 512,
    _ body: () throws(Failure) -> Value
) throws(Failure) -> Value {
    var outcome: Result<Value, Failure>?
    runOnLargeStack(megabytes: megabytes) {
        do throws(Failure) { outcome = .success(try body()) } catch { outcome = .failure(error) }
    }
    guard let outcome else { preconditionFailure("the thread ended without running its work") }
    return try outcome.get()
}

private func runOnLargeStack(megabytes: Int, _ body: () -> Void) {
    withoutActuallyEscaping(body) { body in
        let work = Unmanaged.passRetained(Work(body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, megabytes << 20)
        var thread = pthread_t()
        let failure = pthread_create(
            &thread,
            &attributes,
            { context in
                guard let context else { return nil }
                Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
                return nil
            },
            work.toOpaque()
        )
        if failure == 0 {
            pthread_join(thread, nil)
        } else {
            // No thread or no address space left: the ordinary stack serves every ordinary document.
            work.takeRetainedValue().body()
        }
    }
}

/// A closure that can cross to the thread; the caller waits, so nothing runs at the same time.
private final class Work {
    let body: () -> Void

    init(_ body: @escaping () -> Void) { self.body = body }
}
