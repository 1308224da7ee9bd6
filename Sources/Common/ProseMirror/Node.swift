package import JSON

/// A node of a ProseMirror document, exactly as its JSON says.
///
/// `nil` and empty are told apart (`attrs: {}` is not the same bytes as no `attrs`), and members that the format
/// does not know are carried in `extra`, so that a document that is only read and written keeps every bit.
/// What two documents *mean* is compared by their canonical form, not by this type.
package struct Node: Sendable {
    package var type: String
    package var attrs: JSONObject?
    package var content: [Node]?
    package var marks: [Mark]?
    /// Only of `text` nodes.
    package var text: String?
    /// Members other than type, attrs, content, marks and text, and those of these that hold null.
    package var extra: JSONObject?

    package init(
        _ type: String,
        attrs: JSONObject? = nil,
        content: [Node]? = nil,
        marks: [Mark]? = nil,
        text: String? = nil,
        extra: JSONObject? = nil
    ) {
        self.type = type
        self.attrs = attrs
        self.content = content
        self.marks = marks
        self.text = text
        self.extra = extra
    }

    /// A text node.
    package static func text(_ text: String, _ marks: [Mark]? = nil) -> Node { Node("text", marks: marks, text: text) }

    package var isText: Bool { type == "text" }
    package var children: [Node] { content ?? [] }
    package func attribute(_ name: String) -> JSONValue? { attrs?[name] }
}

/// A mark on a text node, exactly as its JSON says. `attrs: true` (older servers) reads as no attributes.
package struct Mark: Sendable {
    package var type: String
    package var attrs: JSONObject?
    /// Members other than type and attrs, and an `attrs` that is no object.
    package var extra: JSONObject?

    package init(_ type: String, attrs: JSONObject? = nil, extra: JSONObject? = nil) {
        self.type = type
        self.attrs = attrs
        self.extra = extra
    }

    package func attribute(_ name: String) -> JSONValue? { attrs?[name] }
}
