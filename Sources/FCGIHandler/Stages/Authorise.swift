import Directory
import GitHTTP

/// A request that its sender has the right to make.
struct AuthorisedRequest {
    let parsed: ParsedRequest
    let account: Account
    let space: Space
    let endpoint: Endpoint
    let version: ProtocolVersion

    fileprivate init(_ request: GatedRequest) {
        parsed = request.parsed
        account = request.account
        space = request.space
        endpoint = request.endpoint
        version = request.version
    }
}

/// Compares the role with what will be executed; nothing else that the client says counts.
struct Authorise {
    func callAsFunction(_ request: GatedRequest) throws(Refusal) -> AuthorisedRequest {
        let isAllowed =
            switch request.endpoint.service.access {
            case .read: request.role.mayFetch
            case .write: request.role.mayPush
            }
        guard isAllowed else { throw .readOnlyMember }
        return AuthorisedRequest(request)
    }
}
