/// The content of a textblock as units: scalars of text and whole inline nodes, each with its marks.
///
/// Scalars, so that nothing is ever cut inside a surrogate pair. A unit is three small numbers, as one paragraph may
/// hold millions of them.
struct InlineText {
    struct Unit {
        /// A scalar's value, or a number beyond all scalars for an inline node.
        let value: UInt32
        /// The place of its marks in the table.
        var marks: Int32
        /// The place of the inline node in the table; negative for text.
        var node: Int32
    }

    private(set) var units: [Unit] = []

    init(_ content: [Node], _ table: inout InlineTable) {
        for node in content {
            let marks = table.place(of: node.marks ?? [])
            if let text = node.text, node.isText {
                for scalar in text.unicodeScalars { units.append(Unit(value: scalar.value, marks: marks, node: -1)) }
            } else {
                let (value, place) = table.place(of: node)
                units.append(Unit(value: value, marks: marks, node: place))
            }
        }
    }

    /// Units back as nodes: text with equal marks is one node.
    static func nodes(_ units: [Unit], _ table: InlineTable) -> [Node] {
        var nodes: [Node] = []
        var text = String.UnicodeScalarView()
        var marks: Int32 = 0
        func endText() {
            let own = table.marks(at: marks)
            if !text.isEmpty { nodes.append(.text(String(text), own.isEmpty ? nil : own)) }
            text = String.UnicodeScalarView()
        }
        for unit in units {
            if unit.node >= 0 {
                endText()
                nodes.append(table.node(at: unit.node))
            } else if let scalar = Unicode.Scalar(unit.value) {
                if unit.marks != marks, table.marks(at: unit.marks) != table.marks(at: marks) { endText() }
                marks = unit.marks
                text.append(scalar)
            }
        }
        endText()
        return nodes
    }

    // MARK: Words

    /// The units cut into words, spaces, single other characters and inline nodes.
    ///
    /// What combines with the character before it stays with it.
    var words: [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        var kind = Kind.other
        for index in units.indices {
            let next = Kind(units[index])
            let joins = index > start && (next == .joining || (next == kind && next != .other))
            if !joins, index > start {
                ranges.append(start..<index)
                start = index
            }
            if next != .joining { kind = next }
        }
        if start < units.count { ranges.append(start..<units.count) }
        return ranges
    }

    /// Whether a stretch is a word or an inline node: something that two edits can be told apart by.
    func isSolid(_ range: Range<Int>) -> Bool {
        guard let first = range.first else { return false }
        if units[first].node >= 0 { return true }
        return Unicode.Scalar(units[first].value)?.isOfWord ?? false
    }

    /// Whether a stretch holds the end of a line.
    func hasLineEnd(_ range: Range<Int>) -> Bool { units[range].contains { $0.value == 0x0A } }

    private enum Kind {
        case word, space, other, joining

        init(_ unit: Unit) {
            guard unit.node < 0, let scalar = Unicode.Scalar(unit.value) else {
                self = .other
                return
            }
            if scalar.isASCII {
                self = scalar.isOfWord ? .word : scalar.properties.isWhitespace ? .space : .other
                return
            }
            let properties = scalar.properties
            switch properties.generalCategory {
            case .nonspacingMark, .spacingMark, .enclosingMark, .format: self = .joining
            // Scripts without spaces between words: every character for itself.
            case _ where properties.isIdeographic || (0x3040...0x30FF).contains(scalar.value): self = .other
            default: self = properties.isWhitespace ? .space : scalar.isOfWord ? .word : .other
            }
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isOfWord: Bool {
        if isASCII { return (0x30...0x39).contains(value) || (0x61...0x7A).contains(value | 0x20) }
        return properties.isAlphabetic || properties.numericType != nil
    }
}
