/// What the units of texts that are compared refer to: marks, inline nodes, and numbers for nodes that mean the same.
struct InlineTable {
    private let canonical: Canonical
    private var atoms = Interner<CanonicalKey>()
    private var marks: [[Mark]] = [[]]
    private var nodes: [Node] = []

    init(_ canonical: Canonical) { self.canonical = canonical }

    /// The place of a node's marks; equal marks may have several places.
    mutating func place(of marks: [Mark]) -> Int32 {
        if marks.isEmpty { return 0 }
        self.marks.append(marks)
        return Int32(clamping: self.marks.count - 1)
    }

    mutating func place(of node: Node) -> (value: UInt32, place: Int32) {
        nodes.append(node)
        let number = atoms.number(of: canonical.key(of: node))
        return (0x11_0000 + UInt32(clamping: number), Int32(clamping: nodes.count - 1))
    }

    func marks(at place: Int32) -> [Mark] { marks[Int(place)] }

    func node(at place: Int32) -> Node { nodes[Int(place)] }
}

/// Small numbers for equal words, so that texts are compared by number.
struct WordInterner {
    /// The distinct words, one behind the other.
    private var pool: [UInt32] = []
    private var spans: [Range<Int>] = []
    private var numbers: [Int: Int] = [:]

    /// A number for each word of a text, equal for equal words.
    mutating func numbers(of words: [Range<Int>], in text: InlineText) -> [Int] {
        words.map { number(of: text.units[$0]) }
    }

    private mutating func number(of word: ArraySlice<InlineText.Unit>) -> Int {
        var hasher = Hasher()
        for unit in word { hasher.combine(unit.value) }
        var hash = hasher.finalize()
        while let number = numbers[hash] {
            if pool[spans[number]].elementsEqual(word.lazy.map(\.value)) { return number }
            hash &+= 1
        }
        numbers[hash] = spans.count
        let start = pool.count
        pool += word.lazy.map(\.value)
        spans.append(start..<pool.count)
        return spans.count - 1
    }
}
