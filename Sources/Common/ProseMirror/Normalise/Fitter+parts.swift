import JSON

/// The parts that containers need, and runs of inline nodes between blocks.
extension Fitter {
    /// Wraps runs of inline nodes in paragraphs where the parent holds blocks.
    func wrappingInline(_ children: [Node], in rule: NodeRule) -> [Node] {
        guard children.contains(where: { isInline($0) }) else { return children }
        var result: [Node] = []
        var run: [Node] = []
        for child in children + [Node("")] {
            if isInline(child) {
                run.append(child)
                continue
            }
            if !run.isEmpty { result.append(Node("paragraph", content: run)) }
            run = []
            if !child.type.isEmpty { result.append(child) }
        }
        return result
    }

    private func isInline(_ node: Node) -> Bool { schema.node(node.type)?.isInline ?? false }

    /// Adds what the content rule requires and the children lack. An empty list, table or row of columns stays empty:
    /// its parent drops it.
    func completed(_ children: [Node], _ rule: NodeRule) -> [Node] {
        if children.contains(where: { schema.node($0.type) == nil }) { return children }
        switch rule.name {
        case "listItem", "taskItem":
            return children.first?.type == "paragraph" ? children : [Node("paragraph")] + children
        case "doc", "details": return children
        default:
            guard children.isEmpty, let term = rule.content.terms.first, term.isRequired else { return children }
            return term.types.contains("paragraph") ? [Node("paragraph")] : []
        }
    }

    /// Summary and content of a `details`, from whatever it holds: one of each, in order.
    mutating func detailsParts(of node: Node) -> [Node] {
        let children = node.children.flatMap { $0.type == "detailsSummary" ? pieces(of: $0) : [$0] }
        if children.map(\.type) == ["detailsSummary", "detailsContent"] { return children }
        let summary = children.first { $0.type == "detailsSummary" } ?? Node("detailsSummary")
        var hasSummary = false
        var body: [Node] = []
        for child in children {
            if child.type == "detailsSummary", !hasSummary {
                hasSummary = true
            } else if child.type == "detailsContent" {
                body += child.children
            } else {
                body.append(child)
            }
        }
        let attrs = children.first { $0.type == "detailsContent" }?.attrs
        return [summary, Node("detailsContent", attrs: attrs, content: body.isEmpty ? nil : body)]
    }

    /// A list whose items are of two kinds, as one list for each run; the numbers of an ordered one go on.
    func splitLists(_ node: Node) -> [Node] {
        guard node.children.contains(where: { Fitter.isForeignItem($0.type, in: node.type) }) else { return [node] }
        let foreign = node.type == "taskList" ? "listItem" : "taskItem"
        let other = node.type == "taskList" ? "bulletList" : "taskList"
        var parts: [Node] = []
        for (index, item) in node.children.enumerated() {
            let type = item.type == foreign ? other : node.type
            if let last = parts.indices.last, parts[last].type == type {
                parts[last].content?.append(item)
                continue
            }
            var part = Node(type, attrs: type == node.type ? node.attrs : nil, content: [item])
            if type == "orderedList", index > 0 {
                let start = node.attribute("start")?.int ?? 1
                let (number, isTooLarge) = start.addingReportingOverflow(index)
                part.attrs = part.attrs ?? [:]
                part.attrs?["start"] = .number(JSONNumber(isTooLarge ? start : number))
            }
            parts.append(part)
        }
        return parts
    }
}
