extension ReplyHead {
    /// What a CGI program has written so far.
    package enum Parsed: Hashable, Sendable {
        /// The empty line has not come yet.
        case incomplete
        /// The head is complete; the body begins at the offset.
        case complete(ReplyHead, bodyAt: Int)
        /// Too long, or no head at all.
        case malformed
    }

    /// The longest head that is accepted from a program; git's has some 200 bytes.
    package static let maximumLength = 16_384

    /// Reads the head of a CGI reply; lines end with LF or CRLF, and the first empty one ends the head.
    ///
    /// Line by line and not by a search for the longer separator: a body may contain it.
    package static func parse(_ bytes: [UInt8]) -> Parsed {
        var head = ReplyHead(status: 200, headers: [])
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            guard end < maximumLength else { return .malformed }
            var line = bytes[start..<end]
            if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
            start = end + 1
            if line.isEmpty { return .complete(head, bodyAt: start) }
            guard head.take(line) else { return .malformed }
        }
        return bytes.count < maximumLength ? .incomplete : .malformed
    }

    /// Adds one line; false if it cannot be part of a head. Lines without a colon are passed over, as web servers do.
    private mutating func take(_ line: ArraySlice<UInt8>) -> Bool {
        guard !line.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else { return false }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return true }
        let name = String(decoding: trimmed(line[..<colon]), as: UTF8.self)
        let value = String(decoding: trimmed(line[(colon + 1)...]), as: UTF8.self)
        if name.lowercased() == "status" {
            if let code = Int(value.prefix { $0.isNumber }), (100...599).contains(code) { status = code }
        } else if !name.isEmpty {
            headers.append(Header(name, value))
        }
        return true
    }
}

private func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let head = bytes.drop { $0 == 0x20 || $0 == 0x09 }
    guard let last = head.lastIndex(where: { $0 != 0x20 && $0 != 0x09 }) else { return [] }
    return head[...last]
}
