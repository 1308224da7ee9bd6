/// Characters that nobody sees, or that look like others: written as references, so that a diff shows them.
enum OddCharacters {
    /// The reference for a scalar that must not stand as it is; nil for all others.
    ///
    /// - Parameter previous: a joiner after a letter or an emoji is part of the writing.
    static func reference(_ scalar: Unicode.Scalar, after previous: Unicode.Scalar?) -> String? {
        switch scalar.value {
        case 0x9, 0x20...0x7E: return nil
        case 0xA0: return "&nbsp;"
        case 0xAD: return "&shy;"
        case 0x200C, 0x200D:
            if let previous, previous.value > 0xFF, previous.properties.generalCategory != .format { return nil }
            return number(scalar)
        case 0...0x1F, 0x7F...0x9F, 0x61C, 0x180E, 0x2000...0x200F, 0x2028...0x202F, 0x205F...0x206F, 0x3000, 0xFEFF,
            0xFFF9...0xFFFB, 0x1680:
            return number(scalar)
        default: return nil
        }
    }

    static func number(_ scalar: Unicode.Scalar) -> String {
        scalar.value < 0x80 ? "&#\(scalar.value);" : "&#x" + String(scalar.value, radix: 16, uppercase: true) + ";"
    }

    /// Whether a text needs a closer look: it holds something beyond printable ASCII.
    @inline(__always)
    static func mayHide(_ byte: UInt8) -> Bool { byte < 0x20 || byte >= 0x7F }
}
