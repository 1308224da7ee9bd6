import JSON
import ProseMirror

/// One part of an HTML block: the tags of the dialect's block elements, and runs of text between them.
enum HTMLPart {
    case open(HTMLTag)
    case close(String)
    /// Text and inline elements.
    case inline(Range<Int>)
    case node(Node)
}

/// Reads an HTML block into parts; nil when it holds anything outside the dialect, and so is shown as code.
struct HTMLBlockReader {
    let bytes: Bytes
    private var index: Int
    private let end: Int
    private var parts: [HTMLPart] = []
    private var inlineStart: Int?

    private static let containers: Set<String> = [
        "div", "p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tfoot", "tr", "th", "td",
        "details", "summary",
    ]

    static func read(_ bytes: Bytes, _ range: Range<Int>) -> [HTMLPart]? {
        var reader = HTMLBlockReader(bytes: bytes, index: range.lowerBound, end: range.upperBound)
        return reader.read() ? reader.parts : nil
    }

    private init(bytes: Bytes, index: Int, end: Int) {
        self.bytes = bytes
        self.index = index
        self.end = end
    }

    private mutating func read() -> Bool {
        while index < end {
            guard bytes[index] == ASCII.less else {
                if inlineStart == nil, !bytes[index].isWhitespace { inlineStart = index }
                index += 1
                continue
            }
            // Any other `<` is nothing of ours: a comment, or no markup at all.
            guard index + 1 < end, bytes[index + 1].isLetter || bytes[index + 1] == ASCII.slash,
                let tag = HTMLTag.parse(bytes, at: index, limit: end)
            else { return false }
            guard take(tag) else { return false }
        }
        endInline()
        return true
    }

    private mutating func take(_ tag: HTMLTag) -> Bool {
        if Self.containers.contains(tag.name) {
            endInline()
            let start = index
            index = tag.end
            if tag.isClosing {
                parts.append(.close(tag.name))
            } else if let node = BlockAtoms.node(tag) {
                guard let close = closing(of: tag.name, from: tag.end) else { return false }
                take(node, in: tag.end..<close)
                index = close
            } else {
                guard !tag.isSelfClosed, start < tag.end else { return false }
                parts.append(.open(tag))
            }
            return true
        }
        guard InlineElement.isKnown(tag.name) else { return false }
        if inlineStart == nil { inlineStart = index }
        index = tag.end
        return true
    }

    private mutating func endInline() {
        guard let start = inlineStart else { return }
        parts.append(.inline(bytes.trimmed(start..<index)))
        inlineStart = nil
    }

    private mutating func take(_ atom: Node, in range: Range<Int>) {
        var atom = atom
        var words = words(in: range, besides: atom)
        if let formula = words, atom.type == "mathBlock", atom.attrs?["text"] == nil {
            atom.attrs = JSONObject([("text", .string(formula))] + (atom.attrs?.members ?? []))
            words = nil
        }
        parts.append(.node(atom))
        if let words { parts.append(.node(Node("paragraph", content: [.text(words)]))) }
    }

    /// What stands inside an atom's element and does not only repeat an attribute: somebody has written it there.
    private func words(in range: Range<Int>, besides node: Node) -> String? {
        let shown = node.shownTexts
        var words: [String] = []
        var index = range.lowerBound
        while index < range.upperBound {
            if bytes[index] == ASCII.less, let inner = HTMLTag.end(bytes, at: index, limit: range.upperBound) {
                index = inner
                continue
            }
            let start = index
            repeat { index += 1 } while index < range.upperBound && bytes[index] != ASCII.less
            let text = Entities.decode(bytes, start..<index).withoutEdgeSpace
            if !text.isEmpty, !shown.contains(text) { words.append(text) }
        }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    /// Just after the closing tag that belongs to an opening one; what is between is for readers elsewhere.
    private func closing(of name: String, from start: Int) -> Int? {
        var depth = 1
        var scan = start
        while scan < end {
            guard bytes[scan] == ASCII.less, let tag = HTMLTag.parse(bytes, at: scan, limit: end) else {
                scan += 1
                continue
            }
            scan = tag.end
            guard tag.name == name else { continue }
            depth += tag.isClosing ? -1 : 1
            if depth == 0 { return scan }
        }
        return nil
    }
}

/// Block nodes without content, as `<div data-type="embed" data-src="…">…</div>` on one line.
enum BlockAtoms {
    static let types: Set<String> = [
        "video", "audio", "pdf", "attachment", "drawio", "excalidraw", "youtube", "embed", "mathBlock", "subpages",
        "pageBreak", "transclusionReference", "base", "htmlEmbed", "pageEmbed", "image", "horizontalRule",
    ]

    /// The node of an element; nil when it is not an atom's.
    static func node(_ tag: HTMLTag) -> Node? {
        guard tag.name == "div", !tag.isClosing else { return nil }
        guard let type = tag.attribute("data-type") else {
            let isBreak = tag.attributes.count == 1 && tag.attribute("style")?.hasPrefix("page-break-after:") == true
            return isBreak ? Node("pageBreak") : nil
        }
        guard types.contains(type) else { return nil }
        return Node(type, attrs: ElementAttributes.read(tag, as: type))
    }
}

extension Node {
    /// The texts by which an atom's element may show it to readers elsewhere.
    var shownTexts: Set<String> {
        var texts = Set(attrs?.members.compactMap { $0.value.string?.withoutEdgeSpace } ?? [])
        if type == "mention", let label = attribute("label")?.string { texts.insert("@" + label) }
        return texts
    }
}

extension String {
    /// The text without ASCII white space at its ends.
    var withoutEdgeSpace: String {
        guard let first = utf8.first, let last = utf8.last, first.isWhitespace || last.isWhitespace else { return self }
        var bytes = Substring(self).utf8.drop(while: \.isWhitespace)
        while let last = bytes.last, last.isWhitespace { bytes.removeLast() }
        return String(Substring(bytes))
    }
}
