/// What went wrong between us and Redis.
package struct RedisError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure a caller may want to tell apart.
    package enum Code: Sendable, Hashable {
        /// `REDIS_URL` cannot be read, or asks for something that is not supported.
        case invalidURL
        /// No connection could be made, or the server refused the password or the database number.
        case cannotConnect
        /// The connection broke: whether the last command took effect is not known.
        case connectionLost
        /// No answer in time. The connection is closed.
        case timedOut
        /// The server refused the command.
        case refused
        /// The answer is not of the kind that the command gives.
        case mismatch
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "Redis: \(message)" }
}
