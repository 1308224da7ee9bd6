import Base
import FastCGI
import GitHTTP

/// A request in the types of git's protocol. Nothing is refused yet: whoever has not logged in sees 401 and no more.
struct ParsedRequest {
    /// nil when there are none, or malformed ones.
    let credentials: BasicCredentials?
    let target: Result<RequestTarget, TargetError>
    let endpoint: Result<Endpoint, TargetError>
    let version: Result<ProtocolVersion, ProtocolVersion.Malformed>
    let isCompressed: Bool
    /// nil when the body is chunked or there is none.
    let contentLength: Int?
    /// The peer as the web server knows it; behind another proxy its configuration has to put the real one here.
    let address: String
    /// The first label of the Host header, which names the workspace in the cloud.
    let hostLabel: String
    /// The web server's id of the request, for matching logs.
    let requestID: String?
    let method: String

    init(_ parameters: Parameters) {
        credentials = BasicCredentials(authorization: Self.authorization(parameters))
        let method = parameters.text("REQUEST_METHOD") ?? ""
        self.method = method
        let type = parameters.text("CONTENT_TYPE")
        let target = Result { () throws(TargetError) in
            try RequestTarget(uri: parameters.bytes("REQUEST_URI") ?? [])
        }
        self.target = target
        endpoint = target.flatMap { target in
            Result { () throws(TargetError) in try Endpoint(method: method, target: target, contentType: type) }
        }
        version = Result { () throws(ProtocolVersion.Malformed) in
            try ProtocolVersion(header: parameters.bytes("HTTP_GIT_PROTOCOL"))
        }
        isCompressed = ["gzip", "x-gzip"].contains(parameters.text("HTTP_CONTENT_ENCODING") ?? "")
        contentLength = parameters.text("CONTENT_LENGTH").flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 }
        address = Self.address(parameters)
        hostLabel = Self.hostLabel(parameters)
        requestID = parameters.text("REQUEST_ID").map { String($0.prefix(64)) }
    }

    /// git's question, before a large body, whether it may log in: four bytes that ask for nothing.
    var isProbe: Bool {
        guard case .success(.call) = endpoint else { return false }
        return contentLength == 4 && !isCompressed
    }

    /// Apache hides the header from CGI programs; a rewrite rule then puts it under the second name.
    private static func authorization(_ parameters: Parameters) -> [UInt8]? {
        parameters.bytes("HTTP_AUTHORIZATION") ?? parameters.bytes("REDIRECT_HTTP_AUTHORIZATION")
    }

    private static func address(_ parameters: Parameters) -> String {
        let text = parameters.text("REMOTE_ADDR") ?? "unknown"
        return String(text.unicodeScalars.filter { $0.isASCII && $0.value > 32 }.map(Character.init).prefix(64))
    }

    private static func hostLabel(_ parameters: Parameters) -> String {
        let host = parameters.text("HTTP_HOST") ?? parameters.text("SERVER_NAME") ?? ""
        return String(host.prefix { $0 != "." && $0 != ":" })
    }
}
