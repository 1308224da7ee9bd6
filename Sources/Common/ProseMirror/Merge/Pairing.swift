import JSON

/// Which block of one document is which block of another: equal ones, and those that one became by an edit.
struct Pairing {
    private(set) var alignment: Alignment
    /// Blocks that stand, unchanged, at another place: left index to right index. Only where there is no doubt.
    private(set) var moves: [Int: Int] = [:]

    /// The most comparisons in one stretch of changed blocks; beyond it only neighbours are compared.
    private static let maximumComparisons = 10_000

    init(_ left: [Node], _ right: [Node], _ leftKeys: [Int], _ rightKeys: [Int]) {
        alignment = Alignment(leftKeys, rightKeys)
        moves = Pairing.moves(alignment, leftKeys, rightKeys)
        let movedHere = Set(moves.values)
        for gap in alignment.gaps {
            let a = gap.left.filter { moves[$0] == nil }
            let b = gap.right.filter { !movedHere.contains($0) }
            if !a.isEmpty, !b.isEmpty { pairSimilar(left, right, a, b) }
        }
    }

    private static func moves(_ alignment: Alignment, _ left: [Int], _ right: [Int]) -> [Int: Int] {
        var places: [Int: [Int]] = [:]
        for index in right.indices where alignment.left[index] == nil {
            places[right[index], default: []].append(index)
        }
        var origins: [Int: [Int]] = [:]
        for index in left.indices where alignment.right[index] == nil {
            origins[left[index], default: []].append(index)
        }
        var moves: [Int: Int] = [:]
        for (key, indices) in origins where indices.count == 1 {
            if let targets = places[key], targets.count == 1 { moves[indices[0]] = targets[0] }
        }
        return moves
    }

    /// Pairs blocks of one type in a stretch where nothing is equal, so that what pairs have in common is the most.
    private mutating func pairSimilar(_ left: [Node], _ right: [Node], _ a: [Int], _ b: [Int]) {
        guard a.count * b.count <= Pairing.maximumComparisons else { return pairInOrder(left, right, a, b) }
        // One block in the place of one is the same block, however little of it is left.
        let least = a.count == 1 && b.count == 1 ? 0 : 0.2
        let leftWords = a.map { WordBag(left[$0]) }
        let rightWords = b.map { WordBag(right[$0]) }
        let width = b.count + 1
        var best = Array(repeating: 0.0, count: (a.count + 1) * width)
        for x in stride(from: a.count - 1, through: 0, by: -1) {
            for y in stride(from: b.count - 1, through: 0, by: -1) {
                let score = leftWords[x].similarity(to: rightWords[y])
                let paired = score > least ? score + best[(x + 1) * width + y + 1] : 0
                best[x * width + y] = max(paired, best[(x + 1) * width + y], best[x * width + y + 1])
            }
        }
        var (x, y) = (0, 0)
        while x < a.count, y < b.count {
            let here = best[x * width + y]
            if here == best[(x + 1) * width + y] {
                x += 1
            } else if here == best[x * width + y + 1] {
                y += 1
            } else {
                alignment.pair(a[x], b[y])
                (x, y) = (x + 1, y + 1)
            }
        }
    }

    /// For very long stretches: each block with the most similar of the next few.
    private mutating func pairInOrder(_ left: [Node], _ right: [Node], _ a: [Int], _ b: [Int]) {
        var next = 0
        for x in a {
            let words = WordBag(left[x])
            let window = next..<min(next + 8, b.count)
            let scores = window.map { (place: $0, score: words.similarity(to: WordBag(right[b[$0]]))) }
            guard let best = scores.max(by: { $0.score < $1.score }), best.score > 0.3 else { continue }
            alignment.pair(x, b[best.place])
            next = best.place + 1
        }
    }
}

/// The words of a block, for telling how much of it another block still holds.
private struct WordBag {
    private let type: String
    private let identity: String?
    /// Hashes of the words, sorted.
    private let words: [Int]

    init(_ node: Node) {
        type = node.type
        identity = WordBag.identity(of: node)
        var words: [Int] = []
        WordBag.collect(node, &words)
        self.words = words.sorted()
    }

    /// 0 for blocks that cannot be the same; otherwise a little more than the share of common words.
    func similarity(to other: WordBag) -> Double {
        guard type == other.type else { return 0 }
        if let identity, let otherIdentity = other.identity { return sameText(identity, otherIdentity) ? 3 : 0 }
        let total = words.count + other.words.count
        guard total > 0 else { return 0.5 }
        var common = 0
        var (x, y) = (0, 0)
        while x < words.count, y < other.words.count {
            if words[x] == other.words[y] {
                common += 2
                (x, y) = (x + 1, y + 1)
            } else if words[x] < other.words[y] {
                x += 1
            } else {
                y += 1
            }
        }
        return 0.05 + Double(common) / Double(total)
    }

    /// Ids that stay while the text changes. Ids of paragraphs are not in Markdown, so they do not count.
    private static func identity(of node: Node) -> String? {
        switch node.type {
        case "footnote": node.attribute("data-id")?.string
        case "footnoteDefinition", "transclusionSource": node.attribute("id")?.string
        default: nil
        }
    }

    private static func collect(_ node: Node, _ words: inout [Int]) {
        if words.count > 2_000 { return }
        if let text = node.text {
            for word in text.unicodeScalars.split(whereSeparator: { $0.properties.isWhitespace }) {
                var hasher = Hasher()
                for scalar in word { hasher.combine(scalar) }
                words.append(hasher.finalize())
            }
        }
        if node.children.isEmpty, !node.isText, let attrs = node.attrs {
            for (name, value) in attrs.members where name != "id" {
                var hasher = Hasher()
                hasher.combine(name)
                hasher.combine(value.serialized)
                words.append(hasher.finalize())
            }
        }
        for child in node.children { collect(child, &words) }
    }
}
