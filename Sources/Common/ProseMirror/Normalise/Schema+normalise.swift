/// Makes a tree that came from Markdown follow the schema, without dropping anything.
///
/// Valid trees come out as they went in, and so does whatever the schema does not know. Otherwise, in this order of
/// preference: what stands in the wrong place is wrapped (text in a paragraph, an item in a list), its children take
/// its place, or it moves behind the nearest ancestor. Missing parts (the first paragraph of an item, a summary, the
/// one block of an empty container) are added. Values of attributes are never changed.
extension Schema {
    /// Normalises a whole document: `node` must be a `doc`.
    package func normalised(_ document: Node) -> Node {
        guard let rule = node("doc"), document.type == "doc" else { return document }
        var fitter = Fitter(schema: self)
        var result = document
        let fitted = fitter.fit(document.children, into: rule)
        result.content = placingFootnotes(fitted.children + fitted.overflow, fitter.footnotes)
        return result
    }

    /// Normalises blocks of a document that is still being put together.
    ///
    /// Footnotes outside of a list of footnotes are unwrapped: where the list will stand is not known here.
    package func normalised(blocks: [Node]) -> [Node] {
        guard let rule = node("doc"), !blocks.allSatisfy({ isRegular($0, in: rule) }) else { return blocks }
        var fitter = Fitter(schema: self, unwrapsFootnotes: true)
        let fitted = fitter.fit(blocks, into: rule)
        return fitted.children + fitted.overflow
    }

    private func isRegular(_ block: Node, in document: NodeRule) -> Bool {
        if node(block.type) != nil, !document.content.admits(block.type) { return false }
        return isValid(block, unknown: .accepted)
    }

    /// The marks that the editor would leave of these: code drives out all others, a second mark of a type the first.
    package func exclusive(_ marks: [Mark]) -> [Mark] {
        if let alone = marks.last(where: { mark($0.type)?.excludesAll ?? false }) { return [alone] }
        return marks.enumerated().filter { index, mark in
            !marks[(index + 1)...].contains { $0.type == mark.type }
        }.map(\.element)
    }

    /// The lists that hold a page's footnotes; they close the document.
    package static let footnoteLists: Set<String> = ["footnotes", "footnotesList"]

    /// One list of all footnotes at the end, and at least one block before it.
    private func placingFootnotes(_ blocks: [Node], _ outside: [Node]) -> [Node] {
        let lists = blocks.filter { $0.type == "footnotes" }
        var others = blocks.filter { $0.type != "footnotes" }
        if others.isEmpty { others = [Node("paragraph")] }
        let loose = outside.flatMap { $0.type == "footnotes" ? $0.children : [$0] }
        if loose.isEmpty, lists.count < 2 { return others + lists }
        let attrs = (lists + outside).first { $0.type == "footnotes" }?.attrs
        return others + [Node("footnotes", attrs: attrs, content: lists.flatMap(\.children) + loose)]
    }
}
