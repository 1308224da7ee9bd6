import JSON
import ProseMirror

/// A run of `*`, `_`, `~` or `=` that may open or close a mark.
struct Delimiter {
    var byte: UInt8
    var count: Int
    /// Characters that are not used up.
    var left: Int
    var canOpen: Bool
    var canClose: Bool
    var previous: Int
    var next = -1
    /// How many marks of each kind begin and end here: italic, bold, strike, highlight.
    var opens = MarkCounts()
    var closes = MarkCounts()
}

struct MarkCounts {
    var italic: Int32 = 0
    var bold: Int32 = 0
    var strike: Int32 = 0
    var highlight: Int32 = 0

    var areNone: Bool { italic == 0 && bold == 0 && strike == 0 && highlight == 0 }

    mutating func add(_ byte: UInt8, _ length: Int) {
        switch byte {
        case ASCII.tilde: strike += 1
        case ASCII.equals: highlight += 1
        default: if length == 2 { bold += 1 } else { italic += 1 }
        }
    }
}

extension InlineParser {
    mutating func takeDelimiterRun() {
        let byte = bytes[index]
        var end = index
        while end < limit, bytes[end] == byte { end += 1 }
        let count = end - index
        let isKnown =
            switch byte {
            case ASCII.tilde: count <= 2
            case ASCII.equals: count == 2
            default: true
            }
        guard isKnown else {
            addText(index, end)
            return
        }
        let before = CharacterKind(scalarBefore(index))
        let after = CharacterKind(end < limit ? bytes.scalar(at: end, end: limit) : "\n")
        let isLeft = after != .whitespace && (after != .punctuation || before != .other)
        let isRight = before != .whitespace && (before != .punctuation || after != .other)
        var delimiter = Delimiter(
            byte: byte,
            count: count,
            left: count,
            canOpen: isLeft,
            canClose: isRight,
            previous: lastDelimiter
        )
        if byte == ASCII.underscore {
            delimiter.canOpen = isLeft && (!isRight || before == .punctuation)
            delimiter.canClose = isRight && (!isLeft || after == .punctuation)
        }
        if lastDelimiter >= 0 { delimiters[lastDelimiter].next = delimiters.count }
        lastDelimiter = delimiters.count
        pieces.append(Piece(kind: .delimiter, start: index, end: end, payload: delimiters.count))
        delimiters.append(delimiter)
        index = end
    }

    /// The scalar before an index; a line end at the start of the leaf.
    private func scalarBefore(_ index: Int) -> Unicode.Scalar {
        guard index > 0, let first = pieces.first else { return "\n" }
        let start = first.kind == .decoded ? 0 : first.start
        return bytes.scalar(before: index, start: min(start, index - 1))
    }

    /// Pairs the delimiters that stand after a place in the list, as CommonMark's appendix describes, and drops them.
    mutating func processDelimiters(above bottom: Int) {
        var bottoms = OpenersBottom(bottom)
        var closer = lastDelimiter
        while closer >= 0, closer > bottom, delimiters[closer].previous > bottom {
            closer = delimiters[closer].previous
        }
        if closer <= bottom { closer = -1 }
        while closer >= 0 {
            guard delimiters[closer].canClose else {
                closer = delimiters[closer].next
                continue
            }
            let slot = OpenersBottom.slot(delimiters[closer])
            let floor = max(bottom, bottoms.values[slot])
            if let opener = opener(for: closer, above: floor) {
                pair(opener, closer)
                if delimiters[closer].left == 0 {
                    let next = delimiters[closer].next
                    remove(closer)
                    closer = next
                }
                continue
            }
            bottoms.values[slot] = delimiters[closer].previous
            let next = delimiters[closer].next
            if !delimiters[closer].canOpen { remove(closer) }
            closer = next
        }
        while lastDelimiter > bottom { remove(lastDelimiter) }
    }

    private func opener(for closer: Int, above floor: Int) -> Int? {
        let end = delimiters[closer]
        var opener = end.previous
        while opener > floor {
            let start = delimiters[opener]
            if start.byte == end.byte, start.canOpen {
                if start.byte == ASCII.tilde || start.byte == ASCII.equals {
                    if start.left == end.left { return opener }
                } else {
                    let isOdd =
                        (end.canOpen || start.canClose) && (start.count + end.count).isMultiple(of: 3)
                        && !(start.count.isMultiple(of: 3) && end.count.isMultiple(of: 3))
                    if !isOdd { return opener }
                }
            }
            opener = start.previous
        }
        return nil
    }

    private mutating func pair(_ opener: Int, _ closer: Int) {
        // What stands between them found no partner.
        var between = delimiters[closer].previous
        while between != opener {
            let previous = delimiters[between].previous
            remove(between)
            between = previous
        }
        let byte = delimiters[closer].byte
        let isWhole = byte == ASCII.tilde || byte == ASCII.equals
        let length =
            isWhole ? delimiters[closer].left : delimiters[opener].left >= 2 && delimiters[closer].left >= 2 ? 2 : 1
        delimiters[opener].left -= length
        delimiters[closer].left -= length
        delimiters[opener].opens.add(byte, length)
        delimiters[closer].closes.add(byte, length)
        if delimiters[opener].left == 0 { remove(opener) }
    }

    private mutating func remove(_ index: Int) {
        let previous = delimiters[index].previous
        let next = delimiters[index].next
        if previous >= 0 { delimiters[previous].next = next }
        if next >= 0 { delimiters[next].previous = previous } else { lastDelimiter = previous }
    }
}

/// How far down the list a closer of each sort has been looked up in vain; it keeps the pairing linear.
private struct OpenersBottom {
    var values: [Int]

    init(_ bottom: Int) { values = Array(repeating: bottom, count: 15) }

    static func slot(_ closer: Delimiter) -> Int {
        switch closer.byte {
        case ASCII.tilde: 11 + min(closer.left, 2)
        case ASCII.equals: 14
        case ASCII.underscore: (closer.canOpen ? 3 : 0) + closer.count % 3
        default: 6 + (closer.canOpen ? 3 : 0) + closer.count % 3
        }
    }
}
