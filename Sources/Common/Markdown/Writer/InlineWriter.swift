import JSON
import ProseMirror

/// How a line of text is written, and where it stands.
struct InlineStyle {
    enum Text { case plain, escaped, html }
    enum Place { case paragraph, heading, cell, element }

    var text = Text.plain
    var place = Place.paragraph
}

/// Writes the inline content of a textblock.
struct InlineWriter {
    private let style: InlineStyle
    private let options: MarkdownOptions
    private let surroundings: TextEscaper.Surroundings
    private let tokens: InlineTokens
    private var out: [UInt8] = []
    private var isLineStart = true
    private var isFirstLine = true
    /// Links that are open as `[…](…)`.
    private var linkDepth = 0

    /// The bytes of a textblock's content; lines are separated by line feeds.
    static func write(_ nodes: [Node], _ style: InlineStyle, _ options: MarkdownOptions) -> [UInt8] {
        var writer = InlineWriter(nodes, style, options)
        writer.writeAll()
        return writer.out
    }

    private init(_ nodes: [Node], _ style: InlineStyle, _ options: MarkdownOptions) {
        self.style = style
        self.options = options
        var tokens = InlineTokens(nodes)
        tokens.decideElements(all: style.text != .plain, options: options)
        self.tokens = tokens
        var surroundings = TextEscaper.Surroundings()
        for node in nodes {
            if let text = node.text { surroundings.add(text) }
            if node.type == "mathInline" { surroundings.dollars += 2 }
        }
        self.surroundings = surroundings
    }

    private mutating func writeAll() {
        for index in tokens.tokens.indices {
            switch tokens.tokens[index] {
            case .text(let text): write(text, at: index)
            case .code(let text): writeCode(text)
            case .node(let node): write(node, at: index)
            case .open(let span): open(tokens.spans[span])
            case .close(let span): close(tokens.spans[span])
            }
        }
    }

    private mutating func write(_ text: String, at index: Int) {
        let isEnd = endsLine(after: index)
        let isStart = isLineStart
        switch style.text {
        case .html: out += SureText.html(text, isStart: isStart, isEnd: isEnd)
        case .escaped: out += SureText.escaped(text, isStart: isStart, isEnd: isEnd)
        case .plain:
            var escaper = TextEscaper(surroundings: surroundings)
            escaper.isCell = style.place == .cell
            escaper.isHeading = style.place == .heading
            escaper.isInLink = linkDepth > 0
            escaper.write(
                text,
                to: &out,
                isLineStart: isStart && style.place == .paragraph,
                isFirstLine: isFirstLine,
                isEnd: isEnd,
                beforeLink: isLink(after: index)
            )
            if isStart, style.place != .paragraph { protectFirstSpace(of: text) }
        }
        isLineStart = false
    }

    /// In a heading or a cell nothing but the space at the start needs care.
    private mutating func protectFirstSpace(of text: String) {
        guard let first = text.utf8.first, first.isSpaceOrTab, out.first == first else { return }
        out.replaceSubrange(0..<1, with: Array(OddCharacters.number(Unicode.Scalar(first)).utf8))
    }

    private func endsLine(after index: Int) -> Bool {
        tokens.tokens[(index + 1)...].allSatisfy { if case .close = $0 { true } else { false } }
    }

    private func isLink(after index: Int) -> Bool {
        for token in tokens.tokens[(index + 1)...] {
            switch token {
            case .open(let span): if tokens.spans[span].mark.type == "link" { return true }
            case .close: continue
            case .node(let node): return node.type == "mention" || node.type == "footnoteReference"
            case .text, .code: return false
            }
        }
        return false
    }

    // MARK: Marks

    private mutating func open(_ span: MarkSpan) {
        if span.isElement {
            out += Array(span.spelling.open.utf8)
        } else if let delimiter = span.spelling.delimiter {
            out += Array(delimiter.utf8)
        } else {
            out.append(ASCII.openBracket)
            linkDepth += 1
        }
        isLineStart = false
    }

