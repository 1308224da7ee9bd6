import CShims
import Glibc

/// Wakes one waiting thread: an eventfd, so that a wait costs nothing and ends at once.
final class Alarm: Sendable {
    private let descriptor: Int32

    init?() {
        descriptor = dg_eventfd()
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    func ring() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Waits until the alarm rings or the time has passed; true when it rang. It stays rung.
    func wait(milliseconds: Int) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, Int32(clamping: max(0, milliseconds))) > 0
    }
}
