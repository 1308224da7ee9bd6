import JSON
import ProseMirror

/// A `[` or `![` that waits for its `]`.
struct Bracket {
    var isImage: Bool
    var piece: Int
    /// Just after the bracket.
    var textStart: Int
    var lastDelimiter: Int
    /// How deep images stand in what follows the bracket.
    var imageDepth = 0
}

extension InlineParser {
    /// How deep an image may stand in the description of another.
    private static var deepestImage: Int { 4 }

    mutating func takeOpenBracket() {
        if takeFootnoteReference() { return }
        pushBracket(isImage: false, length: 1)
    }

    mutating func takeBang() {
        guard index + 1 < limit, bytes[index + 1] == ASCII.openBracket else {
            addText(index, index + 1)
            return
        }
        pushBracket(isImage: true, length: 2)
    }

    private mutating func pushBracket(isImage: Bool, length: Int) {
        brackets.append(
            Bracket(isImage: isImage, piece: pieces.count, textStart: index + length, lastDelimiter: lastDelimiter)
        )
        pieces.append(Piece(kind: .bracket, start: index, end: index + length))
        index += length
    }

    /// `[^label]` of a footnote that the file defines.
    private mutating func takeFootnoteReference() -> Bool {
        guard index + 2 < limit, bytes[index + 1] == ASCII.caret else { return false }
        let label = index + 2
        var end = label
        while end < limit, isFootnoteLabel(bytes[end]), end - label < 200 { end += 1 }
        guard end > label, end < limit, bytes[end] == ASCII.closeBracket else { return false }
        guard !footnotes.isEmpty, footnotes.contains(Array(bytes[label..<end])) else { return false }
        let name = options.flavor == .fork ? "id" : "data-id"
        addAtom(
            Node("footnoteReference", attrs: JSONObject([(name, .string(bytes.text(label..<end)))])),
            end: end + 1
        )
        return true
    }

    mutating func takeCloseBracket() {
        guard let bracket = brackets.last else {
            addText(index, index + 1)
            return
        }
        let isActive = bracket.isImage || brackets.count > inactiveBelow
        guard isActive, let target = linkTarget(of: bracket) else {
            popBracket()
            addText(index, index + 1)
            return
        }
        processDelimiters(above: bracket.lastDelimiter)
        let isTaken = bracket.isImage ? closeImage(bracket, target) : closeLink(bracket, target)
        popBracket(deeper: isTaken && bracket.isImage)
        guard isTaken else {
            addText(index, index + 1)
            return
        }
        index = target.end
        if !bracket.isImage { inactiveBelow = brackets.count }
    }

    private mutating func popBracket(deeper: Bool = false) {
        let depth = brackets.removeLast().imageDepth + (deeper ? 1 : 0)
        if let outer = brackets.indices.last { brackets[outer].imageDepth = max(brackets[outer].imageDepth, depth) }
        inactiveBelow = min(inactiveBelow, brackets.count)
    }

    private struct LinkTarget {
        var destination: String
        var title: String?
        var end: Int
    }

    private mutating func linkTarget(of bracket: Bracket) -> LinkTarget? {
        let after = index + 1
        if after < limit, bytes[after] == ASCII.openParenthesis, let target = inlineTarget(at: after) { return target }
        var scanner = LinkScanner(bytes: bytes, index: after, limit: limit)
        var label = bracket.textStart..<index
        var end = after
        if let explicit = scanner.takeLabel() {
            if !explicit.isEmpty { label = explicit }
            end = scanner.index
        }
        guard label.count <= 999, !references.targets.isEmpty else { return nil }
        if label.lowerBound == bracket.textStart, hasBracket(label) { return nil }
        guard let key = ReferenceTable.key(bytes, label), let target = references.target(key) else { return nil }
        return LinkTarget(destination: target.destination, title: target.title, end: end)
    }

    private func hasBracket(_ range: Range<Int>) -> Bool {
        var index = range.lowerBound
        while index < range.upperBound {
            switch bytes[index] {
            case ASCII.backslash: index += 1
            case ASCII.openBracket: return true
            default: break
            }
            index += 1
        }
        return false
    }

