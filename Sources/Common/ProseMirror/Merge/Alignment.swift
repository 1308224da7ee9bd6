/// Matches two sequences in order: what a diff calls the unchanged part.
///
/// Time and memory are bounded for any input: common ends first, then elements that occur once on both sides (their
/// longest common order), then Myers' search with a limited number of differences in what remains. The result need not
/// be the longest there is; it is always in order and always of equal elements.
package struct Alignment {
    /// The index on the right for each index on the left.
    package private(set) var right: [Int?]
    /// The index on the left for each index on the right.
    private(set) var left: [Int?]

    /// Aligns two sequences of interned values.
    init(_ left: [Int], _ right: [Int]) {
        self.right = Array(repeating: nil, count: left.count)
        self.left = Array(repeating: nil, count: right.count)
        align(left, right, left.indices, right.indices)
    }

    /// Aligns blocks that mean the same.
    package init(_ left: [Node], _ right: [Node], by canonical: Canonical) {
        var keys = Interner<CanonicalKey>()
        self.init(
            left.map { keys.number(of: canonical.key(of: $0)) },
            right.map { keys.number(of: canonical.key(of: $0)) }
        )
    }

    /// Adds a pair; it must lie in order between those that exist.
    mutating func pair(_ leftIndex: Int, _ rightIndex: Int) {
        right[leftIndex] = rightIndex
        left[rightIndex] = leftIndex
    }

    /// The stretches between pairs, neither side empty.
    var gaps: [(left: Range<Int>, right: Range<Int>)] {
        hunks.filter { !$0.left.isEmpty && !$0.right.isEmpty }
    }

    /// The stretches between pairs where at least one side has something.
    var hunks: [(left: Range<Int>, right: Range<Int>)] {
        var hunks: [(left: Range<Int>, right: Range<Int>)] = []
        var start = (0, 0)
        for index in 0...right.count {
            let isEnd = index == right.count
            guard let partner = isEnd ? left.count : right[index] else { continue }
            if start.0 < index || start.1 < partner { hunks.append((start.0..<index, start.1..<partner)) }
            start = (index + 1, partner + 1)
        }
        return hunks
    }

    // MARK: Search

    /// More differences than this between two anchors are not searched for.
    private static let maximumDifferences = 600

    /// Work is kept on a list of ranges: a recursion would be as deep as the documents are long.
    private mutating func align(_ left: [Int], _ right: [Int], _ leftRange: Range<Int>, _ rightRange: Range<Int>) {
        var pending = [(leftRange, rightRange)]
        while let (a, b) = pending.popLast() {
            let (a, b) = trimmingEnds(left, right, a, b)
            if a.isEmpty || b.isEmpty { continue }
            let anchors = uniqueAnchors(left, right, a, b)
            if anchors.isEmpty {
                for run in ShortestEdit(left[a], right[b], limit: Alignment.maximumDifferences).runs ?? [] {
                    for offset in 0..<run.count { pair(run.left + offset, run.right + offset) }
                }
                continue
            }
            var start = (a.lowerBound, b.lowerBound)
            for (x, y) in anchors {
                pair(x, y)
                pending.append((start.0..<x, start.1..<y))
                start = (x + 1, y + 1)
            }
            pending.append((start.0..<a.upperBound, start.1..<b.upperBound))
        }
    }

    private mutating func trimmingEnds(
        _ left: [Int],
        _ right: [Int],
        _ a: Range<Int>,
        _ b: Range<Int>
    ) -> (Range<Int>, Range<Int>) {
        var (a, b) = (a, b)
        while let x = a.first, let y = b.first, left[x] == right[y] {
            pair(x, y)
            (a, b) = (a.dropFirst(), b.dropFirst())
        }
        while let x = a.last, let y = b.last, left[x] == right[y] {
            pair(x, y)
            (a, b) = (a.dropLast(), b.dropLast())
        }
        return (a, b)
    }

    /// Elements that occur exactly once in both ranges, as many as stand in one order.
    private func uniqueAnchors(_ left: [Int], _ right: [Int], _ a: Range<Int>, _ b: Range<Int>) -> [(Int, Int)] {
        var places: [Int: (count: Int, index: Int)] = [:]
        for index in b { places[right[index], default: (0, index)].count += 1 }
        var counts: [Int: Int] = [:]
        for index in a { counts[left[index], default: 0] += 1 }
        let candidates: [(Int, Int)] = a.compactMap { index in
            guard counts[left[index]] == 1, let place = places[left[index]], place.count == 1 else { return nil }
            return (index, place.index)
        }
        return longestAscending(candidates.map(\.1)).map { candidates[$0] }
    }
}
