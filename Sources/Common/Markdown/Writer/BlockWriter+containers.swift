import JSON
import ProseMirror

extension BlockWriter {
    /// Writes the blocks of a container one level deeper.
    mutating func nest(_ more: String, _ body: (inout BlockWriter) -> Void) {
        let outer = out.indent(by: more)
        depth += 1
        body(&self)
        depth -= 1
        out.outdent(to: outer)
    }

    mutating func writeQuote(_ node: Node, _ form: Forms) {
        guard form.rung < .element, node.content != nil else {
            writeElement(node, form)
            return
        }
        wrap(WrapperSpelling.attributes(node.attrs ?? JSONObject(), on: node.type)) { writer in
            writer.nest("> ") { $0.writeBody(node.children, form) }
        }
    }

    /// The blocks of a quote; a single empty paragraph is an empty line.
    private mutating func writeBody(_ nodes: [Node], _ form: Forms) {
        if nodes.count == 1, nodes[0].isEmptyParagraph, form[0].rung == .plain {
            out.endLine()
        } else {
            write(nodes, form)
        }
    }

    mutating func writeCallout(_ node: Node, _ form: Forms) {
        let type = node.attribute("type")?.string ?? "info"
        let icon = node.attribute("icon")
        let others = node.attrs?.members.filter { $0.key != "type" && $0.key != "icon" } ?? []
        guard form.rung < .element, node.content != nil, isPlainType(type), icon.map(isPlainIcon) ?? true else {
            writeElement(node, form)
            return
        }
        wrap(WrapperSpelling.attributes(JSONObject(others), on: node.type)) { writer in
            writer.nest("> ") { writer in
                writer.out.writeLine("[!" + type + (icon?.string.map { "|" + $0 } ?? "") + "]")
                if node.children.count > 1 || !node.children[0].isEmptyParagraph || form[0].rung != .plain {
                    writer.write(node.children, form)
                }
            }
        }
    }

    private func isPlainType(_ type: String) -> Bool {
        !type.isEmpty
            && type.utf8.allSatisfy {
                ($0.isAlphanumeric && $0 == $0.lowercased) || $0 == ASCII.dash || $0 == ASCII.underscore
            }
    }

    private func isPlainIcon(_ icon: JSONValue) -> Bool {
        guard let text = icon.string else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            scalar.value >= 0x20 && !"]\\&".unicodeScalars.contains(scalar) && scalar.value != 0x7F
        }
    }

    // MARK: Elements

    /// A container as an element around its blocks.
    mutating func writeElement(_ node: Node, _ form: Forms) {
        guard node.text == nil, node.extra == nil, node.marks == nil else {
            writeJSON(node)
            return
        }
        let open = HTMLText.tag("div", elementAttributes(node))
        guard let content = node.content else {
            out.writeLine(open + "</div>")
            return
        }
        if node.type == "detailsSummary" {
            writeText(content, open, "</div>")
            return
        }
        guard !content.contains(where: isInline) else {
            writeJSON(node)
            return
        }
        out.writeLine(open)
        depth += 1
        // Columns stand directly in their element: only tags, so nothing has to be set off by blank lines.
        let isTagsOnly = content.allSatisfy { $0.type == "column" }
        if isTagsOnly {
            for (index, child) in content.enumerated() { write(child, form[index]) }
        } else {
            out.endLine()
            write(content, form)
            out.endLine()
        }
        depth -= 1
        out.writeLine("</div>")
    }

    private func isInline(_ node: Node) -> Bool {
        node.isText || Schema.upstream.node(node.type)?.isInline ?? Schema.fork.node(node.type)?.isInline ?? false
    }

    private func elementAttributes(_ node: Node) -> [(String, String)] {
        guard ElementAttributes.entries(of: node.type) != nil else {
            return [("data-node", node.type)] + HTMLText.rest(node.attrs ?? JSONObject())
        }
        let (spelled, rest) = ElementAttributes.spell(node.attrs, as: node.type)
        return [("data-type", node.type)] + spelled + HTMLText.rest(rest)
    }

    private mutating func writeText(_ content: [Node], _ open: String, _ close: String) {
        out.write(open)
        out.write(InlineWriter.write(content, InlineStyle(text: .html, place: .element), options))
        out.writeLine(close)
    }

    /// `<details open>`, the summary on its line, the body between blank lines.
    mutating func writeDetails(_ node: Node, _ form: Forms) {
        let parts = node.children
        guard form.rung < .element || parts.count == 2, parts.count == 2, parts[0].type == "detailsSummary",
            parts[1].type == "detailsContent"
        else {
            writeElement(node, form)
            return
        }
        var rest = node.attrs ?? JSONObject()
        var attributes: [(String, String)] = []
        if let direction = rest["dir"]?.string {
            attributes.append(("dir", direction))
            rest["dir"] = nil
        }
        let isOpen = rest["open"] == true
        if isOpen { rest["open"] = nil }
        let tag = HTMLText.tag("details", attributes + HTMLText.rest(rest))
        out.writeLine(isOpen ? "<details open" + tag.dropFirst("<details".count) : tag)
        let (spelled, others) = ElementAttributes.spell(parts[0].attrs, as: "detailsSummary")
        writeText(parts[0].children, HTMLText.tag("summary", spelled + HTMLText.rest(others)), "</summary>")
        depth += 1
        writeDetailsBody(parts[1], form[1])
        depth -= 1
        out.writeLine("</details>")
    }

    private mutating func writeDetailsBody(_ body: Node, _ form: Forms) {
        let isExplicit = body.attrs != nil || (body.children.count == 1 && body.children[0].type == "detailsContent")
        guard isExplicit || body.content != nil else { return }
        out.endLine()
        if isExplicit { writeElement(body, form) } else { write(body.children, form) }
        out.endLine()
    }
}

extension Node {
    /// Whether it is a paragraph that holds nothing and says nothing.
    var isEmptyParagraph: Bool { type == "paragraph" && content == nil && attrs == nil }
}
