import JSON
import ProseMirror

/// Writes inline nodes that are not text.
struct InlineAtomWriter {
    let style: InlineStyle
    let options: MarkdownOptions

    func text(_ node: Node) -> String {
        switch node.type {
        case "mathInline": math(node)
        case "mention": mention(node)
        case "footnoteReference": footnote(node)
        case "status": status(node)
        default: other(node)
        }
    }

    private func math(_ node: Node) -> String {
        if style.text == .plain, node.attrs?.members.count == 1, let text = node.attribute("text")?.string {
            let bytes = Array(text.utf8)
            let isPlain =
                !bytes.isEmpty && !bytes.contains { $0 == ASCII.backtick || $0 == ASCII.dollar || $0.isLineEnd }
                && !bytes[0].isWhitespace && !bytes[bytes.count - 1].isWhitespace && bytes.last != ASCII.backslash
                && !(style.place == .cell && bytes.contains(ASCII.pipe))
            if isPlain { return "$" + text + "$" }
            let isOneLine = !bytes.isEmpty && !bytes.contains { $0.isLineEnd } && style.place != .cell
            if isOneLine, bytes.first != ASCII.backtick, bytes.last != ASCII.backtick {
                let fence = String(repeating: "`", count: longestRun(of: ASCII.backtick, bytes) + 1)
                return "$" + fence + text + fence + "$"
            }
        }
        return element("span", node, shown: "")
    }

    private func mention(_ node: Node) -> String {
        if style.text == .plain, let (label, destination) = Mention.link(node) {
            var escaper = TextEscaper(
                surroundings: TextEscaper.Surroundings(hasLinkEnd: true, dollars: 2, tildeRuns: 2, equalsRuns: 2)
            )
            escaper.isInLink = true
            escaper.isCell = style.place == .cell
            var out: [UInt8] = []
            escaper.write(label, to: &out, isLineStart: false, isFirstLine: true, isEnd: false, beforeLink: true)
            return "[" + String(decoding: out, as: UTF8.self) + "](" + destination + ")"
        }
        return element("span", node, shown: "")
    }

    private func footnote(_ node: Node) -> String {
        let name = options.flavor == .fork ? "id" : "data-id"
        if style.text != .html, node.content == nil, node.attrs?.members.count == 1,
            let label = node.attribute(name)?.string,
            options.footnoteLabels?.contains(Array(label.utf8)) == true, style.place != .cell || !label.contains("|")
        {
            return "[^" + label + "]"
        }
        let shown = node.children.count == 1 ? node.children[0].text ?? "" : ""
        return element("sup", node, shown: self.shown(shown))
    }

    private func shown(_ text: String) -> String {
        let bytes =
            style.text == .html
            ? SureText.html(text, isStart: false, isEnd: false)
            : SureText.escaped(text, isStart: false, isEnd: false)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func status(_ node: Node) -> String {
        guard style.text != .escaped, let text = node.attribute("text")?.string, !text.isEmpty else {
            return element("span", node, shown: "")
        }
        var rest = node
        rest.attrs?["text"] = nil
        return element("span", rest, shown: shown(text))
    }

    private func other(_ node: Node) -> String {
        if InlineAtoms.isKnown(node.type) { return element("span", node, shown: "") }
        let attributes = [("data-node", node.type)] + HTMLText.rest(node.attrs ?? JSONObject())
        return HTMLText.tag("span", attributes) + "</span>"
    }

    private func element(_ name: String, _ node: Node, shown: String) -> String {
        let (spelled, rest) = ElementAttributes.spell(node.attrs, as: node.type)
        return HTMLText.tag(name, [("data-type", node.type)] + spelled + HTMLText.rest(rest)) + shown + "</" + name
            + ">"
    }
}
