import Foundation

/// How much the tests that draw random cases do: a sample, or the full campaign with DOCMOST_GIT_FULL=1.
enum Campaign {
    static let isFull = ProcessInfo.processInfo.environment["DOCMOST_GIT_FULL"] == "1"

    static func size(_ sample: Int, full: Int) -> Int { isFull ? full : sample }
}

/// The processor time that work takes on this thread: other tests running at the same time do not count.
func processorTime(_ work: () throws -> Void) rethrows -> Duration {
    func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
    let start = now()
    try work()
    return now() - start
}
