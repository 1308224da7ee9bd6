/// The three-way merge of a textblock's content: by words, and by marks on the words that stay.
struct TextMerge {
    let canonical: Canonical
    /// Code is merged by lines, as git does it.
    let isCode: Bool

    /// The merged content; nil when both sides changed one region, or regions with no unchanged word between them.
    func merged(_ base: [Node], _ git: [Node], _ wiki: [Node]) -> [Node]? {
        var atoms = Interner<CanonicalKey>()
        let old = InlineText(base, atoms: &atoms, canonical: canonical)
        let new = InlineText(git, atoms: &atoms, canonical: canonical)
        let own = InlineText(wiki, atoms: &atoms, canonical: canonical)
        var interner = Interner<[Int]>()
        let words = (old: old.words, new: new.words, own: own.words)
        let numbers = (
            old: old.numbers(words.old, &interner), new: new.numbers(words.new, &interner),
            own: own.numbers(words.own, &interner)
        )
        let toNew = Alignment(numbers.old, numbers.new)
        let toOwn = Alignment(numbers.old, numbers.own)
        let edits = toNew.hunks.map { Edit(side: .git, base: $0.left, new: $0.right) }
        let ownEdits = toOwn.hunks.map { Edit(side: .wiki, base: $0.left, new: $0.right) }
        let unique = edits.filter { edit in
            !ownEdits.contains { $0.base == edit.base && numbers.own[$0.new] == numbers.new[edit.new] }
        }
        guard areApart(unique, ownEdits, old, words.old), isEdit(toNew, old, words.old, new, words.new),
            isEdit(toOwn, old, words.old, own, words.own)
        else { return nil }
        var units: [InlineText.Unit] = []
        var ordered = (unique + ownEdits).sorted { $0.base.lowerBound < $1.base.lowerBound }[...]
        var index = 0
        while index <= words.old.count {
            if let edit = ordered.first, edit.base.lowerBound == index {
                ordered.removeFirst()
                let side = edit.side == .git ? (new, words.new) : (own, words.own)
                for word in side.1[edit.new] { units += side.0.units[word] }
                index = edit.base.upperBound
                // An insertion leaves the word behind it to be kept.
                if !edit.base.isEmpty { continue }
            }
            guard index < words.old.count else { break }
            guard let kept = kept(index, old, new, own, words, toNew, toOwn) else { return nil }
            units += kept
            index += 1
        }
        return InlineText.nodes(units)
    }

    private struct Edit {
        enum Side { case git, wiki }
        let side: Side
        let base: Range<Int>
        let new: Range<Int>
    }

    /// Whether a whole unchanged word, in code the end of a line, lies between any edit of one side and any of the
    /// other.
    private func areApart(_ git: [Edit], _ wiki: [Edit], _ old: InlineText, _ words: [Range<Int>]) -> Bool {
        for edit in git {
            for other in wiki {
                let (first, second) = edit.base.lowerBound <= other.base.lowerBound ? (edit, other) : (other, edit)
                guard first.base.upperBound <= second.base.lowerBound else { return false }
                let between = first.base.upperBound..<second.base.lowerBound
                let isApart = between.contains { isCode ? old.hasLineEnd(words[$0]) : old.isSolid(words[$0]) }
                guard isApart else { return false }
            }
        }
        return true
    }

    /// Whether most words of a text are those of the base: only then is it an edit of it, and not another text that
    /// has some words in common.
    private func isEdit(
        _ alignment: Alignment,
        _ old: InlineText,
        _ oldWords: [Range<Int>],
        _ new: InlineText,
        _ newWords: [Range<Int>]
    ) -> Bool {
        var same = 0
        var before = 0
        for (index, partner) in alignment.right.enumerated() where old.isSolid(oldWords[index]) {
            before += 1
            if partner != nil { same += 1 }
        }
        let after = newWords.reduce(0) { $0 + (new.isSolid($1) ? 1 : 0) }
        return same * 2 >= max(before, after)
    }

    // MARK: Marks

    private typealias Words = (old: [Range<Int>], new: [Range<Int>], own: [Range<Int>])

    /// A word that both sides kept, with both sides' marks.
    private func kept(
        _ index: Int,
        _ old: InlineText,
        _ new: InlineText,
        _ own: InlineText,
        _ words: Words,
        _ toNew: Alignment,
        _ toOwn: Alignment
    ) -> [InlineText.Unit]? {
        guard let newWord = toNew.right[index], let ownWord = toOwn.right[index] else { return [] }
        var units: [InlineText.Unit] = []
        for offset in 0..<words.old[index].count {
            var unit = own.units[words.own[ownWord].lowerBound + offset]
            let before = old.units[words.old[index].lowerBound + offset].marks
            let after = new.units[words.new[newWord].lowerBound + offset].marks
            guard let marks = marks(before, after, unit.marks) else { return nil }
            unit.marks = marks
            units.append(unit)
        }
        return units
    }

    /// Both sides' changes of the marks on one character; nil when they contradict each other.
    private func marks(_ base: [Mark], _ git: [Mark], _ wiki: [Mark]) -> [Mark]? {
        let (old, new, own) = (meaning(base), meaning(git), meaning(wiki))
        if new == old || new == own { return wiki }
        var result = wiki
        for type in Set((old + new).map(\.type)) {
            let change = (old.first { $0.type == type }, new.first { $0.type == type }, own.first { $0.type == type })
            if change.1 == change.0 || change.1 == change.2 { continue }
            guard change.2 == change.0 else { return nil }
            result.removeAll { $0.type == type }
            if change.1 != nil { result += git.filter { $0.type == type } }
        }
        if result.count > 1, result.contains(where: { $0.type == "code" }) {
            // Code drives out all other marks; a comment of the wiki's would go unseen.
            guard old == own else { return nil }
            return Schema.fork.exclusive(result)
        }
        return result.sorted(by: Mark.isOrdered)
    }

    private func meaning(_ marks: [Mark]) -> [Mark] {
        if marks.isEmpty { return [] }
        return canonical.form(of: .text("x", marks)).marks ?? []
    }
}
