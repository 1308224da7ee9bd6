import Glibc

/// The wall clock: what people see. Never used to measure a wait.
package enum WallClock {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package static func milliseconds() -> UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return UInt64(now.tv_sec) * 1000 + UInt64(now.tv_nsec) / 1_000_000
    }
}

/// The monotonic clock: every wait and every lease is measured with it.
package enum MonotonicClock {
    /// Milliseconds since an arbitrary start; goes on while the machine sleeps (CLOCK_BOOTTIME).
    package static func milliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}

/// A point in monotonic time by which something must be done.
package struct Deadline: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// A deadline so many milliseconds from now.
    package static func after(milliseconds: Int) -> Deadline {
        Deadline(milliseconds: MonotonicClock.milliseconds() + Int64(milliseconds))
    }

    package static let never = Deadline(milliseconds: .max)

    package var hasPassed: Bool { remainingMilliseconds <= 0 }

    /// What is left, at least 0; `Int.max` for `never`.
    package var remainingMilliseconds: Int {
        milliseconds == .max ? .max : Int(max(0, milliseconds - MonotonicClock.milliseconds()))
    }

    /// What is left as a time-out for poll(2): -1 for `never`.
    package var pollTimeout: Int32 {
        milliseconds == .max ? -1 : Int32(min(remainingMilliseconds, Int(Int32.max)))
    }

    package static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }
}

/// Waits without a busy loop; a signal does not end the wait.
package func sleep(milliseconds: Int) {
    let deadline = Deadline.after(milliseconds: milliseconds)
    while !deadline.hasPassed { poll(nil, 0, deadline.pollTimeout) }
}
