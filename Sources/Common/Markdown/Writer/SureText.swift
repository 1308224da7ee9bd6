/// Text in the forms that leave nothing to chance.
enum SureText {
    /// Every mark of punctuation escaped.
    static func escaped(_ text: String, isStart: Bool, isEnd: Bool) -> [UInt8] {
        write(text, isStart: isStart, isEnd: isEnd) { byte, out in
            if byte.isPunctuation { out.append(ASCII.backslash) }
            out.append(byte)
        }
    }

    /// As the content of an HTML element.
    static func html(_ text: String, isStart: Bool, isEnd: Bool) -> [UInt8] {
        write(text, isStart: isStart, isEnd: isEnd) { byte, out in
            switch byte {
            case ASCII.ampersand: out += Array("&amp;".utf8)
            case ASCII.less: out += Array("&lt;".utf8)
            case ASCII.greater: out += Array("&gt;".utf8)
            default: out.append(byte)
            }
        }
    }

    private static func write(
        _ text: String,
        isStart: Bool,
        isEnd: Bool,
        _ body: (UInt8, inout [UInt8]) -> Void
    ) -> [UInt8] {
        var out: [UInt8] = []
        var previous: Unicode.Scalar?
        let count = text.unicodeScalars.count
        for (index, scalar) in text.unicodeScalars.enumerated() {
            let isEdge = (isStart && index == 0) || (isEnd && index == count - 1)
            if isEdge, scalar == " " || scalar == "\t" {
                out += Array(OddCharacters.number(scalar).utf8)
            } else if let reference = OddCharacters.reference(scalar, after: previous) {
                out += Array(reference.utf8)
            } else if scalar.isASCII {
                body(UInt8(truncatingIfNeeded: scalar.value), &out)
            } else {
                out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
            previous = scalar
        }
        return out
    }
}
