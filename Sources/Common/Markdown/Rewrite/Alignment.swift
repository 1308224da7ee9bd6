import ProseMirror

/// Which nodes of two lists are the same, in order: the longest common subsequence.
struct Alignment {
    /// For each node of the old list, its place in the new one.
    private(set) var partners: [Int?]

    /// How many pairs of nodes are compared at most; beyond it only nodes that occur once are matched.
    private static let largest = 4_000_000

    init(_ old: [Node], _ new: [Node]) {
        partners = Array(repeating: nil, count: old.count)
        var keys: [CanonicalKey: Int] = [:]
        func number(_ node: Node) -> Int {
            let key = Canonical.full.key(of: node)
            if let known = keys[key] { return known }
            keys[key] = keys.count
            return keys.count - 1
        }
        let oldKeys = old.map(number)
        let newKeys = new.map(number)
        var start = 0
        while start < oldKeys.count, start < newKeys.count, oldKeys[start] == newKeys[start] {
            partners[start] = start
            start += 1
        }
        var end = 0
        while end < oldKeys.count - start, end < newKeys.count - start,
            oldKeys[oldKeys.count - 1 - end] == newKeys[newKeys.count - 1 - end]
        {
            end += 1
            partners[oldKeys.count - end] = newKeys.count - end
        }
        let rows = oldKeys.count - end - start
        let columns = newKeys.count - end - start
        guard rows > 0, columns > 0 else { return }
        if rows * columns <= Alignment.largest {
            alignAll(oldKeys, newKeys, start, rows, columns)
        } else {
            alignUnique(oldKeys, newKeys, start, rows, columns)
        }
    }

    private mutating func alignAll(_ old: [Int], _ new: [Int], _ start: Int, _ rows: Int, _ columns: Int) {
        let width = columns + 1
        var lengths = Array(repeating: Int32(0), count: (rows + 1) * width)
        for row in (0..<rows).reversed() {
            for column in (0..<columns).reversed() {
                lengths[row * width + column] =
                    old[start + row] == new[start + column]
                    ? lengths[(row + 1) * width + column + 1] + 1
                    : max(lengths[(row + 1) * width + column], lengths[row * width + column + 1])
            }
        }
        var row = 0
        var column = 0
        while row < rows, column < columns {
            if old[start + row] == new[start + column] {
                partners[start + row] = start + column
                row += 1
                column += 1
            } else if lengths[(row + 1) * width + column] >= lengths[row * width + column + 1] {
                row += 1
            } else {
                column += 1
            }
        }
    }

    /// Takes nodes that occur once on both sides, as long as their order holds.
    private mutating func alignUnique(_ old: [Int], _ new: [Int], _ start: Int, _ rows: Int, _ columns: Int) {
        var places: [Int: Int] = [:]
        var repeated: Set<Int> = []
        for column in start..<start + columns where places.updateValue(column, forKey: new[column]) != nil {
            repeated.insert(new[column])
        }
        var next = start
        for row in start..<start + rows {
            guard let place = places[old[row]], place >= next, !repeated.contains(old[row]) else { continue }
            partners[row] = place
            next = place + 1
        }
    }
}
