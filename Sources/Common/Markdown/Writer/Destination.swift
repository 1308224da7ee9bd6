/// Destinations and titles of links.
enum Destination {
    /// `destination "title"` as it stands between parentheses.
    static func text(_ destination: String, _ title: String?, isCell: Bool) -> String {
        var result = spelled(destination, isCell: isCell)
        if let title { result += " \"" + escaped(title, "\"\\", isCell: isCell) + "\"" }
        return result
    }

    private static func spelled(_ destination: String, isCell: Bool) -> String {
        let bytes = Array(destination.utf8)
        var depth = 0
        var isBare = !bytes.isEmpty && bytes.first != ASCII.less
        for byte in bytes {
            if byte <= ASCII.space || byte == 127 { isBare = false }
            if byte == ASCII.openParenthesis { depth += 1 }
            if byte == ASCII.closeParenthesis { depth -= 1 }
            if depth < 0 || depth > 30 { isBare = false }
        }
        if isBare, depth == 0 { return escaped(destination, "\\", isCell: isCell) }
        return "<" + escaped(destination, "<>\\", isCell: isCell) + ">"
    }

    private static func escaped(_ text: String, _ special: String, isCell: Bool) -> String {
        var text = text
        return text.withUTF8 { bytes in
            var out: [UInt8] = []
            for (index, byte) in bytes.enumerated() {
                switch byte {
                case ASCII.backslash:
                    let next = index + 1 < bytes.count ? bytes[index + 1] : ASCII.backslash
                    out += next.isPunctuation ? [byte, byte] : [byte]
                case ASCII.ampersand where Entities.parse(bytes, at: index, limit: bytes.count) != nil:
                    out += Array("&amp;".utf8)
                case ASCII.pipe where isCell: out += [ASCII.backslash, byte]
                case 0..<32, 127: out += Array("&#\(byte);".utf8)
                default:
                    if special.utf8.contains(byte) { out.append(ASCII.backslash) }
                    out.append(byte)
                }
            }
            return String(decoding: out, as: UTF8.self)
        }
    }

    /// Whether `<destination>` is a link to it.
    static func isAutolink(_ destination: String) -> Bool {
        guard destination.utf8.starts(with: "http://".utf8) || destination.utf8.starts(with: "https://".utf8)
        else { return false }
        return destination.utf8.allSatisfy {
            $0 > ASCII.space && $0 < 127 && $0 != ASCII.less && $0 != ASCII.greater
                && $0 != ASCII.pipe
        }
    }
}
