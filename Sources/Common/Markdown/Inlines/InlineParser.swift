import JSON
import ProseMirror

/// A piece of a leaf's text, in order. Marks are not nested in a tree: they are switched on and off along the pieces,
/// because that is how the schema holds them.
struct Piece {
    enum Kind: UInt8 {
        case text
        /// Text that stands in `decoded`: entities.
        case decoded
        case softBreak, hardBreak, code
        /// A run of `*`, `_`, `~` or `=`; payload is its delimiter.
        case delimiter
        /// `[` or `![` that opened nothing so far: text.
        case bracket
        /// Payload is the mark.
        case linkOpen
        /// The destination stands in `decoded`.
        case linkClose
        /// Payload is the tag.
        case tag
        /// Payload is the node.
        case atom
    }

    var kind: Kind
    var start: Int
    var end: Int
    var payload = 0
}

/// The second phase: the text of one leaf becomes text nodes with marks, atoms and breaks.
///
/// One parser serves a whole file; its arrays are reused from leaf to leaf.
struct InlineParser {
    let options: MarkdownOptions
    var references: ReferenceTable
    /// Labels of the footnotes that the file defines.
    let footnotes: Set<[UInt8]>

    var bytes = Bytes(start: nil, count: 0)
    var index = 0
    var limit = 0
    var pieces: [Piece] = []
    var delimiters: [Delimiter] = []
    var lastDelimiter = -1
    var brackets: [Bracket] = []
    /// Link brackets below this place in the stack are inside a link that ended, so they cannot become one.
    var inactiveBelow = 0
    var decoded: [UInt8] = []
    var marks: [Mark] = []
    var tags: [HTMLTag] = []
    var atoms: [Node] = []
    var backticks = BacktickIndex()
    var noCommentAfter = false
    var noInstructionAfter = false
    var noDeclarationAfter = false
    var noCDATAAfter = false

    init(options: MarkdownOptions, references: ReferenceTable, footnotes: Set<[UInt8]>) {
        self.options = options
        self.references = references
        self.footnotes = footnotes
    }

    /// Reads a range as Markdown.
    mutating func parse(_ bytes: Bytes, _ range: Range<Int>) -> [Node] {
        start(bytes, range)
        while index < limit { takePiece() }
        processDelimiters(above: -1)
        return finish()
    }

    /// Reads a range as HTML: only tags, references and line ends mean something.
    mutating func parseHTML(_ bytes: Bytes, _ range: Range<Int>) -> [Node] {
        start(bytes, bytes.trimmed(range))
        while index < limit {
            let byte = bytes[index]
            switch byte {
            case ASCII.less: takeLess(isHTML: true)
            case ASCII.ampersand: takeEntity()
            case ASCII.newline: takeLineEnd()
            default: takeText { $0 != ASCII.less && $0 != ASCII.ampersand && $0 != ASCII.newline && $0 != 0 }
            }
        }
        return finish()
    }

    private mutating func start(_ bytes: Bytes, _ range: Range<Int>) {
        self.bytes = bytes
        index = range.lowerBound
        limit = range.upperBound
        pieces.removeAll(keepingCapacity: true)
        delimiters.removeAll(keepingCapacity: true)
        lastDelimiter = -1
        brackets.removeAll(keepingCapacity: true)
        inactiveBelow = 0
        decoded.removeAll(keepingCapacity: true)
        marks.removeAll(keepingCapacity: true)
        tags.removeAll(keepingCapacity: true)
        atoms.removeAll(keepingCapacity: true)
        backticks.reset()
        noCommentAfter = false
        noInstructionAfter = false
        noDeclarationAfter = false
        noCDATAAfter = false
    }

    private mutating func finish() -> [Node] {
        var emitter = InlineEmitter(softBreak: options.softBreak)
        let roles = tags.isEmpty ? [] : resolveTags()
        for piece in pieces { emitter.add(piece, of: self, roles: roles) }
        return emitter.finish()
    }

