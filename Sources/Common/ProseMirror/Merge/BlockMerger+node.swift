import JSON

/// The merge inside one block that both sides changed.
extension BlockMerger {
    /// One block of all three documents, merged; nil when only one of two versions can be had.
    mutating func merged(_ base: Node, _ git: Node, _ wiki: Node) -> Node? {
        guard base.type == git.type, git.type == wiki.type else { return nil }
        var node = wiki
        guard mergeAttributes(base, git, &node) else { return nil }
        if base.children.isEmpty, git.children.isEmpty, wiki.children.isEmpty { return node }
        let rule = BlockMerger.rules(of: wiki.type)
        if rule.contains(where: { $0.content.admits("text") }) || hasText(base) || hasText(git) || hasText(wiki) {
            var texts = TextMerge(canonical: canonical, isCode: rule.contains(where: \.isCode))
            guard let content = texts.merged(base.children, git.children, wiki.children) else { return nil }
            node.content = content
        } else {
            if wiki.type == "table", !isSameGrid(base, git, wiki) { return nil }
            node.content = merge(base.children, git.children, wiki.children)
        }
        let types = node.children.map(\.type)
        let fits = rule.isEmpty || rule.contains { $0.content.mismatch(in: types) == nil } || hasUnknown(types)
        return fits ? node : nil
    }

    private func hasText(_ node: Node) -> Bool { node.children.contains { $0.isText } }

    private func hasUnknown(_ types: [String]) -> Bool { types.contains { BlockMerger.rules(of: $0).isEmpty } }

    private static func rules(of type: String) -> [NodeRule] {
        [Schema.upstream, .fork].compactMap { $0.node(type) }
    }

    /// Whether every row of all three tables has as many cells: then rows and cells can be merged one by one, and no
    /// side's new row lacks the other side's new column.
    private func isSameGrid(_ tables: Node...) -> Bool {
        let widths = Set(tables.flatMap { $0.children.map(\.children.count) })
        let spans = tables.contains { table in
            table.children.contains { row in
                row.children.contains {
                    ($0.attribute("colspan")?.int ?? 1) != 1 || ($0.attribute("rowspan")?.int ?? 1) != 1
                }
            }
        }
        return widths.count <= 1 && !spans
    }

    // MARK: Attributes

    /// Puts git's changes of attributes into the wiki's node; false when both changed one of them.
    private func mergeAttributes(_ base: Node, _ git: Node, _ node: inout Node) -> Bool {
        func meaning(_ node: Node) -> JSONObject {
            var alone = node
            alone.content = nil
            return canonical.form(of: alone).attrs ?? JSONObject()
        }
        let (old, new, own) = (meaning(base), meaning(git), meaning(node))
        if new == old { return true }
        let names = Set((old.members + new.members).map(\.key))
        for name in names where new[name] != old[name] && new[name] != own[name] {
            guard own[name] == old[name] else { return false }
            var attrs = node.attrs ?? JSONObject()
            attrs[name] = git.attribute(name)
            node.attrs = attrs.isEmpty ? nil : attrs
        }
        return true
    }
}
