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
                parts.append(.node(node))
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
