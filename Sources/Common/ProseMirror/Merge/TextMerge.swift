/// The three-way merge of a textblock's content: by words, and by marks on the words that stay.
///
/// Its time grows with the length of the text: a page may be one paragraph of megabytes.
struct TextMerge {
    /// Code is merged by lines, as git does it.
    private let isCode: Bool
    private var table: InlineTable
    private var marks: MarkMerge

    init(canonical: Canonical, isCode: Bool) {
        self.isCode = isCode
        table = InlineTable(canonical)
        marks = MarkMerge(canonical: canonical)
    }

    /// One text of the three, and where it has what the base has.
    private struct Side {
        let text: InlineText
        let words: [Range<Int>]
        let numbers: [Int]

        init(_ content: [Node], _ table: inout InlineTable, _ interner: inout WordInterner) {
            text = InlineText(content, &table)
            words = text.words
            numbers = interner.numbers(of: words, in: text)
        }
    }

    /// The merged content; nil when both sides changed one region, or regions with no unchanged word between them.
    mutating func merged(_ base: [Node], _ git: [Node], _ wiki: [Node]) -> [Node]? {
        var interner = WordInterner()
        let old = Side(base, &table, &interner)
        let new = Side(git, &table, &interner)
        let own = Side(wiki, &table, &interner)
        let toNew = Alignment(old.numbers, new.numbers)
        let toOwn = Alignment(old.numbers, own.numbers)
        let edits = edits(toNew, new, toOwn, own)
        guard areApart(edits, old), isEdit(toNew, old, new), isEdit(toOwn, old, own) else { return nil }
        var units: [InlineText.Unit] = []
        var ordered = edits[...]
        var index = 0
        while index <= old.words.count {
            if let edit = ordered.first, edit.base.lowerBound == index {
                ordered.removeFirst()
                let side = edit.side == .git ? new : own
                for word in side.words[edit.new] { units += side.text.units[word] }
                index = edit.base.upperBound
                // An insertion leaves the word behind it to be kept.
                if !edit.base.isEmpty { continue }
            }
            guard index < old.words.count else { break }
            if let newWord = toNew.right[index], let ownWord = toOwn.right[index] {
                let places = (old.words[index], new.words[newWord], own.words[ownWord])
                guard keep(places, old.text, new.text, own.text, &units) else { return nil }
            }
            index += 1
        }
        return InlineText.nodes(units, table)
    }

    private struct Edit {
        enum Side { case git, wiki }
        let side: Side
        let base: Range<Int>
        let new: Range<Int>
    }

    /// Both sides' edits in the order of the base; what both did alike stands once.
    private func edits(_ toNew: Alignment, _ new: Side, _ toOwn: Alignment, _ own: Side) -> [Edit] {
        let wiki = toOwn.hunks.map { Edit(side: .wiki, base: $0.left, new: $0.right) }
        // No two edits of one side begin at one word.
        let places = Dictionary(wiki.map { ($0.base.lowerBound, $0) }, uniquingKeysWith: { first, _ in first })
        var all = wiki
        for hunk in toNew.hunks {
            let alike = places[hunk.left.lowerBound].map { edit in
                edit.base == hunk.left && own.numbers[edit.new] == new.numbers[hunk.right]
            }
            if alike != true { all.append(Edit(side: .git, base: hunk.left, new: hunk.right)) }
        }
        return all.sorted { $0.base.lowerBound < $1.base.lowerBound }
    }

    /// Whether a whole unchanged word, in code the end of a line, lies between any edit of one side and any of the
    /// other. As one side's edits are apart in themselves, neighbours tell it for all.
    private func areApart(_ edits: [Edit], _ old: Side) -> Bool {
        for (first, second) in zip(edits, edits.dropFirst()) where first.side != second.side {
            guard first.base.upperBound <= second.base.lowerBound else { return false }
            let between = old.words[first.base.upperBound..<second.base.lowerBound]
            guard between.contains(where: { isCode ? old.text.hasLineEnd($0) : old.text.isSolid($0) }) else {
                return false
            }
        }
        return true
    }

    /// Whether most words of a text are those of the base: only then is it an edit of it, and not another text that
    /// has some words in common.
    private func isEdit(_ alignment: Alignment, _ old: Side, _ new: Side) -> Bool {
        var same = 0
        var before = 0
        for (index, partner) in alignment.right.enumerated() where old.text.isSolid(old.words[index]) {
            before += 1
            if partner != nil { same += 1 }
        }
        let after = new.words.reduce(0) { $0 + (new.text.isSolid($1) ? 1 : 0) }
        return same * 2 >= max(before, after)
    }

    /// Adds a word that both sides kept, with both sides' marks; false when those contradict each other.
    private mutating func keep(
        _ places: (old: Range<Int>, new: Range<Int>, own: Range<Int>),
        _ old: InlineText,
        _ new: InlineText,
        _ own: InlineText,
        _ units: inout [InlineText.Unit]
    ) -> Bool {
        for offset in 0..<places.old.count {
            var unit = own.units[places.own.lowerBound + offset]
            let before = old.units[places.old.lowerBound + offset].marks
            let after = new.units[places.new.lowerBound + offset].marks
            guard let merged = marks.merged(before, after, unit.marks, &table) else { return false }
            unit.marks = merged
            units.append(unit)
        }
        return true
    }
}
