import Base

/// Runs each piece of a task on a thread of its own.
///
/// A test that waits for processes blocks its thread. Swift's own pool has as many threads as the machine has cores, and
/// two such tests would hold up all others.
package final class ThreadExecutor: TaskExecutor {
    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        // Without a thread the piece runs here: late, but not never.
        if startThread({ job.runSynchronously(on: executor) }) == nil { job.runSynchronously(on: executor) }
    }
}
