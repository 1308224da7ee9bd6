import JSON
import ProseMirror

/// Where runs of backticks were last seen, by their length, so that every span is looked for once.
struct BacktickIndex {
    static let longest = 80
    private var last: [Int] = []
    private var isScanned = false

    mutating func reset() {
        if !last.isEmpty { last.removeAll(keepingCapacity: true) }
        isScanned = false
    }

    /// The start of the next run of that length at or after `start`; nil when there is none.
    mutating func find(_ length: Int, _ bytes: Bytes, from start: Int, limit: Int) -> Int? {
        guard length <= BacktickIndex.longest else { return nil }
        if isScanned, last[length] < start { return nil }
        if last.isEmpty { last = Array(repeating: -1, count: BacktickIndex.longest + 1) }
        var index = start
        while index < limit {
            while index < limit, bytes[index] != ASCII.backtick { index += 1 }
            let run = index
            while index < limit, bytes[index] == ASCII.backtick { index += 1 }
            let count = index - run
            if count > 0, count <= BacktickIndex.longest { last[count] = max(last[count], run) }
            if count == length { return run }
        }
        isScanned = true
        return nil
    }
}

extension InlineParser {
    mutating func takeCode() {
        var content = index
        while content < limit, bytes[content] == ASCII.backtick { content += 1 }
        let length = content - index
        guard let close = backticks.find(length, bytes, from: content, limit: limit) else {
            addText(index, content)
            return
        }
        var start = content
        var end = close
        let hasText = bytes[start..<end].contains { $0 != ASCII.space && $0 != ASCII.newline }
        if hasText, end - start >= 2, bytes[start] == ASCII.space || bytes[start] == ASCII.newline,
            bytes[end - 1] == ASCII.space || bytes[end - 1] == ASCII.newline
        {
            start += 1
            end -= 1
        }
        pieces.append(Piece(kind: .code, start: start, end: end))
        index = close + length
    }

    /// `$…$`, and GitHub's `` $`…`$ ``.
    mutating func takeMath() {
        if index + 1 < limit, bytes[index + 1] == ASCII.backtick, takeFencedMath() { return }
        var content = index
        while content < limit, bytes[content] == ASCII.dollar { content += 1 }
        let length = content - index
        guard length <= 2, let close = mathEnd(from: content, length: length) else {
            addText(index, content)
            return
        }
        addAtom(Node("mathInline", attrs: ["text": .string(bytes.text(content..<close))]), end: close + length)
    }

    /// Where `$…$` closes: nil when the text between does not look like a formula.
    private func mathEnd(from content: Int, length: Int) -> Int? {
        guard content < limit, !bytes[content].isWhitespace else { return nil }
        var close = content
        while close < limit {
            switch bytes[close] {
            case ASCII.backslash: close += 1
            case ASCII.newline, ASCII.backtick: return nil
            case ASCII.dollar:
                var end = close
                while end < limit, bytes[end] == ASCII.dollar { end += 1 }
                guard end - close == length, !bytes[close - 1].isWhitespace else { return nil }
                guard end == limit || !bytes[end].isDigit else { return nil }
                return close
            default: break
            }
            close += 1
        }
        return nil
    }

    private mutating func takeFencedMath() -> Bool {
        var content = index + 1
        while content < limit, bytes[content] == ASCII.backtick { content += 1 }
        let length = content - index - 1
        guard let close = backticks.find(length, bytes, from: content, limit: limit) else { return false }
        let end = close + length
        guard end < limit, bytes[end] == ASCII.dollar, close > content,
            !bytes[content..<close].contains(ASCII.newline)
        else { return false }
        addAtom(Node("mathInline", attrs: ["text": .string(bytes.text(content..<close))]), end: end + 1)
        return true
    }
}
