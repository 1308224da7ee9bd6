/// The text of a rewriting: stretches of the old text as they were, and new blocks between them.
struct RewriteOutput {
    let old: [UInt8]
    let sources: [Parsed.Block]
    let lines: LineStyle
    private var result: [UInt8] = []
    /// The last source copied, while nothing was added after it.
    private var last: Int?
    private(set) var isEmpty = true
    /// The marker of the list at the end.
    private(set) var lastMarker: UInt8?

    init(old: [UInt8], sources: [Parsed.Block], lines: LineStyle) {
        self.old = old
        self.sources = sources
        self.lines = lines
    }

    /// Copies a stretch, with what stood between it and the one before if that was copied too.
    mutating func copy(_ number: Int) {
        if isEmpty {
            if number == 0 { result += old[..<sources[0].bytes.lowerBound] }
        } else if last == number - 1 {
            result += old[sources[number - 1].bytes.upperBound..<sources[number].bytes.lowerBound]
        } else {
            separate()
        }
        result += old[sources[number].bytes]
        last = number
        isEmpty = false
        if !sources[number].nodes.isEmpty { lastMarker = marker(of: number) }
    }

    /// Adds new lines.
    mutating func add(_ text: [UInt8], marker: UInt8?) {
        if !isEmpty { separate() }
        var text = text
        if text.last == ASCII.newline { text.removeLast() }
        result += lines.applied(to: text)
        last = nil
        isEmpty = false
        lastMarker = marker
    }

    private mutating func separate() { result += lines.lineEnd + lines.lineEnd }

    /// The whole text; it ends as the old one did.
    func bytes() -> [UInt8] {
        let end = sources.last?.bytes.upperBound ?? old.count
        if isEmpty { return [] }
        if old.isEmpty { return result + lines.lineEnd }
        return last == sources.count - 1 || end < old.count ? result + old[end...] : result + ending
    }

    private var ending: [UInt8] { old.last == ASCII.newline ? lines.lineEnd : [] }

    /// The marker of a list that a stretch begins with.
    func marker(of number: Int) -> UInt8? {
        let range = sources[number].bytes
        var index = range.lowerBound
        while index < range.upperBound, old[index].isSpaceOrTab { index += 1 }
        while index < range.upperBound, old[index].isDigit { index += 1 }
        guard index < range.upperBound else { return nil }
        switch old[index] {
        case ASCII.dash, ASCII.asterisk, ASCII.plus, ASCII.dot, ASCII.closeParenthesis: return old[index]
        default: return nil
        }
    }
}
