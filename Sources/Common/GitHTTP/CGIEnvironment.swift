package import Base

/// The complete environment that `git http-backend` reads about one request.
///
/// A white list: nothing of the web server's own parameters passes but what is named here, so no header of a client
/// can become a variable that git, a hook or a library looks at.
package struct CGIEnvironment: Sendable {
    package let dataDirectory: String
    package let space: SpaceID
    package let endpoint: Endpoint
    package let version: ProtocolVersion
    package let isCompressed: Bool
    /// The account; git writes it into the log of a moved ref.
    package let user: String
    package let address: String

    /// Negotiations of a fetch are held in memory by git; larger ones are refused.
    package static let maximumFetchRequest = 64 << 20

    package init(
        dataDirectory: String,
        space: SpaceID,
        endpoint: Endpoint,
        version: ProtocolVersion,
        isCompressed: Bool,
        user: String,
        address: String
    ) {
        self.dataDirectory = dataDirectory
        self.space = space
        self.endpoint = endpoint
        self.version = version
        self.isCompressed = isCompressed
        self.user = user
        self.address = address
    }

    /// The variables, to be added to the bare environment of every child.
    ///
    /// CONTENT_LENGTH is missing on purpose: with it git loops for ever when the body of a push ends early, and
    /// without it receive-pack reads our pipe directly.
    package var variables: [String: String] {
        var all = [
            "GATEWAY_INTERFACE": "CGI/1.1",
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_HTTP_MAX_REQUEST_BUFFER": String(Self.maximumFetchRequest),
            "GIT_PROJECT_ROOT": dataDirectory,
            "PATH_INFO": "/\(space).git/\(endpoint.subpath)",
            "QUERY_STRING": endpoint.query,
            "REMOTE_ADDR": address,
            "REMOTE_USER": user,
            "REQUEST_METHOD": endpoint.method,
        ]
        all["GIT_PROTOCOL"] = version.environmentValue
        if endpoint.isCall { all["CONTENT_TYPE"] = endpoint.service.requestType }
        if isCompressed { all["HTTP_CONTENT_ENCODING"] = "gzip" }
        return all
    }
}
