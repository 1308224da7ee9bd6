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
        } else if (Schema.upstream.node(node.type) ?? Schema.fork.node(node.type))?.isTextblock ?? false {
            for part in Textblock.split(node.children, as: "paragraph", attrs: nil) {
                if part.type == "paragraph" { result.append(part) } else { add(part, to: &result) }
            }
        } else if let content = node.content {
            if node.type == "callout" { result += paragraph(["type", "icon"].compactMap { node.text(of: $0) }) }
            for child in content { add(child, to: &result) }
        } else {
            addAtom(node, to: &result)
        }
    }

    /// What an atom is called, as a link where it has an address, and what is written below it.
    private static func addAtom(_ node: Node, to result: inout [Node]) {
        let address = node.text(of: "src") ?? node.text(of: "url")
        let name = ["alt", "name", "title", "text"].lazy.compactMap { node.text(of: $0) }.first ?? address
        guard let name else { return }
        let link = address.map { Mark("link", attrs: ["href": .string($0)]) }
        var content = [Node.text(name, link.map { [$0] })]
        if let caption = node.text(of: "caption") { content.append(.text(" " + caption)) }
        result.append(Node("paragraph", content: content))
    }

    private static func paragraph(_ words: [String]) -> [Node] {
        words.isEmpty ? [] : [Node("paragraph", content: [.text(words.joined(separator: " "))])]
    }
}

extension Node {
    /// The text of an attribute that has one.
    fileprivate func text(of name: String) -> String? {
        attribute(name)?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
}
