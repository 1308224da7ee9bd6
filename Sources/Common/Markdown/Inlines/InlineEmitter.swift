import JSON
import ProseMirror

/// Turns pieces into nodes: collects text as long as its marks stay the same.
struct InlineEmitter {
    private let softBreak: SoftBreak
    private var nodes: [Node] = []
    private var text: [UInt8] = []
    /// Marks of delimiters, by how many are open.
    private var counts = MarkCounts()
    /// Marks of links and elements, in the order they were opened; link brackets have the id -1.
    private var active: [(id: Int, mark: Mark)] = []
    /// The marks of the text that is being collected, and whether they are those that are on.
    private var current: [Mark] = []
    private var isCurrent = true
    /// The text inside the element of an atom; nil outside of one.
    private var inner: [UInt8]?
    /// For each open link, what would show its address at its end.
    private var links: [(id: Int, label: LinkLabel)] = []

    private enum LinkLabel {
        case address
        /// What an image in the link is called.
        case description(String)
        /// There is text already.
        case none
    }

    init(softBreak: SoftBreak) { self.softBreak = softBreak }

    mutating func add(_ piece: Piece, of parser: borrowing InlineParser, roles: [TagRole]) {
        switch piece.kind {
        case .text, .bracket:
            addText(parser.bytes[piece.start..<piece.end])
        case .decoded:
            addText(parser.decoded[piece.start..<piece.end])
        case .softBreak:
            switch softBreak {
            case .space: addText(CollectionOfOne(ASCII.space))
            case .newline: addText(CollectionOfOne(ASCII.newline))
            case .hardBreak: addNode(Node("hardBreak"))
            }
        case .hardBreak:
            addNode(Node("hardBreak"))
        case .code:
            addCode(parser.bytes[piece.start..<piece.end])
        case .delimiter:
            addDelimiter(parser.delimiters[piece.payload], parser.bytes, at: piece.start)
        case .linkOpen:
            open(parser.marks[piece.payload], id: -1)
        case .linkClose:
            close(id: -1, address: parser.decoded[piece.start..<piece.end])
        case .atom:
            addNode(parser.atoms[piece.payload])
        case .tag:
            addTag(roles[piece.payload], piece, parser.bytes)
        }
    }

    mutating func finish() -> [Node] {
        flush()
        return nodes
    }

    private mutating func addTag(_ role: TagRole, _ piece: Piece, _ bytes: Bytes) {
        switch role {
        case .text: addText(bytes[piece.start..<piece.end])
        case .atom(let node): addNode(node)
        case .open(let mark, let id): open(mark, id: id)
        case .close(let id): close(id: id, address: [])
        case .openAtom(let node):
            addNode(node)
            inner = []
        case .closeAtom:
            takeInner()
        }
    }

    /// Some atoms are shown by a text that is theirs. Of others, what does not only repeat an attribute was written there
    /// by somebody, and follows the atom.
    private mutating func takeInner() {
        guard let inner, let last = nodes.indices.last else { return }
        self.inner = nil
        if inner.isEmpty { return }
        let shown = String(decoding: inner, as: UTF8.self)
        let own = ["status": "text", "mathInline": "text", "mention": "label"][nodes[last].type]
        if let own, nodes[last].attrs?[own] == nil {
            nodes[last].attrs = JSONObject([(own, .string(shown))] + (nodes[last].attrs?.members ?? []))
        } else if nodes[last].type == "footnoteReference" {
            nodes[last].content = [.text(shown)]
        } else if !nodes[last].shownTexts.contains(shown.withoutEdgeSpace) {
            addText(inner)
        }
    }

    private mutating func addText(_ bytes: some Collection<UInt8>) {
        guard inner == nil else {
            inner?.append(contentsOf: bytes)
            return
        }
        if bytes.isEmpty { return }
        // Nobody sees a space, and beside an image it is not kept.
        if !links.isEmpty, !bytes.allSatisfy(\.isWhitespace) { labelLink(.none) }
        if !isCurrent { updateMarks() }
        text.append(contentsOf: bytes)
    }

    /// Ends the run of text if the marks that are on now differ from its own.
    private mutating func updateMarks() {
        let marks = marksOn()
        isCurrent = true
        if marks == current { return }
        flush()
        current = marks
    }

