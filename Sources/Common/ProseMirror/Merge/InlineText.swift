/// The content of a textblock as units: scalars of text and whole inline nodes, each with its marks.
///
/// Scalars, so that nothing is ever cut inside a surrogate pair.
struct InlineText {
    struct Unit {
        /// A scalar's value, or a number beyond all scalars for an inline node.
        var value: Int
        var marks: [Mark]
        /// The inline node; nil for text.
        var node: Node?
    }

    private(set) var units: [Unit] = []

    init(units: [Unit]) { self.units = units }

    /// - Parameter atoms: numbers for inline nodes that mean the same, shared by all texts that are compared.
    init(_ content: [Node], atoms: inout Interner<CanonicalKey>, canonical: Canonical) {
        for node in content {
            if let text = node.text, node.isText {
                let marks = node.marks ?? []
                for scalar in text.unicodeScalars {
                    units.append(Unit(value: Int(scalar.value), marks: marks, node: nil))
                }
            } else {
                let number = atoms.number(of: canonical.key(of: node))
                units.append(Unit(value: 0x11_0000 + number, marks: node.marks ?? [], node: node))
            }
        }
    }

    /// Units back as nodes: text with equal marks is one node.
    static func nodes(_ units: [Unit]) -> [Node] {
        var nodes: [Node] = []
        var text = String.UnicodeScalarView()
        var marks: [Mark] = []
        func endText() {
            if !text.isEmpty { nodes.append(.text(String(text), marks.isEmpty ? nil : marks)) }
            text = String.UnicodeScalarView()
        }
        for unit in units {
            if let node = unit.node {
                endText()
                nodes.append(node)
            } else if let scalar = Unicode.Scalar(UInt32(unit.value)) {
                if unit.marks != marks { endText() }
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
            let next = kindOfUnit(index)
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
        if units[first].node != nil { return true }
        return Unicode.Scalar(UInt32(units[first].value)).map { $0.properties.isAlphabetic || $0.isNumber } ?? false
    }

    /// Whether a stretch holds the end of a line.
    func hasLineEnd(_ range: Range<Int>) -> Bool { units[range].contains { $0.value == 0x0A } }

    /// A number for each word, equal for equal words.
    func numbers(_ words: [Range<Int>], _ interner: inout Interner<[Int]>) -> [Int] {
        words.map { interner.number(of: units[$0].map(\.value)) }
    }

    private enum Kind { case word, space, other, joining }

    private func kindOfUnit(_ index: Int) -> Kind {
        guard units[index].node == nil, let scalar = Unicode.Scalar(UInt32(units[index].value)) else { return .other }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return .joining
        case .format: return .joining
        default: break
        }
        if properties.isWhitespace { return .space }
        // Scripts without spaces between words: every character for itself.
        if properties.isIdeographic || (0x3040...0x30FF).contains(scalar.value) { return .other }
        return properties.isAlphabetic || scalar.isNumber ? .word : .other
    }
}

extension Unicode.Scalar {
    fileprivate var isNumber: Bool { properties.numericType != nil }
}
