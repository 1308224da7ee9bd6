/// Finds what two sequences have in common, in order: a longest common subsequence where that is affordable.
enum Alignment {
    /// Equal stretches of both sequences.
    struct Match: Equatable {
        var old: Int
        var new: Int
        var count: Int
    }

    /// More differences than this in one stretch are not searched for by Myers' method.
    private static let differenceLimit = 1_000

    /// The matches in ascending order, neighbours joined.
    static func matches(_ old: [UInt64], _ new: [UInt64]) -> [Match] {
        var found: [Match] = []
        var work = [(old: 0..<old.count, new: 0..<new.count)]
        while var gap = work.popLast() {
            trim(&gap.old, &gap.new, old, new, &found)
            guard !gap.old.isEmpty, !gap.new.isEmpty else { continue }
            if let exact = myers(old[gap.old], new[gap.new]) {
                found += exact
                continue
            }
            // Too different for an exact answer: what occurs once on both sides divides the problem.
            let anchors = anchors(old[gap.old], new[gap.new])
            var last = (old: gap.old.lowerBound, new: gap.new.lowerBound)
            guard !anchors.isEmpty else { continue }
            for anchor in anchors {
                found.append(anchor)
                work.append((last.old..<anchor.old, last.new..<anchor.new))
                last = (anchor.old + 1, anchor.new + 1)
            }
            work.append((last.old..<gap.old.upperBound, last.new..<gap.new.upperBound))
        }
        return joined(found)
    }

    private static func joined(_ matches: [Match]) -> [Match] {
        var result: [Match] = []
        for match in matches.sorted(by: { $0.old < $1.old }) {
            if let last = result.last, last.old + last.count == match.old, last.new + last.count == match.new {
                result[result.count - 1].count += match.count
            } else {
                result.append(match)
            }
        }
        return result
    }

    /// Takes equal beginnings and ends away.
    private static func trim(
        _ oldRange: inout Range<Int>,
        _ newRange: inout Range<Int>,
        _ old: [UInt64],
        _ new: [UInt64],
        _ found: inout [Match]
    ) {
        var (oldStart, newStart) = (oldRange.lowerBound, newRange.lowerBound)
        var (oldEnd, newEnd) = (oldRange.upperBound, newRange.upperBound)
        while oldStart < oldEnd, newStart < newEnd, old[oldStart] == new[newStart] {
            oldStart += 1
            newStart += 1
        }
        while oldStart < oldEnd, newStart < newEnd, old[oldEnd - 1] == new[newEnd - 1] {
            oldEnd -= 1
            newEnd -= 1
        }
        let head = oldStart - oldRange.lowerBound
        let tail = oldRange.upperBound - oldEnd
        if head > 0 { found.append(Match(old: oldRange.lowerBound, new: newRange.lowerBound, count: head)) }
        if tail > 0 { found.append(Match(old: oldEnd, new: newEnd, count: tail)) }
        oldRange = oldStart..<oldEnd
        newRange = newStart..<newEnd
    }

    /// Myers' greedy method; nil if the sequences differ in more than the limit.
    private static func myers(_ old: ArraySlice<UInt64>, _ new: ArraySlice<UInt64>) -> [Match]? {
        let (oldStart, newStart) = (old.startIndex, new.startIndex)
        let limit = min(old.count + new.count, differenceLimit)
        // The furthest point on each diagonal; of each round only the diagonals in reach are kept.
        var furthest = [Int32](repeating: 0, count: 2 * limit + 3)
        let middle = limit + 1
        var rounds: [ArraySlice<Int32>] = []
        for difference in 0...limit {
            rounds.append(ArraySlice(Array(furthest[middle - difference - 1...middle + difference + 1])))
            for diagonal in stride(from: -difference, through: difference, by: 2) {
                let goesDown =
                    diagonal == -difference
                    || (diagonal != difference && furthest[middle + diagonal - 1] < furthest[middle + diagonal + 1])
                var x = Int(goesDown ? furthest[middle + diagonal + 1] : furthest[middle + diagonal - 1] + 1)
                var y = x - diagonal
                while x < old.count, y < new.count, old[oldStart + x] == new[newStart + y] {
                    x += 1
                    y += 1
                }
                furthest[middle + diagonal] = Int32(x)
                if x >= old.count, y >= new.count { return path(rounds, old.count, new.count, oldStart, newStart) }
            }
        }
        return nil
    }

    /// Walks back through the rounds of Myers' method.
    private static func path(
        _ rounds: [ArraySlice<Int32>],
        _ oldCount: Int,
        _ newCount: Int,
        _ oldStart: Int,
        _ newStart: Int
    ) -> [Match] {
        var matches: [Match] = []
        var (x, y) = (oldCount, newCount)
        for difference in stride(from: rounds.count - 1, through: 0, by: -1) {
            let round = rounds[difference]
            func reached(_ diagonal: Int) -> Int { Int(round[diagonal + difference + 1]) }
            let diagonal = x - y
            let goesDown =
                diagonal == -difference || (diagonal != difference && reached(diagonal - 1) < reached(diagonal + 1))
            let previous = goesDown ? diagonal + 1 : diagonal - 1
            let previousX = difference == 0 ? 0 : reached(previous)
            let previousY = difference == 0 ? 0 : previousX - previous
            // After the one step of this round everything was equal.
            let startX = difference == 0 ? 0 : goesDown ? previousX : previousX + 1
            if x > startX {
                let count = x - startX
                matches.append(Match(old: oldStart + startX, new: newStart + y - count, count: count))
            }
            (x, y) = (previousX, previousY)
        }
        return matches
    }

    /// Elements that occur exactly once on both sides, as many as stand in the same order.
    private static func anchors(_ old: ArraySlice<UInt64>, _ new: ArraySlice<UInt64>) -> [Match] {
        let unique = uniquePositions(new)
        var candidates: [Match] = []
        for (element, position) in uniquePositions(old) {
            if let other = unique[element] { candidates.append(Match(old: position, new: other, count: 1)) }
        }
        candidates.sort { $0.old < $1.old }
        return longestAscending(candidates.map(\.new)).map { candidates[$0] }
    }

    private static func uniquePositions(_ elements: ArraySlice<UInt64>) -> [UInt64: Int] {
        var positions: [UInt64: Int] = [:]
        for index in elements.indices { positions[elements[index]] = positions[elements[index]] == nil ? index : -1 }
        return positions.filter { $0.value >= 0 }
    }

    /// Indices of a longest ascending subsequence.
    static func longestAscending(_ values: [Int]) -> [Int] {
        var tails: [Int] = []
        var previous = [Int](repeating: -1, count: values.count)
        for index in values.indices {
            var (low, high) = (0, tails.count)
            while low < high {
                let half = (low + high) / 2
                if values[tails[half]] < values[index] { low = half + 1 } else { high = half }
            }
            previous[index] = low > 0 ? tails[low - 1] : -1
            if low == tails.count { tails.append(index) } else { tails[low] = index }
        }
        var result: [Int] = []
        var next = tails.last ?? -1
        while next >= 0 {
            result.append(next)
            next = previous[next]
        }
        return result.reversed()
    }
}
