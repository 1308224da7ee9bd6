import JSON
import ProseMirror

extension InlineParser {
    /// `<scheme:…>` and `<name@host>`; nil when there is none.
    mutating func takeAngleLink() -> Bool {
        var end = index + 1
        while end < limit, bytes[end] != ASCII.greater, bytes[end] != ASCII.less, bytes[end] > ASCII.space { end += 1 }
        guard end < limit, bytes[end] == ASCII.greater, end > index + 1 else { return false }
        let range = index + 1..<end
        let isURL = isAbsoluteURL(range)
        guard isURL || isEmail(range) else { return false }
        let text = bytes.text(range)
        addLink(range, destination: isURL ? text : "mailto:" + text, end: end + 1)
        return true
    }

    private mutating func addLink(_ range: Range<Int>, destination: String, end: Int) {
        let mark = addLinkMark(destination, nil)
        pieces.append(Piece(kind: .linkOpen, start: range.lowerBound, end: range.lowerBound, payload: mark))
        pieces.append(Piece(kind: .text, start: range.lowerBound, end: range.upperBound))
        pieces.append(Piece(kind: .linkClose, start: 0, end: 0))
        index = end
    }

    private func isAbsoluteURL(_ range: Range<Int>) -> Bool {
        var index = range.lowerBound
        guard bytes[index].isLetter else { return false }
        while index < range.upperBound,
            bytes[index].isAlphanumeric || bytes[index] == ASCII.plus
                || bytes[index] == ASCII.dot || bytes[index] == ASCII.dash
        {
            index += 1
        }
        let length = index - range.lowerBound
        return length >= 2 && length <= 32 && index < range.upperBound && bytes[index] == ASCII.colon
    }

    private func isEmail(_ range: Range<Int>) -> Bool {
        var index = range.lowerBound
        while index < range.upperBound, bytes[index] != UInt8(ascii: "@") {
            let byte = bytes[index]
            guard byte.isAlphanumeric || (byte.isPunctuation && !Self.notInEmail.contains(byte)) else { return false }
            index += 1
        }
        guard index > range.lowerBound, index + 1 < range.upperBound else { return false }
        var labelStart = index + 1
        for position in labelStart...range.upperBound {
            let isEnd = position == range.upperBound
            guard isEnd || bytes[position] == ASCII.dot else {
                guard bytes[position].isAlphanumeric || bytes[position] == ASCII.dash else { return false }
                continue
            }
            let length = position - labelStart
            guard length > 0, length <= 63, bytes[labelStart] != ASCII.dash, bytes[position - 1] != ASCII.dash
            else { return false }
            labelStart = position + 1
        }
        return true
    }

    private static let notInEmail: Set<UInt8> = Set("\"(),:;<>@[\\]".utf8)

    // MARK: Without angle brackets

    /// `http://…`, `https://…`, `ftp://…` in running text; `index` is at the colon.
    mutating func takeBareURL() -> Bool {
        guard brackets.isEmpty, bytes.starts(with: "://", at: index, end: limit), let last = pieces.last,
            last.kind == .text, last.end == index
        else { return false }
        var start = index
        while start > last.start, bytes[start - 1].isLetter, index - start < 6 { start -= 1 }
        let scheme = start..<index
        let isKnown =
            HTMLNames.isName(bytes, scheme, "http") || HTMLNames.isName(bytes, scheme, "https")
            || HTMLNames.isName(bytes, scheme, "ftp")
        guard isKnown, let end = urlEnd(domain: index + 3, needsDot: false) else { return false }
        shortenLastText(to: start)
        addLink(start..<end, destination: bytes.text(start..<end), end: end)
        return true
    }

    /// `www.…` in running text; `index` is at its first letter.
    mutating func takeBareWWW() -> Bool {
        guard brackets.isEmpty, bytes.startsIgnoringCase(with: "www.", at: index, end: limit),
            isAtBoundary(index, in: pieces.last ?? Piece(kind: .text, start: index, end: index)),
            let end = urlEnd(domain: index, needsDot: true)
        else { return false }
        addLink(index..<end, destination: "http://" + bytes.text(index..<end), end: end)
        return true
    }

    private func isAtBoundary(_ start: Int, in piece: Piece) -> Bool {
        guard start > 0, start > pieces.first.map({ $0.kind == .decoded ? start : $0.start }) ?? start else {
            return pieces.isEmpty || pieces.first?.start == start
        }
        let before = bytes[start - 1]
        return before.isWhitespace || before == ASCII.asterisk || before == ASCII.underscore || before == ASCII.tilde
            || before == ASCII.openParenthesis
    }

    private mutating func shortenLastText(to end: Int) {
        guard let last = pieces.last else { return }
        if last.start == end { pieces.removeLast() } else { pieces[pieces.count - 1].end = end }
    }

    private func urlEnd(domain start: Int, needsDot: Bool) -> Int? {
        guard isDomain(at: start, needsDot: needsDot) else { return nil }
        var end = start
        while end < limit, !bytes[end].isWhitespace, bytes[end] != ASCII.less { end += 1 }
        end = withoutTrailingPunctuation(start, end)
        return end > start ? end : nil
    }

    /// A domain has no underscore in its last two parts.
    private func isDomain(at start: Int, needsDot: Bool) -> Bool {
        guard start < limit, bytes[start].isAlphanumeric || bytes[start] >= 0x80 else { return false }
        var index = start
        var underscores = (last: 0, before: 0)
        var dots = 0
        while index < limit {
            let byte = bytes[index]
            if byte == ASCII.dot {
                dots += 1
                underscores = (0, underscores.last)
            } else if byte == ASCII.underscore {
                underscores.last += 1
            } else if !byte.isAlphanumeric, byte != ASCII.dash, byte < 0x80 {
                break
            }
            index += 1
        }
        return (dots > 0 || !needsDot) && underscores.last == 0 && underscores.before == 0
    }

    private func withoutTrailingPunctuation(_ start: Int, _ limit: Int) -> Int {
        var end = limit
        var unbalanced = 0
        for byte in bytes[start..<end] {
            if byte == ASCII.closeParenthesis { unbalanced += 1 }
            if byte == ASCII.openParenthesis { unbalanced -= 1 }
        }
        while end > start {
            switch bytes[end - 1] {
            case ASCII.question, ASCII.bang, ASCII.dot, UInt8(ascii: ","), ASCII.colon, ASCII.asterisk,
                ASCII.underscore, ASCII.tilde, ASCII.apostrophe, ASCII.quote:
                end -= 1
            case ASCII.closeParenthesis where unbalanced > 0:
                unbalanced -= 1
                end -= 1
            case ASCII.semicolon:
                var name = end - 1
                while name > start, bytes[name - 1].isAlphanumeric { name -= 1 }
                end = name > start && name < end - 1 && bytes[name - 1] == ASCII.ampersand ? name - 1 : end - 1
            default:
                return end
            }
        }
        return end
    }
}
