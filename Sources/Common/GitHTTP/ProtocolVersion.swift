/// The version of git's wire protocol that a client asks for in its `Git-Protocol` header.
package enum ProtocolVersion: Int, Hashable, Sendable {
    case zero = 0
    case one = 1
    case two = 2

    /// The header is not one that git would send.
    package struct Malformed: Error {}

    /// Reads the header: keys and values divided by colons, of which only `version` means anything today.
    ///
    /// Only letters, digits and `=:.-_` may be in it: it becomes an environment variable of git.
    package init(header: [UInt8]?) throws(Malformed) {
        guard let header, !header.isEmpty else {
            self = .zero
            return
        }
        guard header.count <= 256, header.allSatisfy(isHarmless) else { throw Malformed() }
        let versions = String(decoding: header, as: UTF8.self).split(separator: ":").compactMap { item -> Int? in
            item.hasPrefix("version=") ? Int(item.dropFirst(8)) : nil
        }
        // As git does: the highest version that is known wins.
        self = versions.compactMap(ProtocolVersion.init(rawValue:)).max { $0.rawValue < $1.rawValue } ?? .zero
    }

    /// The value of `GIT_PROTOCOL`, written anew; nil for version 0, which is the absence of it.
    package var environmentValue: String? { self == .zero ? nil : "version=\(rawValue)" }
}

private func isHarmless(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: "=:.-_".utf8.contains(byte)
    }
}
