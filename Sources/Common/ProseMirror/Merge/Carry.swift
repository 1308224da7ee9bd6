import JSON

/// What Markdown does not show, put back from the wiki's document: ids, comments, the facts of uploaded files.
package struct Carry: Sendable {
    /// What counts as unchanged. Where comments or ids are written into the files, they are not carried.
    package let canonical: Canonical

    package init(canonical: Canonical = .shown) { self.canonical = canonical }

    /// The new document, with what the old one knows about the parts that are still there.
    ///
    /// Blocks that mean the same are the old ones bit for bit.
    package func carry(from old: Node, to new: Node) -> Node {
        var result = new
        result.content = new.content.map { carry(from: old.children, to: $0) }
        return result
    }

    /// The same for a list of blocks.
    func carry(from old: [Node], to new: [Node]) -> [Node] {
        var interner = Interner<CanonicalKey>()
        let oldKeys = old.map { interner.number(of: canonical.key(of: $0)) }
        let newKeys = new.map { interner.number(of: canonical.key(of: $0)) }
        let pairing = Pairing(old, new, oldKeys, newKeys)
        let origins = Dictionary(uniqueKeysWithValues: pairing.moves.map { ($0.value, $0.key) })
        return new.indices.map { index in
            if let moved = origins[index] { return old[moved] }
            guard let partner = pairing.alignment.left[index] else { return new[index] }
            return oldKeys[partner] == newKeys[index] ? old[partner] : merged(old[partner], new[index])
        }
    }

    /// A block that changed, with what the old one of it knows.
    func merged(_ old: Node, _ new: Node) -> Node {
        guard old.type == new.type else { return new }
        var result = new
        result.attrs = attributes(old, new)
        guard let content = new.content, !content.isEmpty else { return result }
        let isInline = content.contains { $0.isText } || old.children.contains { $0.isText }
        result.content = isInline ? carryComments(old.children, content) : carry(from: old.children, to: content)
        return result
    }

    // MARK: Attributes

    private func attributes(_ old: Node, _ new: Node) -> JSONObject? {
        guard let known = old.attrs else { return new.attrs }
        var attrs = new.attrs ?? JSONObject()
        if !canonical.ids, old.type == "paragraph" || old.type == "heading", attrs["id"] == nil, let id = known["id"] {
            attrs["id"] = id
        }
        if isSameFile(known, attrs) {
            for name in ["attachmentId", "size", "aspectRatio"] where attrs[name] == nil {
                if let value = known[name] { attrs[name] = value }
            }
        }
        return attrs.isEmpty ? new.attrs : attrs
    }

    private func isSameFile(_ old: JSONObject, _ new: JSONObject) -> Bool {
        for name in ["src", "url"] {
            if let source = old[name]?.string, !source.isEmpty, let other = new[name]?.string {
                return sameText(source, other)
            }
        }
        return false
    }

    // MARK: Comments

    /// Puts the comments of unchanged text back, and returns inline nodes that mean the same as they were.
    private func carryComments(_ old: [Node], _ new: [Node]) -> [Node] {
        if canonical.comments { return new }
        guard old.contains(where: { !$0.isText || $0.marks?.contains { $0.type == "comment" } == true }) else {
            return new
        }
        var table = InlineTable(canonical)
        let before = InlineText(old, &table)
        let after = InlineText(new, &table)
        var units = after.units
        // The last place that marks with a comment were given: neighbours mostly have the same.
        var known: (marks: Int32, comment: Int32, place: Int32)?
        for (x, y) in TextDiff(before, after).matches {
            units[y].node = before.units[x].node
            let (own, theirs) = (units[y].marks, before.units[x].marks)
            if let known, known.marks == own, known.comment == theirs {
                units[y].marks = known.place
                continue
            }
            let marks = commented(table.marks(at: own), as: table.marks(at: theirs))
            let place = marks.map { table.place(of: $0) } ?? own
            known = (own, theirs, place)
            units[y].marks = place
        }
        return InlineText.nodes(units, table)
    }

    /// The marks with the comment of the old text; nil when they stay.
    private func commented(_ marks: [Mark], as old: [Mark]) -> [Mark]? {
        guard let comment = old.first(where: { $0.type == "comment" }) else { return nil }
        // Code stands alone, and a character has one comment.
        if marks.contains(where: { $0.type == "code" || $0.type == "comment" }) { return nil }
        return (marks + [comment]).sorted(by: Mark.isOrdered)
    }
}

/// The units of two texts that are the same: by words, and at the ends of changed words by characters.
struct TextDiff {
    private(set) var matches: [(Int, Int)] = []

    init(_ left: InlineText, _ right: InlineText) {
        var interner = WordInterner()
        let (leftWords, rightWords) = (left.words, right.words)
        let alignment = Alignment(
            interner.numbers(of: leftWords, in: left),
            interner.numbers(of: rightWords, in: right)
        )
        for (index, partner) in alignment.right.enumerated() {
            guard let partner else { continue }
            matches += zip(leftWords[index], rightWords[partner])
        }
        for gap in alignment.gaps {
            guard let a = span(leftWords[gap.left]), let b = span(rightWords[gap.right]) else { continue }
            matchEnds(left.units, right.units, a, b)
        }
    }

    private func span(_ words: ArraySlice<Range<Int>>) -> Range<Int>? {
        guard let first = words.first, let last = words.last else { return nil }
        return first.lowerBound..<last.upperBound
    }

    private mutating func matchEnds(
        _ left: [InlineText.Unit],
        _ right: [InlineText.Unit],
        _ a: Range<Int>,
        _ b: Range<Int>
    ) {
        var (a, b) = (a, b)
        while let x = a.first, let y = b.first, left[x].value == right[y].value {
            matches.append((x, y))
            (a, b) = (a.dropFirst(), b.dropFirst())
        }
        while let x = a.last, let y = b.last, left[x].value == right[y].value {
            matches.append((x, y))
            (a, b) = (a.dropLast(), b.dropLast())
        }
    }
}
