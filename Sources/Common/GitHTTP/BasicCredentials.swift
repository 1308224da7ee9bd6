package import Base

/// The user name and the password of HTTP Basic authentication (RFC 7617).
package struct BasicCredentials: Sendable {
    /// The account's e-mail address, as it was sent.
    package let user: String
    /// The password's bytes; never logged.
    package let password: Secret

    /// Longer headers are no credentials.
    package static let maximumLength = 4096

    /// Reads an `Authorization` header; nil when it is none of Basic or malformed.
    ///
    /// The scheme's letter case does not matter (RFC 9110 §11.1). User and password are UTF-8 without control
    /// characters; the first colon divides them, so a password may contain more of them, and may be empty.
    package init?(authorization header: [UInt8]?) {
        guard let header, header.count <= Self.maximumLength,
            let text = String(validating: header, as: UTF8.self)
        else { return nil }
        let words = text.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 2, words[0].lowercased() == "basic", let decoded = Base64.decode(words[1]) else {
            return nil
        }
        guard let colon = decoded.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return nil }
        guard decoded.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        guard let user = String(validating: decoded[..<colon], as: UTF8.self),
            let password = String(validating: decoded[(colon + 1)...], as: UTF8.self)
        else { return nil }
        self.user = user
        self.password = Secret(password)
    }
}