    private mutating func takePiece() {
        switch bytes[index] {
        case ASCII.newline: takeLineEnd()
        case ASCII.backslash: takeBackslash()
        case ASCII.backtick: takeCode()
        case ASCII.asterisk, ASCII.underscore, ASCII.tilde, ASCII.equals: takeDelimiterRun()
        case ASCII.openBracket: takeOpenBracket()
        case ASCII.bang: takeBang()
        case ASCII.closeBracket: takeCloseBracket()
        case ASCII.less: takeLess(isHTML: false)
        case ASCII.ampersand: takeEntity()
        case ASCII.dollar: takeMath()
        case ASCII.colon: if !takeBareURL() { takeText { !isSpecial($0) } }
        case UInt8(ascii: "w"), UInt8(ascii: "W"): if !takeBareWWW() { takeText { !isSpecial($0) } }
        default: takeText { !isSpecial($0) }
        }
    }

    // MARK: Text

    /// Takes one byte, whatever it is, and what follows while it is plain.
    private mutating func takeText(while isPlain: (UInt8) -> Bool) {
        let start = index
        if bytes[index] == 0 {
            addDecoded("\u{FFFD}", end: index + 1)
            return
        }
        index += 1
        while index < limit, isPlain(bytes[index]) { index += 1 }
        addText(start, index)
    }

    mutating func addText(_ start: Int, _ end: Int) {
        index = end
        if let last = pieces.last, last.kind == .text, last.end == start {
            pieces[pieces.count - 1].end = end
        } else {
            pieces.append(Piece(kind: .text, start: start, end: end))
        }
    }

    mutating func addDecoded(_ text: String, end: Int) {
        let start = decoded.count
        decoded.append(contentsOf: text.utf8)
        pieces.append(Piece(kind: .decoded, start: start, end: decoded.count))
        index = end
    }

    mutating func addAtom(_ node: Node, end: Int) {
        pieces.append(Piece(kind: .atom, start: index, end: end, payload: atoms.count))
        atoms.append(node)
        index = end
    }

    private mutating func takeEntity() {
        guard let reference = Entities.parse(bytes, at: index, limit: limit) else {
            addText(index, index + 1)
            return
        }
        addDecoded(reference.text, end: reference.end)
    }

    private mutating func takeBackslash() {
        guard index + 1 < limit else {
            addText(index, index + 1)
            return
        }
        if bytes[index + 1] == ASCII.newline {
            pieces.append(Piece(kind: .hardBreak, start: index, end: index + 2))
            index += 2
            skipSpaces()
        } else if bytes[index + 1].isPunctuation {
            // A piece of its own: it must not join the text before it.
            pieces.append(Piece(kind: .text, start: index + 1, end: index + 2))
            index += 2
        } else {
            addText(index, index + 1)
        }
    }

    private mutating func takeLineEnd() {
        var kind = Piece.Kind.softBreak
        if let last = pieces.last, last.kind == .text {
            var end = last.end
            while end > last.start, bytes[end - 1].isSpaceOrTab { end -= 1 }
            if last.end - end >= 2, bytes[last.end - 1] == ASCII.space, bytes[last.end - 2] == ASCII.space {
                kind = .hardBreak
            }
            pieces[pieces.count - 1].end = end
        }
        pieces.append(Piece(kind: kind, start: index, end: index + 1))
        index += 1
        skipSpaces()
    }

    private mutating func skipSpaces() {
        while index < limit, bytes[index].isSpaceOrTab { index += 1 }
    }
}

/// Bytes at which text stops being plain.
@inline(__always)
func isSpecial(_ byte: UInt8) -> Bool {
    switch byte {
    case 0, ASCII.newline, ASCII.backslash, ASCII.backtick, ASCII.asterisk, ASCII.underscore, ASCII.tilde, ASCII.equals,
        ASCII.openBracket, ASCII.closeBracket, ASCII.bang, ASCII.less, ASCII.ampersand, ASCII.dollar, ASCII.colon,
        UInt8(ascii: "w"), UInt8(ascii: "W"):
        true
    default:
        false
    }
}
