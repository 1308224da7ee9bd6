import JSON
import ProseMirror

/// A footnote holds paragraphs only; what a file puts there beyond that is kept as their text.
enum FootnoteContent {
    static func paragraphs(_ nodes: [Node]) -> [Node] {
        if nodes.allSatisfy({ $0.type == "paragraph" }) { return nodes }
        var result: [Node] = []
        for node in nodes { add(node, to: &result) }
        return result.isEmpty ? [Node("paragraph")] : result
    }

    private static func add(_ node: Node, to result: inout [Node]) {
        if node.type == "paragraph" {
            result.append(node)
        } else if let first = node.content?.first, first.isText || node.type == "heading" {
            result.append(Node("paragraph", content: node.content))
        } else if let content = node.content {
            for child in content { add(child, to: &result) }
        } else if let shown = (node.attribute("alt") ?? node.attribute("text") ?? node.attribute("src"))?.string,
            !shown.isEmpty
        {
            result.append(Node("paragraph", content: [.text(shown)]))
        }
    }
}
