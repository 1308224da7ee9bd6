package import Redis

/// Why the live channel could not be used.
package struct CollabError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure a caller may want to tell apart.
    package enum Code: Sendable, Hashable {
        /// Redis could not be asked.
        case redis
        /// The owner of the page's lock does not listen: it has died, and the lock will expire.
        case deadOwner
        /// The user may not see the page.
        case denied
        /// The user may see the page, not change it.
        case readOnly
        /// A step was not answered in time.
        case timedOut
        /// The server ended the session.
        case ended
        /// The server sent what we cannot read: another version, or damage.
        case unreadable
        /// There is no APP_SECRET to sign a token with.
        case noSecret
    }

    package let code: Code
    package let message: String
    package let cause: RedisError?

    package init(_ code: Code, _ message: String, cause: RedisError? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    init(_ cause: RedisError) { self.init(.redis, cause.description, cause: cause) }

    package var description: String { message }
}
