internal import ProseMirror

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
        let (old, new) = (old.map(Int.init(truncatingIfNeeded:)), new.map(Int.init(truncatingIfNeeded:)))
        var found: [Match] = []
        var work = [(old: 0..<old.count, new: 0..<new.count)]
        while var gap = work.popLast() {
            trim(&gap.old, &gap.new, old, new, &found)
            guard !gap.old.isEmpty, !gap.new.isEmpty else { continue }
            if let exact = ShortestEdit(old[gap.old], new[gap.new], limit: differenceLimit).runs {
                found += exact.map { Match(old: $0.left, new: $0.right, count: $0.count) }
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
        _ old: [Int],
        _ new: [Int],
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

    /// Elements that occur exactly once on both sides, as many as stand in the same order.
    private static func anchors(_ old: ArraySlice<Int>, _ new: ArraySlice<Int>) -> [Match] {
        let unique = uniquePositions(new)
        var candidates: [Match] = []
        for (element, position) in uniquePositions(old) {
            if let other = unique[element] { candidates.append(Match(old: position, new: other, count: 1)) }
        }
        candidates.sort { $0.old < $1.old }
        return longestAscending(candidates.map(\.new)).map { candidates[$0] }
    }

    private static func uniquePositions(_ elements: ArraySlice<Int>) -> [Int: Int] {
        var positions: [Int: Int] = [:]
        for index in elements.indices { positions[elements[index]] = positions[elements[index]] == nil ? index : -1 }
        return positions.filter { $0.value >= 0 }
    }
}
