/// Writes text so that it is read as text, with as few escapes as its surroundings allow.
struct TextEscaper {
    /// What the whole textblock holds, and so what its parts might be mistaken for.
    struct Surroundings {
        /// `](` or `][` somewhere.
        var hasLinkEnd = false
        var dollars = 0
        var tildeRuns = 0
        var equalsRuns = 0

        mutating func add(_ text: String) {
            var previous: UInt8 = 0
            for byte in text.utf8 {
                switch byte {
                case ASCII.dollar: dollars += 1
                case ASCII.tilde: if previous != byte { tildeRuns += 1 }
                case ASCII.equals: if previous != byte { equalsRuns += 1 }
                case ASCII.openParenthesis, ASCII.openBracket:
                    if previous == ASCII.closeBracket { hasLinkEnd = true }
                default: break
                }
                previous = byte
            }
        }
    }

    let surroundings: Surroundings
    var isCell = false
    var isHeading = false
    /// Whether a link's brackets are around the text.
    var isInLink = false

    /// - Parameters:
    ///   - isLineStart: whether blocks could begin here.
    ///   - isFirstLine: whether no line of the same block is above.
    ///   - isEnd: whether nothing follows in the textblock.
    ///   - beforeLink: whether a link or footnote follows directly.
    func write(
        _ text: String,
        to out: inout [UInt8],
        isLineStart: Bool,
        isFirstLine: Bool,
        isEnd: Bool,
        beforeLink: Bool
    ) {
        var text = text
        text.withUTF8 { bytes in
            let marked = isLineStart ? LineStart.escaped(bytes, isFirstLine: isFirstLine) : nil
            var previous = out.last ?? ASCII.newline
            if isLineStart { previous = ASCII.newline }
            var index = 0
            var scalarBefore: Unicode.Scalar?
            while index < bytes.count {
                let byte = bytes[index]
                if OddCharacters.mayHide(byte) {
                    let scalar = bytes.scalar(at: index, end: bytes.count)
                    writeOdd(scalar, after: scalarBefore, isEdge: isEdge(bytes, index, isLineStart, isEnd), to: &out)
                    scalarBefore = scalar
                    index += max(1, UTF8.width(scalar))
                    previous = 0x80
                    continue
                }
                if byte == ASCII.space {
                    if isEdge(bytes, index, isLineStart, isEnd) { out += Array("&#32;".utf8) } else { out.append(byte) }
                } else {
                    let isEscaped =
                        index == marked
                        || (byte.isPunctuation
                            && needsEscape(bytes, index, previous, isEnd: isEnd, beforeLink: beforeLink))
                    if isEscaped { out.append(ASCII.backslash) }
                    out.append(byte)
                }
                previous = byte
                scalarBefore = Unicode.Scalar(byte)
                index += 1
            }
        }
    }

    /// Whether whitespace would be trimmed: the first of the leading and the last of the trailing.
    private func isEdge(_ bytes: Bytes, _ index: Int, _ isLineStart: Bool, _ isEnd: Bool) -> Bool {
        (index == 0 && isLineStart) || (isEnd && index == bytes.count - 1)
    }

