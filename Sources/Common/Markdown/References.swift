/// `[label]: destination "title"`.
struct ReferenceDefinition {
    var label: [UInt8]
    var destination: String
    var title: String?
    /// Just after the line that ends it.
    var end: Int

    /// Reads the definition that a paragraph begins with.
    static func parse(_ bytes: Bytes, _ range: Range<Int>) -> ReferenceDefinition? {
        var scanner = LinkScanner(bytes: bytes, index: range.lowerBound, limit: range.upperBound)
        guard let label = scanner.takeLabel(), scanner.take(ASCII.colon) else { return nil }
        // What was meant as a footnote, and is none, is text: as a link that nothing names it would be nowhere.
        guard bytes[label.lowerBound] != ASCII.caret else { return nil }
        guard let key = ReferenceTable.key(bytes, label) else { return nil }
        scanner.skipSpaceAndLineEnd()
        guard let destination = scanner.takeDestination() else { return nil }
        let afterDestination = scanner.index
        var title: Range<Int>?
        if scanner.skipSpaceAndLineEnd() {
            title = scanner.takeTitle()
            if title != nil, !scanner.skipToLineEnd() { title = nil }
        }
        if title == nil {
            scanner.index = afterDestination
            guard scanner.skipToLineEnd() else { return nil }
        }
        return ReferenceDefinition(
            label: key,
            destination: Entities.decodeWithEscapes(bytes, destination),
            title: title.map { Entities.decodeWithEscapes(bytes, $0) },
            end: scanner.index
        )
    }
}

/// The reference definitions of a file, with a limit on what their use may add.
struct ReferenceTable {
    struct Target {
        var destination: String
        var title: String?
        var size: Int
    }

    private(set) var targets: [[UInt8]: Target] = [:]
    let maximumCount: Int
    private var bytesLeft: Int

    init(maximumCount: Int, maximumBytes: Int) {
        self.maximumCount = maximumCount
        bytesLeft = maximumBytes
    }

    /// The first definition of a label counts.
    mutating func add(_ definition: ReferenceDefinition) {
        guard targets.count < maximumCount, targets[definition.label] == nil else { return }
        targets[definition.label] = Target(
            destination: definition.destination,
            title: definition.title,
            size: definition.destination.utf8.count + (definition.title?.utf8.count ?? 0)
        )
    }

    mutating func target(_ label: [UInt8]) -> Target? {
        guard let target = targets[label], target.size <= bytesLeft else { return nil }
        bytesLeft -= target.size
        return target
    }

    /// A label as it is compared: case folded, runs of whitespace as one space; nil when nothing is left.
    static func key(_ bytes: Bytes, _ range: Range<Int>) -> [UInt8]? {
        var key: [UInt8] = []
        var isASCII = true
        for byte in bytes[bytes.trimmed(range)] {
            if byte.isWhitespace {
                if key.last != ASCII.space { key.append(ASCII.space) }
            } else {
                key.append(byte.lowercased)
                isASCII = isASCII && byte < 0x80
            }
        }
        if key.isEmpty { return nil }
        // Upper case after lower case folds what has no single lower-case form, as ß.
        return isASCII ? key : Array(String(decoding: key, as: UTF8.self).lowercased().uppercased().lowercased().utf8)
    }
}

/// Walks over the parts of links and definitions.
struct LinkScanner {
    let bytes: Bytes
    var index: Int
    let limit: Int

    mutating func take(_ byte: UInt8) -> Bool {
        guard index < limit, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    /// `[label]`: at most 999 bytes, no bracket inside.
    mutating func takeLabel() -> Range<Int>? {
        guard take(ASCII.openBracket) else { return nil }
        let start = index
        while index < limit, index - start <= 999 {
            switch bytes[index] {
            case ASCII.openBracket: return nil
            case ASCII.closeBracket:
                index += 1
                return start..<index - 1
            case ASCII.backslash where index + 1 < limit && bytes[index + 1].isPunctuation: index += 2
            default: index += 1
            }
        }
        return nil
    }

    mutating func takeDestination() -> Range<Int>? {
        if take(ASCII.less) {
            let start = index
            while index < limit {
                switch bytes[index] {
                case ASCII.less, ASCII.newline, ASCII.carriageReturn: return nil
                case ASCII.greater:
                    index += 1
                    return start..<index - 1
                case ASCII.backslash where index + 1 < limit && bytes[index + 1].isPunctuation: index += 2
                default: index += 1
                }
            }
            return nil
        }
        return takeBareDestination()
    }

    private mutating func takeBareDestination() -> Range<Int>? {
        let start = index
        var depth = 0
        loop: while index < limit {
            switch bytes[index] {
            case ASCII.backslash where index + 1 < limit && bytes[index + 1].isPunctuation:
                index += 1
            case ASCII.openParenthesis:
                depth += 1
                if depth > 32 { return nil }
            case ASCII.closeParenthesis:
                if depth == 0 { break loop }
                depth -= 1
            case 0...32, 127:
                break loop
            default:
                break
            }
            index += 1
        }
        return depth == 0 && index > start ? start..<index : nil
    }

    mutating func takeTitle() -> Range<Int>? {
        guard index < limit else { return nil }
        let open = bytes[index]
        let close = open == ASCII.openParenthesis ? ASCII.closeParenthesis : open
        guard open == ASCII.quote || open == ASCII.apostrophe || open == ASCII.openParenthesis else { return nil }
        index += 1
        let start = index
        while index < limit {
            switch bytes[index] {
            case close:
                index += 1
                return start..<index - 1
            case ASCII.openParenthesis where open == ASCII.openParenthesis: return nil
            case ASCII.backslash where index + 1 < limit && bytes[index + 1].isPunctuation: index += 2
            default: index += 1
            }
        }
        return nil
    }

    /// Skips whitespace with at most one line end; whether there was any.
    @discardableResult
    mutating func skipSpaceAndLineEnd() -> Bool {
        let start = index
        var lines = 0
        while index < limit, bytes[index].isWhitespace {
            if bytes[index] == ASCII.newline {
                lines += 1
                if lines > 1 { break }
            }
            index += 1
        }
        return index > start
    }

    /// Skips to just after the end of the line; false, and nothing skipped, when there is text before it.
    mutating func skipToLineEnd() -> Bool {
        var scan = index
        while scan < limit, bytes[scan].isSpaceOrTab { scan += 1 }
        guard scan == limit || bytes[scan] == ASCII.newline else { return false }
        index = min(scan + 1, limit)
        return true
    }
}
