/// Finds what two texts have in common, by words, and never cuts a character in two.
enum TextAlignment {
    /// One step of the way from the old text to the new one.
    enum Step: Equatable {
        case keep(Int)
        case delete(Int)
        /// A range of the new text.
        case insert(Range<Int>)
    }

    /// The steps, which use up both texts; where both happen, an insertion goes before the deletion.
    ///
    /// Text that somebody appends at the same time to what we delete then follows our text.
    static func steps(_ old: ArraySlice<UInt16>, _ new: ArraySlice<UInt16>) -> [Step] {
        let kept = matches(Array(old), Array(new))
        var steps: [Step] = []
        var (oldEnd, newEnd) = (0, 0)
        for match in kept + [Alignment.Match(old: old.count, new: new.count, count: 0)] {
            if match.new > newEnd { steps.append(.insert(newEnd..<match.new)) }
            if match.old > oldEnd { steps.append(.delete(match.old - oldEnd)) }
            if match.count > 0 { steps.append(.keep(match.count)) }
            (oldEnd, newEnd) = (match.old + match.count, match.new + match.count)
        }
        return steps
    }

    private static func matches(_ old: [UInt16], _ new: [UInt16]) -> [Alignment.Match] {
        let limit = min(old.count, new.count)
        var head = 0
        while head < limit, old[head] == new[head] { head += 1 }
        var tail = 0
        while tail < limit - head, old[old.count - 1 - tail] == new[new.count - 1 - tail] { tail += 1 }
        var found: [Alignment.Match] = []
        if head > 0 { found.append(Alignment.Match(old: 0, new: 0, count: head)) }
        if head < limit || tail < limit {
            found += wordMatches(old, new, head..<old.count - tail, head..<new.count - tail)
        }
        if tail > 0 {
            found.append(Alignment.Match(old: old.count - tail, new: new.count - tail, count: tail))
        }
        return found.compactMap { Graphemes.shrunk($0, old, new) }
    }

    /// Whole words that stay between the common beginning and end.
    private static func wordMatches(
        _ old: [UInt16],
        _ new: [UInt16],
        _ oldRange: Range<Int>,
        _ newRange: Range<Int>
    ) -> [Alignment.Match] {
        guard !oldRange.isEmpty, !newRange.isEmpty else { return [] }
        let oldWords = words(old[oldRange])
        let newWords = words(new[newRange])
        let common = Alignment.matches(
            oldWords.map { Digest.of(units: old[$0]) },
            newWords.map { Digest.of(units: new[$0]) }
        )
        let matches = common.map { match in
            let start = oldWords[match.old].lowerBound
            let count = oldWords[match.old + match.count - 1].upperBound - start
            return Alignment.Match(old: start, new: newWords[match.new].lowerBound, count: count)
        }
        // A space between two changed words is no anchor: keeping it would shred the replacement.
        return matches.filter { match in old[match.old..<match.old + match.count].contains { !isSpace($0) } }
    }

    private static func words(_ units: ArraySlice<UInt16>) -> [Range<Int>] {
        var words: [Range<Int>] = []
        Words.forEach(in: units) { range in
            words.append(range)
            return true
        }
        return words
    }

    private static func isSpace(_ unit: UInt16) -> Bool { unit == 0x20 || (0x09...0x0D).contains(unit) || unit == 0xA0 }
}

/// Boundaries of what a reader takes for one character.
enum Graphemes {
    /// A match without the characters at its ends that are cut on either side; nil if nothing is left.
    static func shrunk(_ match: Alignment.Match, _ old: [UInt16], _ new: [UInt16]) -> Alignment.Match? {
        var start = 0
        var end = match.count
        func isBoundary(_ offset: Int) -> Bool {
            Graphemes.isBoundary(old, match.old + offset) && Graphemes.isBoundary(new, match.new + offset)
        }
        while start < end, !isBoundary(start) { start += 1 }
        while end > start, !isBoundary(end) { end -= 1 }
        guard start < end else { return nil }
        return Alignment.Match(old: match.old + start, new: match.new + start, count: end - start)
    }

    /// Whether a character ends before the index.
    static func isBoundary(_ units: [UInt16], _ index: Int) -> Bool {
        guard index > 0, index < units.count else { return true }
        if isPlain(units[index - 1]), isPlain(units[index]) {
            return !(units[index - 1] == 0x0D && units[index] == 0x0A)
        }
        if UTF16Text.isLowSurrogate(units[index]), UTF16Text.isHighSurrogate(units[index - 1]) { return false }
        // Decide by the characters of the surroundings, from a place that is a boundary for sure.
        var start = index - 1
        while start > 0, index - start < 64, !(isPlain(units[start]) && isPlain(units[start - 1])) { start -= 1 }
        var end = index + 1
        if end < units.count, UTF16Text.isHighSurrogate(units[index]) { end += 1 }
        let text = String(decoding: units[start..<end], as: UTF16.self)
        var position = start
        for character in text {
            position += character.utf16.count
            if position >= index { return position == index }
        }
        return true
    }

    /// Characters below U+0300 never combine.
    private static func isPlain(_ unit: UInt16) -> Bool { unit < 0x300 }
}
