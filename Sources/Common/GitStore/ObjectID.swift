import Base

/// The name of a git object: 20 bytes of SHA-1. Our repositories are made with that format.
package struct ObjectID: Hashable, Sendable, CustomStringConvertible {
    private let words: (UInt64, UInt64, UInt32)

    /// Reads 40 hexadecimal digits; nil for anything else.
    package init?(_ text: some StringProtocol) {
        self.init(hexadecimal: Array(text.utf8)[...])
    }

    package init?(hexadecimal digits: ArraySlice<UInt8>) {
        guard digits.count == 40 else { return nil }
        var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
        var index = 0
        for digit in digits {
            guard let value = hexValue(digit) else { return nil }
            switch index {
            case 0..<16: words.0 = words.0 << 4 | UInt64(value)
            case 16..<32: words.1 = words.1 << 4 | UInt64(value)
            default: words.2 = words.2 << 4 | UInt32(value)
            }
            index += 1
        }
        self.words = words
    }

    /// Reads the 20 bytes of the binary form.
    init(bytes: ArraySlice<UInt8>) {
        var all = bytes[...]
        func word<Word: FixedWidthInteger>(_: Word.Type) -> Word {
            defer { all = all.dropFirst(Word.bitWidth / 8) }
            return all.prefix(Word.bitWidth / 8).reduce(0) { $0 << 8 | Word($1) }
        }
        words = (word(UInt64.self), word(UInt64.self), word(UInt32.self))
    }

    /// The binary form, as in trees.
    var bytes: [UInt8] {
        func parts<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
            withUnsafeBytes(of: word.bigEndian) { Array($0) }
        }
        return parts(words.0) + parts(words.1) + parts(words.2)
    }

    /// The name that stands for "no object" in ref updates.
    package static let zero = ObjectID(words: (0, 0, 0))

    /// The tree without entries, which every repository has without storing it.
    package static let emptyTree = ObjectID(words: (0x4b82_5dc6_42cb_6eb9, 0xa060_e54b_f8d6_9288, 0xfbee_4904))

    private init(words: (UInt64, UInt64, UInt32)) { self.words = words }

    package var isZero: Bool { words.0 == 0 && words.1 == 0 && words.2 == 0 }

    package var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(40)
        for shift in stride(from: 60, through: 0, by: -4) {
            text.append(hexDigit(UInt8(words.0 >> UInt64(shift) & 15)))
        }
        for shift in stride(from: 60, through: 0, by: -4) {
            text.append(hexDigit(UInt8(words.1 >> UInt64(shift) & 15)))
        }
        for shift in stride(from: 28, through: 0, by: -4) {
            text.append(hexDigit(UInt8(words.2 >> UInt32(shift) & 15)))
        }
        return String(decoding: text, as: UTF8.self)
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.words.0 == right.words.0 && left.words.1 == right.words.1 && left.words.2 == right.words.2
    }

    package func hash(into hasher: inout Hasher) {
        // The name is a digest already: eight of its bytes are as good as all.
        hasher.combine(words.0)
    }
}
