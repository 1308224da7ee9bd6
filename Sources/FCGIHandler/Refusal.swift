import Base
import GitHTTP

/// Every "no" of the host, and how it looks on the wire: the one table of statuses, headers and texts.
enum Refusal: Error, Equatable {
    case noCredentials
    case tooManyFailures(retrySeconds: Int)
    case wrongCredentials
    case ssoEnforced
    case mfaEnforced
    case mfaEnabled
    case malformedRequest
    case malformedProtocolHeader
    case dumbProtocol
    case methodNotAllowed(allowed: String)
    case unsupportedMediaType
    /// Sync is off, the space is unknown or does not take part, or the user is no member: nobody can tell which.
    case notFound
    case readOnlyMember
    case databaseUnavailable(String)
    case redisUnavailable(String)
    case beingPrepared
    case busy
    case bodyTooLarge
    case backendFailed(String)
    /// The settings cannot be used.
    case notSetUp(String)

    struct Reply {
        let head: ReplyHead
        let body: [UInt8]
    }

    /// The complete answer: one line of plain text, which git shows at `info/refs`.
    var reply: Reply {
        let row = row
        let body = Array((row.text + "\n").utf8)
        let fixed = [
            ReplyHead.Header("Content-Type", "text/plain; charset=utf-8"),
            ReplyHead.Header("Content-Length", String(body.count)),
        ]
        return Reply(
            head: ReplyHead(status: row.status, headers: fixed + ReplyHead.notCached + row.headers),
            body: body
        )
    }

    private struct Row {
        let status: Int
        let text: String
        var headers: [ReplyHead.Header] = []
    }

    private var row: Row {
        switch self {
        case .noCredentials: Row(status: 401, text: "Sign in with your wiki account.", headers: Self.challenge)
        case .wrongCredentials: Row(status: 401, text: "E-mail or password is wrong.", headers: Self.challenge)
        case .ssoEnforced, .mfaEnforced, .mfaEnabled: Row(status: 401, text: factorText, headers: Self.challenge)
        case .tooManyFailures(let seconds):
            Row(status: 429, text: "Too many failed logins; try again in \(seconds) s.", headers: Self.retry(seconds))
        case .malformedRequest: Row(status: 400, text: "This is not a request of git's smart HTTP protocol.")
        case .malformedProtocolHeader: Row(status: 400, text: "The Git-Protocol header is malformed.")
        case .dumbProtocol: Row(status: 400, text: "Only git's smart HTTP protocol is served here; use a newer git.")
        case .methodNotAllowed(let allowed):
            Row(status: 405, text: "Only \(allowed) is allowed here.", headers: [.init("Allow", allowed)])
        case .unsupportedMediaType: Row(status: 415, text: "The body is not of the type that this path takes.")
        case .notFound: Row(status: 404, text: "There is no such space, or you are not a member of it.")
        case .readOnlyMember: Row(status: 403, text: "You may read this space, but not write to it.")
        case .bodyTooLarge: Row(status: 413, text: "The request is larger than this server takes.")
        case .backendFailed: Row(status: 500, text: "git failed; the server's log says why.")
        case .databaseUnavailable: unavailable("The wiki's database cannot be reached", 5)
        case .redisUnavailable: unavailable("The wiki's Redis cannot be reached", 5)
        case .notSetUp: unavailable("The git host is not set up; its log says why", 10)
        case .beingPrepared: unavailable("The repository of this space is being prepared", 10)
        case .busy: unavailable("Somebody else is writing to this space", 5)
        }
    }

    private func unavailable(_ text: String, _ seconds: Int) -> Row {
        Row(status: 503, text: "\(text); try again in \(seconds) s.", headers: Self.retry(seconds))
    }

    private var factorText: String {
        switch self {
        case .ssoEnforced: "This workspace enforces single sign-on: git cannot log in with a password."
        case .mfaEnforced: "This workspace enforces a second factor: git cannot log in with a password alone."
        default: "Your account uses a second factor: git cannot log in with a password alone."
        }
    }

    private static let challenge = [
        ReplyHead.Header("WWW-Authenticate", #"Basic realm="docmost-git", charset="UTF-8""#)
    ]

    private static func retry(_ seconds: Int) -> [ReplyHead.Header] { [.init("Retry-After", String(seconds))] }
}

extension Refusal {
    /// Its name in the access log.
    var name: String {
        switch self {
        case .noCredentials: "no-credentials"
        case .tooManyFailures: "too-many-failures"
        case .wrongCredentials: "wrong-credentials"
        case .ssoEnforced: "sso-enforced"
        case .mfaEnforced: "mfa-enforced"
        case .mfaEnabled: "mfa-enabled"
        case .malformedRequest: "malformed-request"
        case .malformedProtocolHeader: "malformed-protocol-header"
        case .dumbProtocol: "dumb-protocol"
        case .methodNotAllowed: "method-not-allowed"
        case .unsupportedMediaType: "unsupported-media-type"
        case .notFound: "not-found"
        case .readOnlyMember: "read-only-member"
        case .databaseUnavailable: "database-unavailable"
        case .redisUnavailable: "redis-unavailable"
        case .beingPrepared: "being-prepared"
        case .busy: "busy"
        case .bodyTooLarge: "body-too-large"
        case .backendFailed: "backend-failed"
        case .notSetUp: "not-set-up"
        }
    }

    /// What the operator should read in the log and the client should not.
    var cause: String? {
        switch self {
        case .databaseUnavailable(let cause), .redisUnavailable(let cause), .backendFailed(let cause),
            .notSetUp(let cause):
            cause
        default: nil
        }
    }
}
