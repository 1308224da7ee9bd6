/// Forms of a text that file systems may take for each other.
enum TextForms {
    /// Normalisation form C.
    ///
    /// The standard library needs the form for `String`'s own comparison and exposes it under an underscored name that
    /// is part of its stable interface; see docs/decisions/0010-unicode-forms.md.
    static func composed(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        text._withNFCCodeUnits { bytes.append($0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A text that is equal for all names that some file system holds for the same: letter case, composition, and the
    /// characters without width that HFS+ ignores are gone.
    static func folded(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            return String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
        }
        // Lower case joins ẞ with ß; upper case what has one upper and several lower cases (ſ, ς, ß); lower case the rest.
        let lower = mapped(composed(text)) { isIgnorable($0) ? "" : $0.properties.lowercaseMapping }
        let upper = mapped(lower) { $0.properties.uppercaseMapping }
        return composed(mapped(upper) { $0.properties.lowercaseMapping })
    }

    /// Scalars that HFS+ leaves out of comparisons, and that nobody sees.
    static func isIgnorable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: true
        default: false
        }
    }

    static func mapped(_ text: String, _ map: (Unicode.Scalar) -> String) -> String {
        // Bytes: a scalar view takes new memory with each text that is appended, which a title of 1 MB makes minutes of.
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars { result.append(contentsOf: map(scalar).utf8) }
        return String(decoding: result, as: UTF8.self)
    }
}
