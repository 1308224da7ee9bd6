import Base
import Directory
import GitHTTP
import PasswordHash

/// A request whose sender has proved who they are, with everything the database said about it.
struct AuthenticatedRequest {
    let parsed: ParsedRequest
    let account: Account
    /// nil when the request names none that exists in the workspace.
    let space: Space?
    let role: SpaceRole?

    fileprivate init(_ parsed: ParsedRequest, _ account: Account, _ identified: Identified) {
        self.parsed = parsed
        self.account = account
        space = identified.space
        role = identified.role
    }
}

/// Takes a password for an account, as Docmost's own login would, and remembers for a while that it was right.
struct Authenticate {
    let database: Database
    let limiter: FailureLimiter
    let memory: CredentialMemory
    let isCloud: Bool

    func callAsFunction(
        _ request: ParsedRequest,
        _ record: inout RequestRecord
    ) throws(Refusal) -> AuthenticatedRequest {
        guard let credentials = request.credentials else { throw .noCredentials }
        let identified = try database.identify(
            email: credentials.user,
            space: try? request.target.get().space,
            in: isCloud ? .hostname(request.hostLabel) : .oldest
        )
        // No password is taken here, whoever sends it; the wiki's own login page says the same to everybody.
        if identified.workspace?.enforcesSSO == true { throw .ssoEnforced }
        if identified.workspace?.enforcesMFA == true { throw .mfaEnforced }
        let account = identified.account.flatMap(usable)
        record.isHashed = try check(credentials, account, request.address)
        guard let account else { throw .wrongCredentials }
        // Said only to somebody who knows the password.
        if account.usesMFA { throw .mfaEnabled }
        return AuthenticatedRequest(request, account, identified)
    }

    private func usable(_ account: Account) -> Account? {
        guard !account.isDeactivated, !account.isDeleted, account.passwordHash != nil else { return nil }
        return isCloud && !account.isEmailVerified ? nil : account
    }

    /// Checks the password, once for all requests that come with it at the same time; whether this one computed it.
    private func check(
        _ credentials: BasicCredentials,
        _ account: Account?,
        _ address: String
    ) throws(Refusal) -> Bool {
        let password = Array(credentials.password.revealed.utf8)
        let hash = account?.passwordHash?.revealed
        let key = memory.key(
            user: account.map { "\($0.id)" } ?? "?\(credentials.user.lowercased())",
            hash: hash ?? "",
            password: password
        )
        var isHashed = false
        let isRight = try memory.check(key) { () throws(Refusal) in
            // Reserved before the hash is computed, or parallel guesses would all pass the limit.
            let attempt = try limiter.reserve(account: credentials.user, address: address)
            isHashed = true
            let isRight = memory.hashing { PasswordHash.matches(password, hash: hash) }
            limiter.settle(attempt, isRight: isRight)
            return isRight
        }
        guard isRight else { throw .wrongCredentials }
        return isHashed
    }
}
