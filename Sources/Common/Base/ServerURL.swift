/// The address of a server as operators write it: `scheme://user:password@host:port/path?name=value`.
///
/// Reads what the URLs of Docmost's settings hold, not all of RFC 3986: the user information ends at the *last* `@`
/// before the path, so a password with an unescaped `@` is still read as meant.
package struct ServerURL: Sendable {
    package var scheme: String
    package var user: String?
    package var password: Secret?
    /// Without the brackets of an IPv6 address; empty if the URL names none.
    package var host: String
    package var port: Int?
    /// Percent-decoded, with its leading slash if it has one.
    package var path: String
    package var query: [(name: String, value: String)]

    /// Reads an address; nil without a scheme, or with a port that is not a number of 1...65535.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let colon = bytes.firstRange(of: Array("://".utf8))?.lowerBound, colon > 0 else { return nil }
        scheme = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
        var rest = bytes[(colon + 3)...]
        if let fragment = rest.firstIndex(of: UInt8(ascii: "#")), !rest[fragment...].contains(UInt8(ascii: "@")) {
            rest = rest[..<fragment]
        }
        query = []
        if let mark = rest.firstIndex(of: UInt8(ascii: "?")), !rest[mark...].contains(UInt8(ascii: "@")) {
            query = Self.queryItems(rest[(mark + 1)...])
            rest = rest[..<mark]
        }
        let at = rest.lastIndex(of: UInt8(ascii: "@"))
        var place = at.map { rest[($0 + 1)...] } ?? rest
        path = ""
        if let slash = place.firstIndex(of: UInt8(ascii: "/")) {
            path = percentDecoded(place[slash...])
            place = place[..<slash]
        }
        if let at {
            let information = rest[..<at]
            let parts = information.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
            user = parts.first.flatMap { $0.isEmpty ? nil : percentDecoded($0) }
            if parts.count == 2 { password = Secret(percentDecoded(parts[1])) }
        }
        guard let (host, port) = Self.hostAndPort(place) else { return nil }
        self.host = host
        self.port = port
    }

    /// The first value of a query parameter.
    package subscript(name: String) -> String? { query.first { $0.name == name }?.value }

    private static func hostAndPort(_ place: ArraySlice<UInt8>) -> (String, Int?)? {
        var host = place
        var port: ArraySlice<UInt8>?
        if place.first == UInt8(ascii: "["), let end = place.firstIndex(of: UInt8(ascii: "]")) {
            host = place[(place.startIndex + 1)..<end]
            let rest = place[(end + 1)...]
            guard rest.isEmpty || rest.first == UInt8(ascii: ":") else { return nil }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = place.lastIndex(of: UInt8(ascii: ":")) {
            host = place[..<colon]
            port = place[(colon + 1)...]
        }
        guard let port, !port.isEmpty else { return (percentDecoded(host), nil) }
        guard let number = Int(String(decoding: port, as: UTF8.self)), (1...65_535).contains(number) else { return nil }
        return (percentDecoded(host), number)
    }

    private static func queryItems(_ text: ArraySlice<UInt8>) -> [(name: String, value: String)] {
        text.split(separator: UInt8(ascii: "&")).map { item in
            let parts = item.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (percentDecoded(parts[0]), parts.count == 2 ? percentDecoded(parts[1]) : "")
        }
    }
}

/// Text with every `%XX` replaced by its byte; a `%` that two hexadecimal digits do not follow stays.
package func percentDecoded(_ text: some Collection<UInt8>) -> String {
    let bytes = Array(text)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
        if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
            let high = hexValue(bytes[index + 1]), let low = hexValue(bytes[index + 2])
        {
            result.append(high << 4 | low)
            index += 3
        } else {
            result.append(bytes[index])
            index += 1
        }
    }
    return String(decoding: result, as: UTF8.self)
}
