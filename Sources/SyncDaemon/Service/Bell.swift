import CShims
import Glibc

/// Wakes threads that wait, so that nobody has to look every few milliseconds whether something is there.
///
/// A ring is kept until somebody waits. Several threads may wait; at least one wakes.
final class Bell: Sendable {
    private let descriptor: Int32

    init() throws(ServiceFailure) {
        descriptor = dg_eventfd()
        guard descriptor >= 0 else { throw ServiceFailure("eventfd: \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    func ring() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Waits for a ring, at most so long.
    func wait(milliseconds: Int) {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, Int32(clamping: milliseconds)) > 0 else { return }
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
    }
}
