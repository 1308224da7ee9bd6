package import Base

/// What an operator can set: Docmost's own variables and ours. docs/operating.md lists them for people.
///
/// A plain value: `Settings+Reading.swift` makes it from the environment and the `--env-file`.
package struct Settings: Sendable {
    /// Docmost's PostgreSQL; holds a password.
    package var databaseURL: Secret
    /// Docmost's Redis; may hold a password.
    package var redisURL: Secret
    /// Signs the tokens of the live-document channel. Without it, pages that are open wait.
    package var appSecret: Secret?
    /// Where people reach the wiki; the base of page links in reports.
    package var appURL: String?
    /// Docmost's cloud mode: the workspace is the first label of the host name.
    package var isCloud: Bool
    /// Docmost runs without its Redis extension: whether a page is open cannot be seen.
    package var isCollabRedisDisabled: Bool

    package var isEnabled: Bool
    package var isHTTPEnabled: Bool
    package var dataDirectory: String
    package var pollIntervalMilliseconds: Int
    package var debounceMilliseconds: Int
    package var maxDeletesPerCycle: Int
    package var serviceUser: UserID?
    /// Longest silence of a git child.
    package var backendTimeoutMilliseconds: Int
    package var lock: LockMode
    package var lockWaitMilliseconds: Int
    package var maxPushBytes: Int
    package var maxPageBytes: Int
    package var maxPathBytes: Int
    package var authorEmail: AuthorEmail
    package var commentMarks: CommentMarks

    /// When a push takes the space's lock.
    package enum LockMode: String, Sendable {
        /// When its objects have arrived: an upload holds nobody up.
        case late
        /// Before git is started: contention is 503 with Retry-After.
        case early
    }

    /// What stands as e-mail address in commits.
    package enum AuthorEmail: String, Sendable { case real, noreply }

    /// Whether comment anchors are written into files.
    package enum CommentMarks: String, Sendable { case carry, inline }
}

/// Settings that cannot be used: one line for the operator. The program ends with status 78 (sysexits: EX_CONFIG).
package struct SettingsError: Error, CustomStringConvertible, Sendable {
    package let description: String

    package init(_ description: String) { self.description = description }

    package static let exitStatus: Int32 = 78
}
