/// One tag of HTML as CommonMark defines it: a name and attributes, opening or closing.
struct HTMLTag {
    var name: String
    var attributes: [(name: String, value: String?)] = []
    var isClosing = false
    var isSelfClosed = false
    /// Just after `>`.
    var end: Int

    func attribute(_ name: String) -> String? {
        for attribute in attributes where attribute.name == name { return attribute.value ?? "" }
        return nil
    }

    /// Where the tag at `<` ends, without reading its parts; nil when there is no tag.
    static func end(_ bytes: Bytes, at start: Int, limit: Int) -> Int? {
        var scanner = TagScanner(bytes: bytes, index: start, limit: limit)
        return scanner.scan { _, _ in } ? scanner.index : nil
    }

    /// Reads the tag at `<`; nil when there is no tag.
    static func parse(_ bytes: Bytes, at start: Int, limit: Int) -> HTMLTag? {
        var scanner = TagScanner(bytes: bytes, index: start, limit: limit)
        var attributes: [(name: String, value: String?)] = []
        let isTag = scanner.scan { name, value in
            let text = value.map { Entities.decode(bytes, $0) }
            attributes.append((String(decoding: bytes[name].map(\.lowercased), as: UTF8.self), text))
        }
        guard isTag else { return nil }
        return HTMLTag(
            name: String(decoding: bytes[scanner.name].map(\.lowercased), as: UTF8.self),
            attributes: attributes,
            isClosing: scanner.isClosing,
            isSelfClosed: scanner.isSelfClosed,
            end: scanner.index
        )
    }
}

/// Walks over one tag.
private struct TagScanner {
    let bytes: Bytes
    var index: Int
    let limit: Int
    var name = 0..<0
    var isClosing = false
    var isSelfClosed = false

    init(bytes: Bytes, index: Int, limit: Int) {
        self.bytes = bytes
        self.index = index
        self.limit = limit
    }

    mutating func scan(_ attribute: (_ name: Range<Int>, _ value: Range<Int>?) -> Void) -> Bool {
        index += 1
        if index < limit, bytes[index] == ASCII.slash {
            isClosing = true
            index += 1
        }
        let start = index
        guard index < limit, bytes[index].isLetter else { return false }
        while index < limit, bytes[index].isAlphanumeric || bytes[index] == ASCII.dash { index += 1 }
        name = start..<index
        if isClosing {
            skipWhitespace()
            return take(ASCII.greater)
        }
        while true {
            let hadSpace = skipWhitespace()
            if take(ASCII.greater) { return true }
            if take(ASCII.slash) {
                isSelfClosed = true
                return take(ASCII.greater)
            }
            guard hadSpace, let name = takeName() else { return false }
            let end = index
            skipWhitespace()
            guard take(ASCII.equals) else {
                index = end
                attribute(name, nil)
                continue
            }
            skipWhitespace()
            guard let value = takeValue() else { return false }
            attribute(name, value)
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < limit, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    @discardableResult
    private mutating func skipWhitespace() -> Bool {
        let start = index
        while index < limit, bytes[index].isWhitespace { index += 1 }
        return index > start
    }

    private mutating func takeName() -> Range<Int>? {
        let start = index
        guard index < limit, bytes[index].isLetter || bytes[index] == ASCII.underscore || bytes[index] == ASCII.colon
        else { return nil }
        while index < limit,
            bytes[index].isAlphanumeric || bytes[index] == ASCII.underscore
                || bytes[index] == ASCII.colon || bytes[index] == ASCII.dot || bytes[index] == ASCII.dash
        {
            index += 1
        }
        return start..<index
    }

    private mutating func takeValue() -> Range<Int>? {
        guard index < limit else { return nil }
        let quote = bytes[index]
        if quote == ASCII.quote || quote == ASCII.apostrophe {
            let start = index + 1
            index = start
            while index < limit, bytes[index] != quote { index += 1 }
            guard index < limit else { return nil }
            index += 1
            return start..<index - 1
        }
        let start = index
        while index < limit, !bytes[index].isWhitespace, bytes[index] != ASCII.quote, bytes[index] != ASCII.apostrophe,
            bytes[index] != ASCII.equals, bytes[index] != ASCII.less, bytes[index] != ASCII.greater,
            bytes[index] != ASCII.backtick
        {
            index += 1
        }
        return index > start ? start..<index : nil
    }
}
