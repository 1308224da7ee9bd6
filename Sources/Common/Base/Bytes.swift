/// The value of a hexadecimal digit in either case, or nil.
package func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
}

/// The lower-case hexadecimal digit of a value below 16.
package func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 + value : 0x61 + value - 10
}

/// Lower-case hexadecimal text of bytes.
package func hexString(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in bytes {
        text.append(hexDigit(byte >> 4))
        text.append(hexDigit(byte & 15))
    }
    return String(decoding: text, as: UTF8.self)
}

/// Bytes of hexadecimal text; nil for an odd length or another character.
package func bytes(hex text: some StringProtocol) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(digits.count / 2)
    for index in stride(from: 0, to: digits.count, by: 2) {
        guard let high = hexValue(digits[index]), let low = hexValue(digits[index + 1]) else { return nil }
        result.append(high << 4 | low)
    }
    return result
}

/// Strict base64 (RFC 4648 §4 and §5).
package enum Base64 {
    private static let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let urlSafe = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Encodes with the standard alphabet and padding, or, for tokens, the URL-safe alphabet without padding.
    package static func encode(_ bytes: some Collection<UInt8>, urlSafe isURLSafe: Bool = false) -> String {
        let alphabet = isURLSafe ? urlSafe : standard
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / 3 * 4 + 4)
        var word: UInt32 = 0
        var pending = 0
        for byte in bytes {
            word = word << 8 | UInt32(byte)
            pending += 1
            guard pending == 3 else { continue }
            for shift in stride(from: 18, through: 0, by: -6) { text.append(alphabet[Int(word >> UInt32(shift) & 63)]) }
            word = 0
            pending = 0
        }
        if pending > 0 {
            let padded = word << UInt32(8 * (3 - pending))
            for index in 0...pending { text.append(alphabet[Int(padded >> UInt32(18 - 6 * index) & 63)]) }
            if !isURLSafe { text.append(contentsOf: repeatElement(UInt8(ascii: "="), count: 3 - pending)) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Decodes the standard alphabet, padding optional; nil for any other character or an impossible length.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var digits = Array(text.utf8)
        var padding = 0
        while digits.last == UInt8(ascii: "="), padding < 2 {
            digits.removeLast()
            padding += 1
        }
        guard digits.count % 4 != 1, padding == 0 || (digits.count + padding).isMultiple(of: 4) else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(digits.count * 3 / 4)
        var word: UInt32 = 0
        var bits = 0
        for digit in digits {
            guard let value = value(of: digit) else { return nil }
            word = word << 6 | UInt32(value)
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            result.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
        }
        return result
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case 0x41...0x5A: digit - 0x41
        case 0x61...0x7A: digit - 0x61 + 26
        case 0x30...0x39: digit - 0x30 + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
