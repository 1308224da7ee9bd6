import JSON
package import ProseMirror

/// Pages as people write them: the friendliest Markdown must do for every one of these.
extension DocumentGenerator {
    /// A page of headings, paragraphs, lists, tables, code, callouts and pictures.
    package mutating func realisticDocument(blocks: ClosedRange<Int> = 5...20) -> Node {
        var children: [Node] = []
        for _ in 0..<random.number(blocks) {
            switch random.number(0...11) {
            case 0...1:
                children.append(
                    Node(
                        "heading",
                        attrs: ids(["level": .number(JSONNumber(random.number(1...3)))]),
                        content: plain(3...6)
                    )
                )
            case 2...5: children.append(realisticParagraph())
            case 6: children.append(list("bulletList", "listItem", depth: 2))
            case 7: children.append(list("orderedList", "listItem", depth: 1))
            case 8: children.append(list("taskList", "taskItem", depth: 1))
            case 9:
                children.append(
                    Node("codeBlock", attrs: ["language": "swift"], content: [.text("let x = 1\n\nprint(x) // *ok*")])
                )
            case 10: children.append(realisticTable())
            default:
                children.append(Node("callout", attrs: ["type": "warning"], content: [realisticParagraph()]))
            }
        }
        children.append(realisticParagraph())
        return Node("doc", content: children)
    }

    private mutating func ids(_ attrs: JSONObject = [:]) -> JSONObject {
        var attrs = attrs
        attrs["id"] = .string(random.editorID())
        return attrs
    }

    private mutating func plain(_ words: ClosedRange<Int>) -> [Node] { [.text(random.plainText(words: words))] }

    package mutating func realisticParagraph() -> Node {
        var content = plain(4...20)
        for _ in 0..<random.number(0...3) {
            let mark = random.pick([
                Mark("bold"), Mark("italic"), Mark("code"), Mark("link", attrs: ["href": "https://example.com/a"]),
                Mark("strike"),
            ])
            content.append(.text(" "))
            content.append(.text(random.plainText(words: 1...3), [mark]))
            content.append(.text(" " + random.plainText(words: 1...8)))
        }
        return Node("paragraph", attrs: ids(), content: content)
    }

    private mutating func list(_ type: String, _ item: String, depth: Int) -> Node {
        var items: [Node] = []
        for _ in 0..<random.number(2...5) {
            var children = [realisticParagraph()]
            if depth > 1, random.chance(30) { children.append(list(type, item, depth: depth - 1)) }
            let attrs: JSONObject? = item == "taskItem" ? ["checked": .bool(random.chance(50))] : nil
            items.append(Node(item, attrs: attrs, content: children))
        }
        return Node(type, content: items)
    }

    private mutating func realisticTable() -> Node {
        let columns = random.number(2...4)
        var rows: [Node] = []
        for row in 0..<random.number(2...5) {
            var cells: [Node] = []
            for _ in 0..<columns {
                let paragraph = Node("paragraph", attrs: ids(), content: plain(1...3))
                cells.append(Node(row == 0 ? "tableHeader" : "tableCell", content: [paragraph]))
            }
            rows.append(Node("tableRow", content: cells))
        }
        return Node("table", content: rows)
    }
}
