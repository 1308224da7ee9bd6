/// The three-way merge of the marks on one character.
///
/// Neighbours have the same marks mostly: what was found last is remembered.
struct MarkMerge {
    private let canonical: Canonical
    private var last: (base: Int32, git: Int32, wiki: Int32, merged: Int32?)?

    init(canonical: Canonical) { self.canonical = canonical }

    /// Both sides' changes of the marks, all by their places in the table; nil when they contradict each other.
    mutating func merged(_ base: Int32, _ git: Int32, _ wiki: Int32, _ table: inout InlineTable) -> Int32? {
        if base == git { return wiki }
        if let last, last.base == base, last.git == git, last.wiki == wiki { return last.merged }
        let own = table.marks(at: wiki)
        let marks = merged(table.marks(at: base), table.marks(at: git), own)
        let merged = marks.map { $0 == own ? wiki : table.place(of: $0) }
        last = (base, git, wiki, merged)
        return merged
    }

    private func merged(_ base: [Mark], _ git: [Mark], _ wiki: [Mark]) -> [Mark]? {
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
