package import Base
import Glibc

/// The events of poll(2), with the types Swift wants.
package struct PollEvents: OptionSet, Sendable {
    package let rawValue: Int16

    package init(rawValue: Int16) { self.rawValue = rawValue }

    package static let input = PollEvents(rawValue: Int16(POLLIN))
    package static let output = PollEvents(rawValue: Int16(POLLOUT))
    package static let error = PollEvents(rawValue: Int16(POLLERR))
    package static let hangUp = PollEvents(rawValue: Int16(POLLHUP))
    package static let invalid = PollEvents(rawValue: Int16(POLLNVAL))
    /// The peer has closed its sending side (POLLRDHUP, which Glibc's module does not export).
    package static let peerClosed = PollEvents(rawValue: 0x2000)

    package static let gone: PollEvents = [.error, .hangUp, .invalid]
}

/// Waits for one descriptor; returns what happened, empty after the deadline or a signal.
package func wait(for descriptor: Int32, events: PollEvents, deadline: Deadline) -> PollEvents {
    var entry = pollfd(fd: descriptor, events: events.rawValue, revents: 0)
    guard poll(&entry, 1, deadline.pollTimeout) > 0 else { return [] }
    return PollEvents(rawValue: entry.revents)
}
