/// Character references: `&amp;`, `&#38;`, `&#x26;`.
enum Entities {
    /// The reference at `&`: its scalars and where it ends; nil when there is none.
    static func parse(_ bytes: Bytes, at start: Int, limit: Int) -> (text: String, end: Int)? {
        var index = start + 1
        guard index < limit else { return nil }
        if bytes[index] == ASCII.hash { return parseNumber(bytes, at: index + 1, limit: limit) }
        while index < limit, bytes[index].isAlphanumeric, index - start < 34 { index += 1 }
        guard index > start + 1, index < limit, bytes[index] == ASCII.semicolon else { return nil }
        guard let text = EntityNames.value(bytes[start + 1..<index]) else { return nil }
        return (text, index + 1)
    }

    private static func parseNumber(_ bytes: Bytes, at start: Int, limit: Int) -> (text: String, end: Int)? {
        var index = start
        var value: UInt32 = 0
        let isHexadecimal = index < limit && bytes[index].lowercased == UInt8(ascii: "x")
        if isHexadecimal { index += 1 }
        let first = index
        while index < limit, let digit = digit(bytes[index], isHexadecimal), index - first < (isHexadecimal ? 6 : 7) {
            value = value * (isHexadecimal ? 16 : 10) + digit
            index += 1
        }
        guard index > first, index < limit, bytes[index] == ASCII.semicolon else { return nil }
        let scalar = value == 0 ? "\u{FFFD}" : Unicode.Scalar(value) ?? "\u{FFFD}"
        return (String(Character(scalar)), index + 1)
    }

    private static func digit(_ byte: UInt8, _ isHexadecimal: Bool) -> UInt32? {
        if byte.isDigit { return UInt32(byte - 0x30) }
        let letter = byte.lowercased
        guard isHexadecimal, letter >= 0x61, letter <= 0x66 else { return nil }
        return UInt32(letter - 0x61 + 10)
    }

    /// The text of a range with its references resolved.
    static func decode(_ bytes: Bytes, _ range: Range<Int>) -> String {
        decode(bytes, range, withEscapes: false)
    }

    /// As `decode`, and backslash escapes resolved too.
    static func decodeWithEscapes(_ bytes: Bytes, _ range: Range<Int>) -> String {
        decode(bytes, range, withEscapes: true)
    }

    private static func decode(_ bytes: Bytes, _ range: Range<Int>, withEscapes: Bool) -> String {
        var needsWork = false
        for byte in bytes[range] where byte == ASCII.ampersand || byte == ASCII.backslash || byte == 0 {
            needsWork = true
            break
        }
        guard needsWork else { return bytes.text(range) }
        var result: [UInt8] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            if byte == ASCII.ampersand, let reference = parse(bytes, at: index, limit: range.upperBound) {
                result.append(contentsOf: reference.text.utf8)
                index = reference.end
                continue
            }
            if withEscapes, byte == ASCII.backslash, index + 1 < range.upperBound, bytes[index + 1].isPunctuation {
                index += 1
            }
            if bytes[index] == 0 { result.append(contentsOf: "\u{FFFD}".utf8) } else { result.append(bytes[index]) }
            index += 1
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// The named character references of HTML 5.
enum EntityNames {
    static func value(_ name: Slice<Bytes>) -> String? {
        table[Array(name)]
    }

    private static let table: [[UInt8]: String] = {
        var table: [[UInt8]: String] = [:]
        for entry in (first + " " + second).split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            guard let equals = entry.firstIndex(of: "=") else { continue }
            var value = ""
            for scalar in entry[entry.index(after: equals)...].split(separator: "+") {
                guard let number = UInt32(scalar, radix: 16), let scalar = Unicode.Scalar(number) else { continue }
                value.unicodeScalars.append(scalar)
            }
            table[Array(entry[..<equals].utf8)] = value
        }
        return table
    }()
}
