import Base
import Synchronization
import TestSupport

/// Watches how large a site's responders become.
final class PeakWatch: Sendable {
    private struct State {
        var peak = 0
        var isOver = false
    }

    private let state = Mutex(State())
    private let thread = Mutex<ThreadHandle?>(nil)

    init(_ site: Site) {
        let started = startThread { [self] in
            while !state.withLock({ $0.isOver }) {
                let now = site.peakMegabytes
                state.withLock { $0.peak = max($0.peak, now) }
                sleep(milliseconds: 100)
            }
        }
        thread.withLock { $0 = started }
    }

    /// Ends the watch; the largest size in megabytes.
    func end() -> Int {
        state.withLock { $0.isOver = true }
        thread.withLock { thread in
            defer { thread = nil }
            return thread
        }?.join()
        return state.withLock { $0.peak }
    }
}
