internal import Base

/// How long the parts of a conversation with Redis may take.
package struct RedisTimeouts: Sendable {
    package var connectMilliseconds: Int
    package var commandMilliseconds: Int

    package init(connectMilliseconds: Int = 3000, commandMilliseconds: Int = 5000) {
        self.connectMilliseconds = connectMilliseconds
        self.commandMilliseconds = commandMilliseconds
    }
}

/// One connection to Docmost's Redis for commands, confined to the thread that uses it.
///
/// A broken connection is made again before the next command; a command whose answer was lost is never repeated by
/// itself, because it may have taken effect. Not `Sendable` on purpose: a second thread makes its own.
package final class RedisConnection {
    private let url: RedisURL
    private let timeouts: RedisTimeouts
    private var link: RedisLink?
    /// Digests of scripts that this connection has loaded, by their source.
    private var digests: [String: String] = [:]

    /// Connects at once, so that a wrong setting is seen early.
    package init(url: String, timeouts: RedisTimeouts = RedisTimeouts()) throws(RedisError) {
        self.url = try RedisURL(url)
        self.timeouts = timeouts
        link = try makeLink(url: self.url, timeouts: timeouts)
    }

    /// Runs one command, given as its words, and returns the answer; a refusal is thrown.
    @discardableResult
    package func command(_ words: [RedisArgument]) throws(RedisError) -> RedisReply {
        try connectIfNeeded()
        let reply: RedisReply?
        do {
            try link?.send(words)
            reply = try link?.receive(until: .after(milliseconds: timeouts.commandMilliseconds))
        } catch {
            close()
            throw error
        }
        switch reply {
        case .error(let message)?: throw RedisError(.refused, message)
        case let reply?: return reply
        case nil:
            // An answer that comes late would be taken for the answer to the next command.
            close()
            throw RedisError(.timedOut, "no answer within \(timeouts.commandMilliseconds) ms")
        }
    }

    /// Runs a Lua script; its text is sent once per connection.
    @discardableResult
    package func eval(
        _ script: String,
        keys: [RedisArgument],
        arguments: [RedisArgument] = []
    ) throws(RedisError) -> RedisReply {
        let rest = [RedisArgument(keys.count)] + keys + arguments
        try connectIfNeeded()
        if let digest = digests[script] {
            do {
                return try command(["EVALSHA", RedisArgument(digest)] + rest)
            } catch  where error.code == .refused && error.message.hasPrefix("NOSCRIPT") {
                digests[script] = nil
            }
        }
        guard let digest = try command(["SCRIPT", "LOAD", RedisArgument(script)]).text else {
            throw RedisError(.mismatch, "SCRIPT LOAD gave no digest")
        }
        digests[script] = digest
        return try command(["EVALSHA", RedisArgument(digest)] + rest)
    }

    /// Publishes a message and returns how many subscribers it reached.
    @discardableResult
    package func publish(_ message: [UInt8], to channel: String) throws(RedisError) -> Int {
        try command(["PUBLISH", RedisArgument(channel), RedisArgument(message)]).integer ?? 0
    }

    /// Ends the connection; the next command makes a new one.
    package func close() {
        link = nil
        digests = [:]
    }

    private func connectIfNeeded() throws(RedisError) {
        if let isQuiet = link?.isQuiet, isQuiet { return }
        close()
        link = try makeLink(url: url, timeouts: timeouts)
    }
}

/// A link that has given its password and chosen its database.
func makeLink(url: RedisURL, timeouts: RedisTimeouts) throws(RedisError) -> RedisLink {
    let link = try RedisLink(to: url, timeoutMilliseconds: timeouts.connectMilliseconds)
    var greetings: [[RedisArgument]] = []
    if let password = url.password { greetings.append(["AUTH", RedisArgument(password.revealed)]) }
    if url.database != 0 { greetings.append(["SELECT", RedisArgument(url.database)]) }
    for greeting in greetings {
        try link.send(greeting)
        let reply = try link.receive(until: .after(milliseconds: timeouts.commandMilliseconds))
        guard let reply else { throw RedisError(.cannotConnect, "no answer to the first command") }
        if case .error(let message) = reply { throw RedisError(.cannotConnect, message) }
    }
    return link
}