    private mutating func close(_ span: MarkSpan) {
        if span.isElement {
            out += Array(span.spelling.close.utf8)
        } else if let delimiter = span.spelling.delimiter {
            out += Array(delimiter.utf8)
        } else if let (destination, title) = span.mark.markdownLink(options) {
            linkDepth -= 1
            closeLink(destination, title)
        }
    }

    private mutating func closeLink(_ destination: String, _ title: String?) {
        let target = Destination.text(destination, title, isCell: style.place == .cell)
        // `[https://a.b](https://a.b)` is `<https://a.b>`.
        if title == nil, let start = out.lastIndex(of: ASCII.openBracket), Destination.isAutolink(destination),
            out[(start + 1)...].elementsEqual(destination.utf8), start == 0 || out[start - 1] != ASCII.backslash
        {
            out.replaceSubrange(start..<start + 1, with: [ASCII.less])
            out.append(ASCII.greater)
            return
        }
        out += Array("](".utf8) + Array(target.utf8) + [ASCII.closeParenthesis]
    }

    // MARK: Code

    private mutating func writeCode(_ text: String) {
        isLineStart = false
        let bytes = Array(text.utf8)
        let isAwkward =
            bytes.contains { $0.isLineEnd } || bytes.isEmpty
            || (style.place == .cell && bytes.contains(ASCII.pipe) && bytes.contains(ASCII.backslash))
        guard style.text == .plain, !isAwkward else {
            let inner =
                style.text == .html
                ? SureText.html(text, isStart: false, isEnd: false)
                : SureText.escaped(text, isStart: false, isEnd: false)
            out += Array("<code>".utf8) + inner + Array("</code>".utf8)
            return
        }
        let fence = Array(repeating: ASCII.backtick, count: longestRun(of: ASCII.backtick, bytes) + 1)
        let isSpaced =
            bytes.first == ASCII.space && bytes.last == ASCII.space && !bytes.allSatisfy { $0 == ASCII.space }
        let isPadded = isSpaced || bytes.first == ASCII.backtick || bytes.last == ASCII.backtick
        out += fence
        if isPadded { out.append(ASCII.space) }
        for byte in bytes {
            if byte == ASCII.pipe, style.place == .cell { out.append(ASCII.backslash) }
            out.append(byte)
        }
        if isPadded { out.append(ASCII.space) }
        out += fence
    }

    // MARK: Atoms

    private mutating func write(_ node: Node, at index: Int) {
        if node.type == "hardBreak" {
            writeBreak(node, at: index)
            return
        }
        isLineStart = false
        out += Array(InlineAtomWriter(style: style, options: options).text(node).utf8)
    }

    private mutating func writeBreak(_ node: Node, at index: Int) {
        let isElement =
            style.place != .paragraph || style.text == .html || node.attrs != nil || linkDepth > 0
            || out.isEmpty || out.allSatisfyBreaks || isOnlyBreaks(after: index)
        if isElement {
            out += Array(HTMLText.tag("br", ElementAttributes.spell(node.attrs, as: "hardBreak").spelled).utf8)
            return
        }
        out += [ASCII.backslash, ASCII.newline]
        isLineStart = true
        isFirstLine = false
    }

    private func isOnlyBreaks(after index: Int) -> Bool {
        tokens.tokens[(index + 1)...].allSatisfy { token in
            switch token {
            case .close: true
            case .node(let node): node.type == "hardBreak"
            case .text, .code, .open: false
            }
        }
    }
}

/// The length of the longest run of a byte.
func longestRun(of byte: UInt8, _ bytes: some Sequence<UInt8>) -> Int {
    var longest = 0
    var current = 0
    for next in bytes {
        current = next == byte ? current + 1 : 0
        longest = max(longest, current)
    }
    return longest
}

extension [UInt8] {
    /// Whether there is nothing but `<br>`.
    fileprivate var allSatisfyBreaks: Bool {
        count.isMultiple(of: 4) && count <= 64 && indices.allSatisfy { self[$0] == Array("<br>".utf8)[$0 % 4] }
    }
}