    private func writeOdd(
        _ scalar: Unicode.Scalar,
        after previous: Unicode.Scalar?,
        isEdge: Bool,
        to out: inout [UInt8]
    ) {
        if scalar == "\t", isEdge {
            out += Array("&#9;".utf8)
        } else if let reference = OddCharacters.reference(scalar, after: previous) {
            out += Array(reference.utf8)
        } else {
            out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    private func needsEscape(_ bytes: Bytes, _ index: Int, _ previous: UInt8, isEnd: Bool, beforeLink: Bool) -> Bool {
        let next: UInt8? = index + 1 < bytes.count ? bytes[index + 1] : nil
        switch bytes[index] {
        case ASCII.backtick: return true
        case ASCII.backslash: return next?.isPunctuation ?? true
        case ASCII.asterisk, ASCII.underscore, ASCII.tilde, ASCII.equals:
            return needsEscapeInRun(bytes, index, isEnd: isEnd)
        case ASCII.openBracket:
            return isInLink || next == ASCII.caret || surroundings.hasLinkEnd || (next == nil && beforeLink)
        case ASCII.closeBracket: return isInLink
        case ASCII.bang: return next == ASCII.openBracket || (next == nil && beforeLink)
        case ASCII.less:
            guard let next else { return !isEnd }
            return next.isLetter || next == ASCII.slash || next == ASCII.bang || next == ASCII.question
        case ASCII.ampersand: return Entities.parse(bytes, at: index, limit: bytes.count) != nil
        case ASCII.dollar: return surroundings.dollars > 1 && mayOpenFormula(bytes, index, isEnd: isEnd)
        case ASCII.colon: return !isInLink && next == ASCII.slash && isScheme(bytes, before: index)
        case ASCII.dot: return !isInLink && isWWW(bytes, before: index)
        case ASCII.pipe: return isCell
        case ASCII.caret: return isEnd && isBlockID(bytes, index, previous)
        case ASCII.hash: return isHeading && isEnd && isClosingHash(bytes, index, previous)
        default: return false
        }
    }

    /// A run can be a delimiter only where it touches text; `_` only at the edge of a word.
    private func needsEscapeInRun(_ bytes: Bytes, _ index: Int, isEnd: Bool) -> Bool {
        let byte = bytes[index]
        var start = index
        var end = index + 1
        while start > 0, bytes[start - 1] == byte { start -= 1 }
        while end < bytes.count, bytes[end] == byte { end += 1 }
        switch byte {
        case ASCII.tilde: if end - start > 2 || surroundings.tildeRuns < 2 { return false }
        case ASCII.equals:
            if end - start != 2 || surroundings.equalsRuns < 2 || index > start { return false }
        default: break
        }
        let before: UInt8? = start > 0 ? bytes[start - 1] : nil
        let after: UInt8? = end < bytes.count ? bytes[end] : nil
        if byte == ASCII.underscore, let before, let after, isWord(before), isWord(after) { return false }
        let isFree = (before?.isWhitespace ?? false) && (after?.isWhitespace ?? isEnd)
        return !isFree
    }

    /// Whether a formula could begin at a dollar, or end there.
    private func mayOpenFormula(_ bytes: Bytes, _ index: Int, isEnd: Bool) -> Bool {
        guard index + 1 < bytes.count else { return !isEnd }
        if bytes[index + 1].isWhitespace { return false }
        guard let close = bytes[(index + 1)...].firstIndex(of: ASCII.dollar) else {
            // What closes it may stand in the text after this one.
            return bytes[..<index].count { $0 == ASCII.dollar } + 1 < surroundings.dollars
        }
        if bytes[close - 1].isWhitespace { return false }
        return close + 1 == bytes.count || !bytes[close + 1].isDigit || bytes[close - 1] == ASCII.backslash
    }

    private func isWord(_ byte: UInt8) -> Bool { byte.isAlphanumeric }

    private func isScheme(_ bytes: Bytes, before index: Int) -> Bool {
        for (word, count) in [("http", 4), ("https", 5), ("ftp", 3)] as [(StaticString, Int)]
        where bytes.startsIgnoringCase(with: word, at: max(0, index - count), end: index) && index >= count {
            return true
        }
        return false
    }

    private func isWWW(_ bytes: Bytes, before index: Int) -> Bool {
        index >= 3 && bytes.startsIgnoringCase(with: "www", at: index - 3, end: index)
    }

    private func isBlockID(_ bytes: Bytes, _ index: Int, _ previous: UInt8) -> Bool {
        guard bytes.count - index == 13, previous == ASCII.space else { return false }
        return bytes[(index + 1)...].allSatisfy { $0 >= 0x61 && $0 <= 0x7A }
    }

    private func isClosingHash(_ bytes: Bytes, _ index: Int, _ previous: UInt8) -> Bool {
        guard index == 0 || previous.isSpaceOrTab || previous == ASCII.newline else { return false }
        return bytes[index...].allSatisfy { $0 == ASCII.hash }
    }
}

/// What a line of text could begin with that opens a block.
enum LineStart {
    /// Which byte of the line must be escaped so that it stays text; nil when none.
    static func escaped(_ bytes: Bytes, isFirstLine: Bool) -> Int? {
        guard let first = bytes.first else { return nil }
        switch first {
        case ASCII.hash: return isHeading(bytes) ? 0 : nil
        case ASCII.greater: return 0
        case ASCII.dash, ASCII.plus, ASCII.asterisk:
            return isMarkerEnd(bytes, 1) || isLine(of: first, bytes) ? 0 : nil
        case ASCII.underscore: return isLine(of: first, bytes) ? 0 : nil
        case ASCII.equals: return !isFirstLine && isLine(of: first, bytes) ? 0 : nil
        case ASCII.tilde: return bytes.starts(with: "~~~", at: 0, end: bytes.count) ? 0 : nil
        case ASCII.colon:
            return !isFirstLine || bytes.starts(with: ":::", at: 0, end: bytes.count) ? 0 : nil
        case ASCII.dollar: return bytes.starts(with: "$$", at: 0, end: bytes.count) ? 0 : nil
        case ASCII.pipe: return isFirstLine ? nil : 0
        case ASCII.openBracket: return isBracketed(bytes) ? 0 : nil
        case 0x30...0x39: return ordinal(bytes)
        default: return nil
        }
    }

    private static func isMarkerEnd(_ bytes: Bytes, _ index: Int) -> Bool {
        index >= bytes.count || bytes[index].isSpaceOrTab
    }

    private static func isHeading(_ bytes: Bytes) -> Bool {
        var index = 0
        while index < bytes.count, bytes[index] == ASCII.hash { index += 1 }
        return index <= 6 && isMarkerEnd(bytes, index)
    }

    private static func isLine(of marker: UInt8, _ bytes: Bytes) -> Bool {
        bytes.allSatisfy { $0 == marker || $0.isSpaceOrTab || $0 == ASCII.pipe || $0 == ASCII.colon }
    }

    /// A task's box, a callout's header, a definition of a link or footnote.
    private static func isBracketed(_ bytes: Bytes) -> Bool {
        guard bytes.count > 1 else { return false }
        if bytes[1] == ASCII.bang { return true }
        if bytes.count > 2, bytes[2] == ASCII.closeBracket, bytes[1] == ASCII.space || bytes[1].lowercased == 0x78 {
            return isMarkerEnd(bytes, 3) || bytes[3] == ASCII.colon
        }
        var index = 1
        while index + 1 < bytes.count {
            if bytes[index] == ASCII.closeBracket, bytes[index + 1] == ASCII.colon { return true }
            index += 1
        }
        return false
    }

    private static func ordinal(_ bytes: Bytes) -> Int? {
        var index = 0
        while index < bytes.count, bytes[index].isDigit, index < 10 { index += 1 }
        guard index < bytes.count, index <= 9, bytes[index] == ASCII.dot || bytes[index] == ASCII.closeParenthesis,
            isMarkerEnd(bytes, index + 1)
        else { return nil }
        return index
    }
}
