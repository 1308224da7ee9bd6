import JSON
import ProseMirror

/// An open HTML element and what it holds so far.
struct ElementFrame {
    var tag: HTMLTag
    /// Whether its attributes are left unread.
    var isIgnored = false
    var nodes: [Node] = []
    /// Text of the element itself.
    var inlines: [Node] = []

    /// Whether it only says something of the blocks in it.
    var isWrapper: Bool {
        tag.name == "div" && !tag.attributes.isEmpty && tag.attribute("data-type") == nil
            && tag.attribute("data-node") == nil
    }

    /// Whether text in it is its own content, not a paragraph's.
    var isTextblock: Bool {
        switch tag.name {
        case "p", "h1", "h2", "h3", "h4", "h5", "h6", "summary": true
        case "div": ["paragraph", "heading", "detailsSummary"].contains(tag.attribute("data-type"))
        default: false
        }
    }

    /// The nodes that the element means.
    func close() -> [Node] {
        switch tag.name {
        case "p": return textblock("paragraph")
        case "h1", "h2", "h3", "h4", "h5", "h6": return heading()
        case "summary":
            return [Node("detailsSummary", attrs: attributes("detailsSummary"), content: orNil(inlines))] + nodes
        case "thead", "tbody", "tfoot": return nodes
        case "table": return table()
        case "tr": return [Node("tableRow", attrs: attributes("tableRow"), content: cells())]
        case "td": return [cell("tableCell")]
        case "th": return [cell("tableHeader")]
        case "details": return [details()]
        default: return division()
        }
    }

    private func attributes(_ type: String) -> JSONObject? { ElementAttributes.read(tag, as: type) }

    private func orNil(_ nodes: [Node]) -> [Node]? { nodes.isEmpty ? nil : nodes }

    private func textblock(_ type: String) -> [Node] {
        guard nodes.isEmpty else {
            return inlines.isEmpty ? nodes : nodes + Textblock.split(inlines, as: "paragraph", attrs: nil)
        }
        return Textblock.split(inlines, as: type, attrs: Wrapper.attributes(tag, of: type))
    }

    private func heading() -> [Node] {
        var made = textblock("heading")
        guard let level = tag.name.last?.wholeNumberValue else { return made }
        for index in made.indices where made[index].type == "heading" && made[index].attrs?["level"] == nil {
            made[index].attrs = JSONObject([("level", .number(JSONNumber(level)))] + (made[index].attrs?.members ?? []))
        }
        return made
    }

    private func table() -> [Node] {
        let rows = nodes.filter { $0.type == "tableRow" }
        let others = nodes.filter { $0.type != "tableRow" }
        guard !rows.isEmpty else { return others }
        return [Node("table", attrs: attributes("table"), content: rows)] + others
    }

    private func cell(_ type: String) -> Node {
        let attrs = CellSpelling.read(tag)
        let content = nodes.isEmpty ? [Node("paragraph")] : nodes
        return Node(type, attrs: attrs.isEmpty ? nil : attrs, content: content)
    }

    /// The cells of a row; what stands loose between them becomes a cell, so that nothing is lost.
    private func cells() -> [Node] {
        var cells: [Node] = []
        var isLoose = false
        for node in nodes {
            if node.isCell {
                cells.append(node)
            } else if isLoose, let last = cells.indices.last {
                cells[last].content?.append(node)
            } else {
                cells.append(Node("tableCell", content: [node]))
            }
            isLoose = !node.isCell
        }
        return cells
    }

    private func details() -> Node {
        let summary = nodes.first { $0.type == "detailsSummary" } ?? Node("detailsSummary")
        var body = nodes
        if let index = body.firstIndex(where: { $0.type == "detailsSummary" }) { body.remove(at: index) }
        var attrs = JSONObject()
        if tag.attribute("open") != nil { attrs.members.append(("open", true)) }
        if let direction = tag.attribute("dir") { attrs.members.append(("dir", .string(direction))) }
        ElementAttributes.merge(tag.attribute("data-attrs"), into: &attrs)
        let content =
            body.count == 1 && body[0].type == "detailsContent" ? body[0] : Node("detailsContent", content: orNil(body))
        return Node("details", attrs: attrs.isEmpty ? nil : attrs, content: [summary, content])
    }

    private func division() -> [Node] {
        // A text or a document that holds blocks is no node.
        if ["text", "doc"].contains(tag.attribute("data-type") ?? tag.attribute("data-node")) { return nodes }
        if let type = tag.attribute("data-type") {
            if isTextblock { return [Node(type, attrs: attributes(type), content: orNil(inlines))] + nodes }
            return [Node(type, attrs: attributes(type), content: orNil(content(of: type)))]
        }
        if let type = tag.attribute("data-node") {
            var attrs = JSONObject()
            ElementAttributes.merge(tag.attribute("data-attrs"), into: &attrs)
            return [Node(type, attrs: attrs.isEmpty ? nil : attrs, content: orNil(nodes))]
        }
        return isWrapper && !isIgnored ? nodes.map { Wrapper.apply(tag, to: $0) } : nodes
    }

    /// Containers that must hold something hold an empty paragraph.
    private func content(of type: String) -> [Node] {
        let needsBlock = [
            "blockquote", "callout", "column", "transclusionSource", "tableCell", "tableHeader", "listItem",
            "taskItem", "footnote", "footnoteDefinition",
        ]
        return nodes.isEmpty && needsBlock.contains(type) ? [Node("paragraph")] : nodes
    }
}

/// `<div align="center" data-indent="2" dir="rtl">` around blocks: attributes that have no place in Markdown.
enum Wrapper {
    /// The spelling of each attribute, by node type; nil when it goes to `data-attrs`.
    static func spelling(of name: String, on type: String) -> (name: String, kind: AttributeRule.Kind)? {
        switch (type, name) {
        case (_, "dir"): ("dir", .string)
        case ("paragraph", "textAlign"), ("heading", "textAlign"): ("align", .string)
        case ("paragraph", "indent"), ("heading", "indent"): ("data-indent", .number)
        case ("paragraph", "id"), ("heading", "id"): ("data-id", .string)
        case ("orderedList", "type"): ("data-list-type", .string)
        case ("orderedList", "start"): ("data-start", .number)
        default: nil
        }
    }

    private static let names = ["textAlign", "indent", "id", "type", "start", "dir"]

    static func attributes(_ tag: HTMLTag, of type: String) -> JSONObject? {
        var attrs = JSONObject()
        for name in names {
            guard let (spelled, kind) = spelling(of: name, on: type), let text = tag.attribute(spelled) else {
                continue
            }
            attrs.members.append((name, ElementAttributes.value(of: text, kind: kind)))
        }
        ElementAttributes.merge(tag.attribute("data-attrs"), into: &attrs)
        return attrs.isEmpty ? nil : attrs
    }

    /// A node with the wrapper's attributes; what the node says itself stays.
    static func apply(_ tag: HTMLTag, to node: Node) -> Node {
        guard !tag.attributes.isEmpty else { return node }
        var node = node.type == "table" ? TableWrapper.apply(tag, to: node) : node
        guard let attrs = attributes(tag, of: node.type) else { return node }
        var merged = node.attrs ?? JSONObject()
        for (name, value) in attrs.members where merged[name] == nil || name == "start" {
            merged[name] = value
        }
        node.attrs = merged
        return node
    }
}

extension Node {
    var isCell: Bool { type == "tableCell" || type == "tableHeader" }
}
