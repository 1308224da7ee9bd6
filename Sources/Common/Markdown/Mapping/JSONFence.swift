import JSON
import ProseMirror

/// A code block of this language holds nodes as JSON: the form that any node has.
enum JSONFence {
    static let language = "docmost-json"

    /// The nodes of a fence; nil when it is not JSON of block nodes.
    static func nodes(_ bytes: Bytes, _ range: Range<Int>) -> [Node]? {
        guard let value = try? JSONValue(parsing: Array(bytes[range])) else { return nil }
        let values = value.array ?? [value]
        var nodes: [Node] = []
        for value in values {
            guard let node = try? Node(json: value), !isInline(node.type), node.type != "doc" else { return nil }
            nodes.append(node)
        }
        return nodes
    }

    private static func isInline(_ type: String) -> Bool {
        Schema.upstream.node(type)?.isInline ?? Schema.fork.node(type)?.isInline ?? false
    }

    static func text(_ node: Node) -> [UInt8] { node.json.bytes(JSONStyle(isMarkupSafe: true)) }
}