    private func inlineTarget(at start: Int) -> LinkTarget? {
        var scanner = LinkScanner(bytes: bytes, index: start + 1, limit: limit)
        scanner.skipSpaceAndLineEnd()
        var destination = scanner.index..<scanner.index
        if scanner.index < limit, bytes[scanner.index] != ASCII.closeParenthesis {
            guard let range = scanner.takeDestination() else { return nil }
            destination = range
        }
        var title: Range<Int>?
        if scanner.skipSpaceAndLineEnd() { title = scanner.takeTitle() }
        scanner.skipSpaceAndLineEnd()
        guard scanner.take(ASCII.closeParenthesis) else { return nil }
        return LinkTarget(
            destination: Entities.decodeWithEscapes(bytes, destination),
            title: title.map { Entities.decodeWithEscapes(bytes, $0) },
            end: scanner.index
        )
    }

    private mutating func closeLink(_ bracket: Bracket, _ target: LinkTarget) -> Bool {
        if target.title == nil, target.destination.utf8.starts(with: "mention:".utf8),
            let mention = Mention.node(destination: target.destination, label: plainText(from: bracket.piece + 1))
        {
            pieces.removeSubrange(bracket.piece...)
            addAtom(mention, end: index)
            return true
        }
        pieces[bracket.piece].kind = .linkOpen
        pieces[bracket.piece].payload = addLinkMark(target.destination, target.title)
        let start = decoded.count
        decoded.append(contentsOf: target.destination.utf8)
        pieces.append(Piece(kind: .linkClose, start: start, end: decoded.count))
        return true
    }

    mutating func addLinkMark(_ destination: String, _ title: String?) -> Int {
        var attrs = JSONObject()
        if let href = options.href?(destination) {
            attrs.members.append(("href", .string(href)))
            if let title { attrs.members.append(("title", .string(title))) }
            attrs.members.append(("internal", true))
        } else {
            attrs.members.append(("href", .string(destination)))
            if let title { attrs.members.append(("title", .string(title))) }
        }
        marks.append(Mark("link", attrs: attrs))
        return marks.count - 1
    }

    private mutating func closeImage(_ bracket: Bracket, _ target: LinkTarget) -> Bool {
        // Each level would copy its description again.
        guard bracket.imageDepth < InlineParser.deepestImage else { return false }
        let alt = plainText(from: bracket.piece + 1)
        pieces.removeSubrange(bracket.piece...)
        addAtom(Images.node(source: target.destination, description: alt, title: target.title), end: index)
        return true
    }

    private func plainText(of atom: Node) -> String {
        switch atom.type {
        case "footnoteReference":
            return "[^" + ((atom.attribute("data-id") ?? atom.attribute("id"))?.string ?? "") + "]"
        case "image":
            return ["alt", "caption"].compactMap { atom.attribute($0)?.string }.joined(separator: " ")
        default:
            return (atom.attribute("text") ?? atom.attribute("label"))?.string ?? ""
        }
    }

    /// The text of the pieces from a place on, without marks.
    private func plainText(from first: Int) -> String {
        var text: [UInt8] = []
        var linkStart = 0
        for piece in pieces[first...] {
            switch piece.kind {
            case .text, .bracket, .tag, .delimiter:
                let end = piece.kind == .delimiter ? piece.start + delimiters[piece.payload].left : piece.end
                text.append(contentsOf: bytes[piece.start..<end])
            case .decoded:
                text.append(contentsOf: decoded[piece.start..<piece.end])
            case .code:
                text.append(contentsOf: bytes[piece.start..<piece.end].map { $0 == ASCII.newline ? ASCII.space : $0 })
            case .softBreak, .hardBreak:
                text.append(ASCII.space)
            case .atom:
                text.append(contentsOf: plainText(of: atoms[piece.payload]).utf8)
            case .linkOpen:
                linkStart = text.count
            case .linkClose:
                if text.count == linkStart { text.append(contentsOf: decoded[piece.start..<piece.end]) }
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
