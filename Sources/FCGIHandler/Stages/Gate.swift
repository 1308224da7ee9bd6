import Directory
import GitHTTP

/// A request for something that exists, by somebody who may know that it does.
///
/// It has all that the later stages work with: what they return holds it, and proves that they have agreed.
struct GatedRequest {
    let parsed: ParsedRequest
    let account: Account
    let space: Space
    let role: SpaceRole
    let endpoint: Endpoint
    let version: ProtocolVersion

    fileprivate init(
        _ request: AuthenticatedRequest,
        space: Space,
        role: SpaceRole,
        endpoint: Endpoint,
        version: ProtocolVersion
    ) {
        parsed = request.parsed
        account = request.account
        self.space = space
        self.role = role
        self.endpoint = endpoint
        self.version = version
    }
}

/// Refuses what is no request of git's, and hides every space that the user is not a member of.
struct Gate {
    let isEnabled: Bool

    func callAsFunction(_ request: AuthenticatedRequest) throws(Refusal) -> GatedRequest {
        let endpoint = try endpoint(request.parsed)
        guard case .success(let version) = request.parsed.version else { throw .malformedProtocolHeader }
        // One answer for all five reasons; the lookups behind it were the same, so the time is the same, too.
        guard isEnabled, let space = request.space, space.isSynced, let role = request.role else { throw .notFound }
        return GatedRequest(request, space: space, role: role, endpoint: endpoint, version: version)
    }

    private func endpoint(_ request: ParsedRequest) throws(Refusal) -> Endpoint {
        switch request.endpoint {
        case .success(let endpoint): return endpoint
        case .failure(.malformedPath): throw .malformedRequest
        case .failure(.methodNotAllowed(let allowed)): throw .methodNotAllowed(allowed: allowed)
        case .failure(.unsupportedMediaType): throw .unsupportedMediaType
        case .failure(.dumbProtocol): throw .dumbProtocol
        }
    }
}
