/// The two programs that git runs on a server.
package enum GitService: String, Hashable, Sendable, CaseIterable {
    case uploadPack = "git-upload-pack"
    case receivePack = "git-receive-pack"

    /// What the caller must be allowed to do.
    package var access: Access { self == .receivePack ? .write : .read }

    /// The media type of the body of a POST.
    package var requestType: String { "application/x-\(rawValue)-request" }

    /// The media type of the answer to a POST.
    package var resultType: String { "application/x-\(rawValue)-result" }

    /// The media type of the answer at `info/refs`.
    package var advertisementType: String { "application/x-\(rawValue)-advertisement" }
}

package enum Access: Hashable, Sendable, CaseIterable {
    case read
    case write
}

/// What will be executed; who may is decided by this and by nothing else the client says.
package enum Endpoint: Hashable, Sendable {
    case advertisement(GitService)
    case call(GitService)

    package var service: GitService {
        switch self {
        case .advertisement(let service), .call(let service): service
        }
    }

    package var isCall: Bool {
        if case .call = self { true } else { false }
    }

    package var method: String { isCall ? "POST" : "GET" }

    /// The path below the repository.
    package var subpath: String { isCall ? service.rawValue : "info/refs" }

    /// The query as it is given to git: written anew, so that it cannot contradict what was authorised.
    package var query: String { isCall ? "" : "service=\(service.rawValue)" }

    /// Finds the endpoint of a request.
    ///
    /// - Parameter contentType: of the request's body; only looked at for a POST.
    package init(method: String, target: RequestTarget, contentType: String?) throws(TargetError) {
        if target.subpath == "info/refs" {
            guard method == "GET" else { throw .methodNotAllowed(allowed: "GET") }
            self = .advertisement(try Self.service(query: target.query))
            return
        }
        guard let service = GitService(rawValue: target.subpath) else {
            throw isDumb(target.subpath) ? .dumbProtocol : .malformedPath
        }
        guard method == "POST" else { throw .methodNotAllowed(allowed: "POST") }
        guard target.query == nil || target.query == "" else { throw .malformedPath }
        guard contentType == service.requestType else { throw .unsupportedMediaType }
        self = .call(service)
    }

    private static func service(query: String?) throws(TargetError) -> GitService {
        guard let query, !query.isEmpty else { throw .dumbProtocol }
        guard query.hasPrefix("service="), let service = GitService(rawValue: String(query.dropFirst(8))) else {
            throw .malformedPath
        }
        return service
    }
}

private func isDumb(_ subpath: String) -> Bool { subpath == "HEAD" || subpath.hasPrefix("objects/") }
