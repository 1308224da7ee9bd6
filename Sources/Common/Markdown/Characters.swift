/// The ASCII characters that the grammar names.
enum ASCII {
    static let tab: UInt8 = 9
    static let newline: UInt8 = 10
    static let carriageReturn: UInt8 = 13
    static let space: UInt8 = 32
    static let bang = UInt8(ascii: "!")
    static let quote = UInt8(ascii: "\"")
    static let hash = UInt8(ascii: "#")
    static let dollar = UInt8(ascii: "$")
    static let ampersand = UInt8(ascii: "&")
    static let apostrophe = UInt8(ascii: "'")
    static let openParenthesis = UInt8(ascii: "(")
    static let closeParenthesis = UInt8(ascii: ")")
    static let asterisk = UInt8(ascii: "*")
    static let plus = UInt8(ascii: "+")
    static let dash = UInt8(ascii: "-")
    static let dot = UInt8(ascii: ".")
    static let slash = UInt8(ascii: "/")
    static let colon = UInt8(ascii: ":")
    static let semicolon = UInt8(ascii: ";")
    static let less = UInt8(ascii: "<")
    static let equals = UInt8(ascii: "=")
    static let greater = UInt8(ascii: ">")
    static let question = UInt8(ascii: "?")
    static let openBracket = UInt8(ascii: "[")
    static let backslash = UInt8(ascii: "\\")
    static let closeBracket = UInt8(ascii: "]")
    static let caret = UInt8(ascii: "^")
    static let underscore = UInt8(ascii: "_")
    static let backtick = UInt8(ascii: "`")
    static let pipe = UInt8(ascii: "|")
    static let tilde = UInt8(ascii: "~")
}

extension UInt8 {
    @inline(__always) var isSpaceOrTab: Bool { self == ASCII.space || self == ASCII.tab }
    @inline(__always) var isLineEnd: Bool { self == ASCII.newline || self == ASCII.carriageReturn }
    /// Space, tab, line ends, form feed, vertical tab.
    @inline(__always) var isWhitespace: Bool { self == 32 || (self >= 9 && self <= 13) }
    @inline(__always) var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    @inline(__always) var isLetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }
    @inline(__always) var isAlphanumeric: Bool { isDigit || isLetter }
    @inline(__always) var isControl: Bool { self < 32 || self == 127 }
    @inline(__always) var isPunctuation: Bool {
        (self >= 0x21 && self <= 0x2F) || (self >= 0x3A && self <= 0x40) || (self >= 0x5B && self <= 0x60)
            || (self >= 0x7B && self <= 0x7E)
    }
    @inline(__always) var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}

/// What decides whether a run of `*` can open or close emphasis: the kind of the character beside it.
enum CharacterKind {
    case whitespace
    case punctuation
    case other

    init(_ scalar: Unicode.Scalar) {
        if scalar.isASCII {
            let byte = UInt8(truncatingIfNeeded: scalar.value)
            self = byte.isWhitespace ? .whitespace : byte.isPunctuation ? .punctuation : .other
            return
        }
        switch scalar.properties.generalCategory {
        case .spaceSeparator: self = .whitespace
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
            self = .punctuation
        default: self = .other
        }
    }
}

typealias Bytes = UnsafeBufferPointer<UInt8>

extension UnsafeBufferPointer<UInt8> {
    /// The scalar that starts at an index; U+FFFD where the bytes are not UTF-8.
    func scalar(at index: Int, end: Int) -> Unicode.Scalar {
        let first = self[index]
        if first < 0x80 { return Unicode.Scalar(first) }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        guard first >= 0xC2, first < 0xF5, index + length <= end else { return "\u{FFFD}" }
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            guard self[index + offset] & 0xC0 == 0x80 else { return "\u{FFFD}" }
            value = value << 6 | UInt32(self[index + offset] & 0x3F)
        }
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }

    /// The scalar that ends before an index.
    func scalar(before index: Int, start: Int) -> Unicode.Scalar {
        var first = index - 1
        while first > start, self[first] & 0xC0 == 0x80, index - first < 4 { first -= 1 }
        return scalar(at: first, end: index)
    }

    /// The text of a range; bytes that are not UTF-8 become U+FFFD.
    @inline(__always)
    func text(_ range: Range<Int>) -> String { String(decoding: self[range], as: UTF8.self) }

    func starts(with word: StaticString, at index: Int, end: Int) -> Bool {
        let count = word.utf8CodeUnitCount
        guard index + count <= end else { return false }
        for offset in 0..<count where self[index + offset] != word.utf8Start[offset] { return false }
        return true
    }

    /// As `starts(with:)`, for a lower-case word and text in any case.
    func startsIgnoringCase(with word: StaticString, at index: Int, end: Int) -> Bool {
        let count = word.utf8CodeUnitCount
        guard index + count <= end else { return false }
        for offset in 0..<count where self[index + offset].lowercased != word.utf8Start[offset] { return false }
        return true
    }

    /// A range without whitespace at its edges.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, self[start].isWhitespace { start += 1 }
        while end > start, self[end - 1].isWhitespace { end -= 1 }
        return start..<end
    }
}
