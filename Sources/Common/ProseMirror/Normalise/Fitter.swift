import JSON

/// Fits children into the content rules of their parents, from the leaves up.
struct Fitter {
    let schema: Schema
    /// Whether footnotes in the wrong place leave their text there, instead of moving to the end of the document.
    var unwrapsFootnotes = false
    /// Footnotes found anywhere else than at the end of the document.
    var footnotes: [Node] = []

    /// What became of a parent's children, and what could not stay below it.
    struct Fitted {
        var children: [Node] = []
        var overflow: [Node] = []
    }

    /// Fits children into a container; textblocks go through `pieces(ofTextblock:)`.
    mutating func fit(_ children: [Node], into rule: NodeRule) -> Fitted {
        var fitted = Fitted()
        let offered = wrappingInline(children.flatMap { pieces(of: $0) }, in: rule)
        for child in offered { place(child, into: rule, &fitted) }
        fitted.children = completed(fitted.children, rule)
        return fitted
    }

    // MARK: One child

    /// The nodes that take a child's place: itself with fitted content, and what did not fit in it behind it.
    mutating func pieces(of node: Node) -> [Node] {
        guard let rule = schema.node(node.type) else { return [node] }
        if rule.isLeaf || rule.isInline { return emptied(node, rule) }
        if rule.isTextblock { return pieces(ofTextblock: node, rule) }
        var node = node
        if node.type == "details" { node.content = detailsParts(of: node) }
        let fitted = fit(node.children, into: rule)
        if !(node.content == nil && fitted.children.isEmpty) { node.content = fitted.children }
        guard !fitted.children.isEmpty || rule.content.mismatch(in: []) == nil else { return fitted.overflow }
        return splitLists(node) + fitted.overflow
    }

    /// An atom, with what stands in it behind it.
    private mutating func emptied(_ node: Node, _ rule: NodeRule) -> [Node] {
        if rule.content.mismatch(in: node.children.map(\.type)) == nil { return [node] }
        var atom = node
        atom.content = nil
        return [atom] + node.children.flatMap { pieces(of: $0) }
    }

    /// A textblock, cut at every block that stands in it.
    private mutating func pieces(ofTextblock node: Node, _ rule: NodeRule) -> [Node] {
        guard node.children.contains(where: { isBlock($0) }) else { return [node] }
        var result: [Node] = []
        var run: [Node] = []
        func endRun() {
            guard !run.isEmpty else { return }
            var part = node
            part.content = run
            // An id names one block only.
            if !result.isEmpty { part.attrs?["id"] = nil }
            result.append(part)
            run = []
        }
        for child in node.children {
            if isBlock(child) {
                endRun()
                result += pieces(of: child)
            } else {
                run.append(child)
            }
        }
        endRun()
        return result
    }

    private func isBlock(_ node: Node) -> Bool { schema.node(node.type).map { !$0.isInline } ?? false }

    // MARK: Placing

    private mutating func place(_ node: Node, into rule: NodeRule, _ fitted: inout Fitted) {
        guard let own = schema.node(node.type) else { return fitted.children.append(node) }
        // A list with items of two kinds is cut when it is complete.
        let isComplete = own.attributes.allSatisfy { !$0.isRequired || node.attrs?[$0.name] != nil }
        if isComplete, rule.content.admits(node.type) || Fitter.isForeignItem(node.type, in: rule.name) {
            return fitted.children.append(node)
        }
        if isComplete, !unwrapsFootnotes, node.type == "footnotes" || node.type == "footnote" {
            return footnotes.append(node)
        }
        if let wrapped = wrapped(node, for: rule) {
            return merge(wrapped, into: &fitted.children)
        }
        if !own.isTextblock, !own.isLeaf, !node.children.isEmpty {
            for child in node.children { place(child, into: rule, &fitted) }
        } else if own.isTextblock, rule.content.admits("paragraph") {
            fitted.children.append(Node("paragraph", content: node.content))
        } else {
            fitted.overflow.append(node)
        }
    }

    /// The node inside as few wrappers as make it fit; nil when none do.
    private func wrapped(_ node: Node, for rule: NodeRule) -> Node? {
        var candidate = node
        for _ in 0..<3 {
            guard let wrapper = Fitter.wrapper(of: candidate.type, in: rule.name),
                schema.node(wrapper)?.content.admits(candidate.type) ?? false
            else { return nil }
            let isItem = wrapper == "listItem" || wrapper == "taskItem"
            candidate = Node(wrapper, content: isItem ? item(candidate) : [candidate])
            if rule.content.admits(candidate.type) { return candidate }
        }
        return nil
    }

    static func isForeignItem(_ type: String, in list: String) -> Bool {
        switch (type, list) {
        case ("listItem", "taskList"), ("taskItem", "bulletList"), ("taskItem", "orderedList"): true
        default: false
        }
    }

    private func item(_ first: Node) -> [Node] {
        first.type == "paragraph" ? [first] : [Node("paragraph"), first]
    }

    /// What holds a type that stands in the wrong place, seen from the parent.
    private static func wrapper(of type: String, in parent: String) -> String? {
        switch (type, parent) {
        case ("listItem", _): "bulletList"
        case ("taskItem", _): "taskList"
        case ("tableCell", _), ("tableHeader", _): "tableRow"
        case ("tableRow", _): "table"
        case ("footnoteDefinition", _): "footnotesList"
        case (_, "bulletList"), (_, "orderedList"): "listItem"
        case (_, "taskList"): "taskItem"
        case ("table", "table"), ("table", "tableRow"): nil
        case (_, "tableRow"), (_, "table"): "tableCell"
        case (_, "columns"): "column"
        default: nil
        }
    }

    /// Neighbours that were wrapped for the same reason share their wrapper.
    private func merge(_ wrapped: Node, into children: inout [Node]) {
        guard let last = children.indices.last, children[last].type == wrapped.type, wrapped.type != "listItem",
            wrapped.type != "taskItem", wrapped.type != "column", children[last].attrs == nil
        else { return children.append(wrapped) }
        children[last].content = children[last].children + wrapped.children
    }
}
