/// Why bytes are not JSON that we accept, and at which byte.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    /// The reasons of a refusal.
    package enum Reason: Sendable, Equatable {
        case unexpectedEnd
        case unexpectedByte(UInt8)
        case malformedNumber
        case malformedEscape
        case loneSurrogate
        case controlCharacter(UInt8)
        case invalidUTF8
        case byteOrderMark
        case duplicateKey(String)
        case trailingBytes
        case tooLarge(limit: Int)
        case tooDeep(limit: Int)
    }

    package let reason: Reason
    /// Offset of the offending byte from the start of the input.
    package let offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String { "invalid JSON at byte \(offset): \(reason.text)" }
}

extension JSONError.Reason {
    fileprivate var text: String {
        switch self {
        case .unexpectedEnd: "the input ends too early"
        case .unexpectedByte(let byte): "unexpected \(shown(byte))"
        case .malformedNumber: "malformed number"
        case .malformedEscape: "malformed escape sequence"
        case .loneSurrogate: "half of a surrogate pair"
        case .controlCharacter(let byte): "unescaped control character \(shown(byte))"
        case .invalidUTF8: "invalid UTF-8"
        case .byteOrderMark: "byte order mark"
        case .duplicateKey(let key): "the key \"\(key.prefix(80))\" occurs twice in one object"
        case .trailingBytes: "more text after the value"
        case .tooLarge(let limit): "more than \(limit) bytes"
        case .tooDeep(let limit): "nested deeper than \(limit) levels"
        }
    }

    private func shown(_ byte: UInt8) -> String {
        if (0x21...0x7E).contains(byte) { return "'\(Character(Unicode.Scalar(byte)))'" }
        let digits = String(byte, radix: 16, uppercase: true)
        return "byte 0x\(digits.count == 1 ? "0" : "")\(digits)"
    }
}
