/// Pairs what remains between equal neighbours: an old and a new child of one type that had better be one and the same.
struct GapPairing {
    let stored: Outline
    let target: Outline

    /// More combinations than this are not weighed.
    private static let combinationLimit = 250_000

    /// Pairs of positions in ascending order.
    func pairs(_ old: ArraySlice<Int>, _ new: ArraySlice<Int>) -> [(old: Int, new: Int)] {
        guard !old.isEmpty, !new.isEmpty else { return [] }
        if old.count * new.count > Self.combinationLimit { return pairsInOrder(old, new) }
        return bestPairs(old, new)
    }

    /// The pairs in ascending order with the greatest sum of weights.
    private func bestPairs(_ old: ArraySlice<Int>, _ new: ArraySlice<Int>) -> [(old: Int, new: Int)] {
        let weights = weights(old, new)
        let width = new.count + 1
        var best = [Double](repeating: 0, count: (old.count + 1) * width)
        for row in stride(from: old.count - 1, through: 0, by: -1) {
            for column in stride(from: new.count - 1, through: 0, by: -1) {
                let weight = weights[row * new.count + column]
                let paired = weight > 0 ? weight + best[(row + 1) * width + column + 1] : 0
                best[row * width + column] = max(
                    paired,
                    best[(row + 1) * width + column],
                    best[row * width + column + 1]
                )
            }
        }
        var pairs: [(old: Int, new: Int)] = []
        var (row, column) = (0, 0)
        while row < old.count, column < new.count {
            let weight = weights[row * new.count + column]
            let here = best[row * width + column]
            if weight > 0, here == weight + best[(row + 1) * width + column + 1] {
                pairs.append((old.startIndex + row, new.startIndex + column))
                row += 1
                column += 1
            } else if here == best[(row + 1) * width + column] {
                row += 1
            } else {
                column += 1
            }
        }
        return pairs
    }

    private func weights(_ old: ArraySlice<Int>, _ new: ArraySlice<Int>) -> [Double] {
        // A single pair needs no judgement of likeness, only that it is possible.
        let isSingle = old.count == 1 && new.count == 1
        let oldFeatures = isSingle ? [] : old.map { Features($0, of: stored) }
        let newFeatures = isSingle ? [] : new.map { Features($0, of: target) }
        var weights: [Double] = []
        weights.reserveCapacity(old.count * new.count)
        for (row, oldIndex) in old.enumerated() {
            for (column, newIndex) in new.enumerated() {
                let (oldEntry, newEntry) = (stored.entries[oldIndex], target.entries[newIndex])
                guard oldEntry.name == newEntry.name else {
                    weights.append(0)
                    continue
                }
                let likeness = isSingle ? 1 : oldFeatures[row].similarity(to: newFeatures[column])
                weights.append(weight(oldEntry, newEntry, likeness))
            }
        }
        return weights
    }

    /// An equal id decides; different ids mean two blocks unless they are much alike.
    private func weight(_ old: Outline.Entry, _ new: Outline.Entry, _ likeness: Double) -> Double {
        guard old.blockID != 0, new.blockID != 0 else { return 0.05 + likeness }
        if old.blockID == new.blockID { return 10 + likeness }
        return likeness > 0.3 ? likeness : 0
    }

    /// For very large gaps: equal ids, then one by one in order.
    private func pairsInOrder(_ old: ArraySlice<Int>, _ new: ArraySlice<Int>) -> [(old: Int, new: Int)] {
        var pairs: [(old: Int, new: Int)] = []
        var column = new.startIndex
        for row in old.indices {
            guard column < new.endIndex else { break }
            let ahead = new[column..<min(column + 8, new.endIndex)]
            let (entry, name) = (stored.entries[old[row]], stored.entries[old[row]].name)
            let sameID = ahead.indices.first { entry.blockID != 0 && target.entries[new[$0]].blockID == entry.blockID }
            guard let match = sameID ?? ahead.indices.first(where: { target.entries[new[$0]].name == name }) else {
                continue
            }
            pairs.append((row, match))
            column = match + 1
        }
        return pairs
    }
}
