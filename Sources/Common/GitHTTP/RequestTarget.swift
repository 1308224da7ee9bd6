// GitHTTP: the texts of git's smart HTTP protocol, without any I/O.
//
// What a web server hands over is read into closed types (`RequestTarget`, `Endpoint`, `BasicCredentials`,
// `ProtocolVersion`), and what goes to git or back is built from them (`CGIEnvironment`, `ReplyHead`, `PktLine`).
// A text that is not exactly what git sends is refused here, before anything is looked up or started.

package import Base

/// `/git/<space>.git/<subpath>?<query>`, read from the undecoded request URI.
///
/// Nothing is ever percent-decoded: no name that is served needs an escape, so every escape is a trick or a mistake.
package struct RequestTarget: Hashable, Sendable {
    /// A UUID or a slug; used for the database only, never on disk.
    package let space: String
    package let subpath: String
    /// Without the question mark; nil where the URI has none.
    package let query: String?

    /// The longest URI that is looked at.
    package static let maximumLength = 2048

    package init(uri: [UInt8]) throws(TargetError) {
        guard uri.count <= Self.maximumLength else { throw .malformedPath }
        guard uri.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else { throw .malformedPath }
        let text = String(decoding: uri, as: UTF8.self)
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0]
        guard !path.utf8.contains(UInt8(ascii: "%")), path.hasPrefix("/git/") else { throw .malformedPath }
        let segments = path.dropFirst(5).split(separator: "/", omittingEmptySubsequences: false)
        guard segments.count >= 2, segments.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
            throw .malformedPath
        }
        guard segments[0].hasSuffix(".git") else { throw .malformedPath }
        let name = segments[0].dropLast(4)
        guard !name.isEmpty, name.utf8.count <= 255, !name.contains(".."), name != "." else { throw .malformedPath }
        space = String(name)
        subpath = segments.dropFirst().joined(separator: "/")
        query = parts.count == 2 ? String(parts[1]) : nil
    }

    /// The space, if it is named by its UUID.
    package var spaceID: SpaceID? { SpaceID(space) }
}

/// Why a request is none of git's.
package enum TargetError: Error, Hashable, Sendable {
    case malformedPath
    /// The path exists, but not for this method.
    case methodNotAllowed(allowed: String)
    /// A POST whose body is not what the path says.
    case unsupportedMediaType
    /// The dumb protocol, which needs no program on the server.
    case dumbProtocol
}
