/// What is characteristic of an entry: the words of its text, or for the rest its attributes and what it holds.
struct Features {
    private let sorted: [UInt64]
    /// Longer blocks are judged by their beginning.
    private static let limit = 192

    init(_ index: Int, of outline: Outline) {
        var found: [UInt64] = []
        var work = [index]
        while let next = work.popLast(), found.count < Self.limit {
            let entry = outline.entries[next]
            if entry.isText {
                Words.forEach(in: outline.units(of: entry)) { range in
                    found.append(Digest.of(units: outline.units[range]))
                    return found.count < Self.limit
                }
            } else if entry.children.isEmpty {
                found.append(entry.loose)
            } else {
                work.append(contentsOf: outline.children[entry.children].prefix(Self.limit).reversed())
            }
        }
        sorted = found.sorted()
    }

    /// From 0, nothing in common, to 1.
    func similarity(to other: Features) -> Double {
        guard !sorted.isEmpty, !other.sorted.isEmpty else { return 0 }
        var (left, right, common) = (0, 0, 0)
        while left < sorted.count, right < other.sorted.count {
            if sorted[left] == other.sorted[right] {
                common += 1
                left += 1
                right += 1
            } else if sorted[left] < other.sorted[right] {
                left += 1
            } else {
                right += 1
            }
        }
        return 2 * Double(common) / Double(sorted.count + other.sorted.count)
    }
}

/// Cuts text into words, runs of white space, and single other characters.
enum Words {
    /// Calls the body with the range of each word until it returns false.
    static func forEach(in units: ArraySlice<UInt16>, _ body: (Range<Int>) -> Bool) {
        var start = units.startIndex
        while start < units.endIndex {
            var end = start + 1
            let kind = kind(units[start])
            while end < units.endIndex, continues(kind, units, at: end) { end += 1 }
            guard body(start..<end) else { return }
            start = end
        }
    }

    private enum Kind { case word, space, single }

    private static func kind(_ unit: UInt16) -> Kind {
        switch unit {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: .word
        case 0x09...0x0D, 0x20, 0xA0: .space
        case 0x00...0xBF: .single
        // Scripts without spaces: each character is a word. Surrogates too; pairs are kept together by `continues`.
        case 0x2E80...0xA4CF, 0xAC00...0xD7AF, 0xD800...0xDFFF, 0xF900...0xFAFF: .single
        case 0x2000...0x206F, 0x3000...0x303F: .single
        default: .word
        }
    }

    private static func continues(_ kind: Kind, _ units: ArraySlice<UInt16>, at index: Int) -> Bool {
        let unit = units[index]
        let joins = unit == 0x200D || units[index - 1] == 0x200D || (0xFE00...0xFE0F).contains(unit)
        if joins || UTF16Text.isLowSurrogate(unit) || (0x300...0x36F).contains(unit) { return true }
        return kind != .single && Self.kind(unit) == kind
    }
}
