import Directory
import GitHTTP

/// A request that its sender has the right to make.
struct AuthorisedRequest {
    let request: GatedRequest

    fileprivate init(_ request: GatedRequest) { self.request = request }
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