    private mutating func addNode(_ node: Node) {
        guard inner == nil else {
            // An atom's element holds nothing else but text.
            inner?.append(ASCII.space)
            return
        }
        if let description = node.attribute("alt")?.string, !description.isEmpty {
            labelLink(.description(description))
        }
        flush()
        nodes.append(node)
    }

    /// A code span stands alone, except in a link: an address must not be lost, and the schema allows only one of both.
    private mutating func addCode(_ content: Slice<Bytes>) {
        guard inner == nil else {
            addText(content)
            return
        }
        labelLink(.none)
        if !isCurrent { updateMarks() }
        flush()
        let marks = current
        let code = marks.contains { $0.type == "link" } ? marks : [Mark("code")]
        let spaced = content.contains(ASCII.newline) || content.contains(0)
        let bytes = spaced ? content.map { $0 == ASCII.newline ? ASCII.space : $0 } : Array(content)
        nodes.append(Node.text(String(decoding: bytes, as: UTF8.self), code))
    }

    private mutating func addDelimiter(_ delimiter: Delimiter, _ bytes: Bytes, at start: Int) {
        if delimiter.left == delimiter.count {
            addText(bytes[start..<start + delimiter.count])
            return
        }
        change(delimiter.closes, by: -1)
        if delimiter.left > 0 { addText(bytes[start..<start + delimiter.left]) }
        change(delimiter.opens, by: 1)
    }

    private mutating func change(_ change: MarkCounts, by sign: Int32) {
        counts.italic += sign * change.italic
        counts.bold += sign * change.bold
        counts.strike += sign * change.strike
        counts.highlight += sign * change.highlight
        isCurrent = false
    }

    private mutating func open(_ mark: Mark, id: Int) {
        active.append((id, mark))
        if mark.type == "link" { links.append((id, .address)) }
        isCurrent = false
    }

    private mutating func close(id: Int, address: some Collection<UInt8>) {
        guard let index = active.lastIndex(where: { $0.id == id }) else { return }
        let mark = active[index].mark
        if mark.type == "link", let link = links.lastIndex(where: { $0.id == id }) {
            // The schema has links on text only: without any, the address would be lost.
            switch links[link].label {
            case .none: break
            case .description(let text): addText(text.utf8)
            case .address where address.isEmpty: addText((mark.attribute("href")?.string ?? "").utf8)
            case .address: addText(address)
            }
            links.remove(at: link)
        }
        active.remove(at: index)
        isCurrent = false
    }

    private mutating func labelLink(_ label: LinkLabel) {
        guard let last = links.indices.last else { return }
        if case .none = links[last].label { return }
        links[last].label = label
    }

    private mutating func flush() {
        guard !text.isEmpty else { return }
        nodes.append(Node.text(String(decoding: text, as: UTF8.self), current.isEmpty ? nil : current))
        text.removeAll(keepingCapacity: true)
    }

    /// The marks that are on, in the order of the schema; of two of a kind the inner one counts.
    private func marksOn() -> [Mark] {
        if active.isEmpty, counts.areNone { return [] }
        var marks: [Mark] = []
        if counts.bold > 0 { marks.append(Mark("bold")) }
        if counts.italic > 0 { marks.append(Mark("italic")) }
        if counts.strike > 0 { marks.append(Mark("strike")) }
        if counts.highlight > 0 { marks.append(Mark("highlight")) }
        for (_, mark) in active {
            marks.removeAll { $0.type == mark.type }
            marks.append(mark)
        }
        if marks.contains(where: { $0.type == "code" }) {
            if marks.contains(where: { $0.type == "link" }) {
                marks.removeAll { $0.type == "code" }
            } else {
                marks = [Mark("code")]
            }
        }
        marks.sort { MarkRank.of($0.type) < MarkRank.of($1.type) }
        return marks
    }
}

/// The order of marks on a text node.
enum MarkRank {
    static func of(_ type: String) -> Int {
        switch type {
        case "link": 0
        case "textStyle": 1
        case "bold": 2
        case "code": 3
        case "italic": 4
        case "strike": 5
        case "underline": 6
        case "comment": 7
        case "superscript": 8
        case "subscript": 9
        case "highlight": 10
        case "spoiler": 11
        default: 12
        }
    }
}
