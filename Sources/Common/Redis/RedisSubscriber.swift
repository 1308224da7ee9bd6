package import Base

/// A message that came over a subscribed channel.
package struct RedisMessage: Sendable, Equatable {
    package let channel: String
    package let payload: [UInt8]
}

/// A connection of its own that only listens, confined to the thread that uses it.
///
/// Messages published while the connection is broken are gone: after `next` has thrown, the caller decides whether
/// that matters; the following call connects and subscribes again.
package final class RedisSubscriber {
    private let url: RedisURL
    private let timeouts: RedisTimeouts
    private var link: RedisLink?
    private let channels: [String]
    private let patterns: [String]
    private var waiting: [RedisMessage] = []

    /// Connects and subscribes; when this returns, no later message is missed.
    package init(
        url: String,
        channels: [String],
        patterns: [String] = [],
        timeouts: RedisTimeouts = RedisTimeouts()
    ) throws(RedisError) {
        self.url = try RedisURL(url)
        self.timeouts = timeouts
        self.channels = channels
        self.patterns = patterns
        try connect()
    }

    /// The next message, nil if none came before the deadline.
    package func next(_ deadline: Deadline) throws(RedisError) -> RedisMessage? {
        if !waiting.isEmpty { return waiting.removeFirst() }
        if link == nil { try connect() }
        do {
            while let reply = try link?.receive(until: deadline) {
                if let message = Self.message(reply) { return message }
            }
        } catch {
            link = nil
            throw error
        }
        return nil
    }

    private func connect() throws(RedisError) {
        link = try makeLink(url: url, timeouts: timeouts)
        if !channels.isEmpty { try confirmed("SUBSCRIBE", channels) }
        if !patterns.isEmpty { try confirmed("PSUBSCRIBE", patterns) }
    }

    /// Sends a subscription and waits for one confirmation per name; messages that come between are kept.
    private func confirmed(_ command: RedisArgument, _ names: [String]) throws(RedisError) {
        do throws(RedisError) {
            try link?.send([command] + names.map { RedisArgument($0) })
            let deadline = Deadline.after(milliseconds: timeouts.commandMilliseconds)
            var missing = names.count
            while missing > 0 {
                guard let reply = try link?.receive(until: deadline) else {
                    throw RedisError(.timedOut, "a subscription was not confirmed")
                }
                if case .error(let text) = reply { throw RedisError(.refused, text) }
                if let message = Self.message(reply) { waiting.append(message) } else { missing -= 1 }
            }
        } catch {
            link = nil
            throw error
        }
    }

    /// A message out of a reply; nil for a confirmation.
    private static func message(_ reply: RedisReply) -> RedisMessage? {
        guard let items = reply.array, let kind = items.first?.text else { return nil }
        switch kind {
        case "message" where items.count == 3:
            guard let channel = items[1].text, let payload = items[2].bytes else { return nil }
            return RedisMessage(channel: channel, payload: payload)
        case "pmessage" where items.count == 4:
            guard let channel = items[2].text, let payload = items[3].bytes else { return nil }
            return RedisMessage(channel: channel, payload: payload)
        default: return nil
        }
    }
}
