import JSON

/// What a document means, apart from the ways to spell it in JSON.
///
/// In canonical form a default is absent, marks stand in the order of their ranks and only on text, text is not cut
/// without need, attributes are sorted, numbers have their shortest spelling, and nothing empty is written. Two nodes
/// with one canonical form are the same to the editor. Unknown nodes, marks and attributes are part of the meaning.
/// Defaults of both flavours count, so the form does not depend on where a document came from.
package struct Canonical: Sendable {
    /// Whether the ids of paragraphs and headings count.
    package var ids: Bool
    /// Whether comment marks count.
    package var comments: Bool

    package init(ids: Bool, comments: Bool) {
        self.ids = ids
        self.comments = comments
    }

    /// What Markdown shows: neither ids nor comments.
    package static let shown = Canonical(ids: false, comments: false)
    /// Everything.
    package static let full = Canonical(ids: true, comments: true)

    /// The canonical form of a node and all below it.
    package func form(of node: Node) -> Node {
        Node(
            node.type,
            attrs: attributes(of: node),
            content: children(node.content),
            marks: node.isText ? marks(node.marks) : nil,
            text: node.text,
            extra: members(node.extra)
        )
    }

    /// Whether two nodes mean the same.
    package func isSame(_ left: Node, _ right: Node) -> Bool { key(of: left) == key(of: right) }

    // MARK: Children

    private func children(_ content: [Node]?) -> [Node]? {
        guard let content, !content.isEmpty else { return nil }
        var merged: [Node] = []
        merged.reserveCapacity(content.count)
        for child in content {
            let form = form(of: child)
            if form.isText, form.text?.isEmpty ?? true, form.extra == nil { continue }
            if let last = merged.indices.last, canMerge(merged[last], form) {
                merged[last].text = (merged[last].text ?? "") + (form.text ?? "")
            } else {
                merged.append(form)
            }
        }
        return merged.isEmpty ? nil : merged
    }

    private func canMerge(_ left: Node, _ right: Node) -> Bool {
        left.isText && right.isText && left.attrs == nil && right.attrs == nil && left.extra == nil
            && right.extra == nil && left.marks == right.marks
    }

    // MARK: Attributes

    private func attributes(of node: Node) -> JSONObject? {
        guard let attrs = node.attrs, !attrs.isEmpty else { return nil }
        let fallbacks = Fallbacks.nodes[node.type]
        let hidesID = !ids && (node.type == "paragraph" || node.type == "heading")
        let isDocument = node.type == "doc"
        return members(attrs) { name, value in
            if hidesID, name == "id" { return false }
            // The direction of a whole document is never stored with a page.
            if isDocument, name == "dir" { return false }
            return !(fallbacks?.isDefault(name, value) ?? false)
        }
    }

    private func members(
        _ object: JSONObject?,
        where counts: (String, JSONValue) -> Bool = { _, value in !value.isNull }
    ) -> JSONObject? {
        guard let object else { return nil }
        var members: [JSONObject.Member] = []
        for (name, value) in object.members {
            let value = canonical(value)
            if counts(name, value) { members.append((name, value)) }
        }
        guard !members.isEmpty else { return nil }
        if members.count > 1 { members.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } }
        return JSONObject(members)
    }

    private func canonical(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null, .bool, .string: value
        case .number(let number): .number(number.canonical)
        case .array(let elements): .array(elements.map(canonical))
        case .object(let object): .object(members(object) { _, _ in true } ?? JSONObject())
        }
    }

    // MARK: Marks

    private func marks(_ marks: [Mark]?) -> [Mark]? {
        guard let marks, !marks.isEmpty else { return nil }
        var forms: [Mark] = []
        for mark in marks where comments || mark.type != "comment" {
            let fallbacks = Fallbacks.marks[mark.type]
            let attrs = members(mark.attrs) { name, value in !(fallbacks?.isDefault(name, value) ?? false) }
            // `attrs: true` of older servers says nothing.
            let extra = members(mark.extra) { name, value in name != "attrs" && !value.isNull }
            let form = Mark(mark.type, attrs: attrs, extra: extra)
            if !forms.contains(form) { forms.append(form) }
        }
        if forms.count > 1 { forms.sort(by: Mark.isOrdered) }
        return forms.isEmpty ? nil : forms
    }
}

extension JSONNumber {
    /// The shortest spelling of the value that an editor, whose numbers are doubles, would read.
    fileprivate var canonical: JSONNumber {
        // Most numbers are short and already in that form.
        if text.utf8.count < 16, text.utf8.first != UInt8(ascii: "-"), text.utf8.allSatisfy({ $0 &- 0x30 < 10 }),
            text.utf8.first != UInt8(ascii: "0") || text.utf8.count == 1
        {
            return self
        }
        let value = double
        return JSONNumber(value == 0 ? 0 : value) ?? self
    }
}

extension Mark {
    /// Known marks by rank, then unknown ones by name, then by what they hold.
    package static func isOrdered(_ left: Mark, _ right: Mark) -> Bool {
        let ranks = (Fallbacks.ranks[left.type] ?? .max, Fallbacks.ranks[right.type] ?? .max)
        if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
        return left.json.bytes().lexicographicallyPrecedes(right.json.bytes())
    }
}

/// The defaults of every node and mark of both flavours.
private struct Fallbacks: Sendable {
    private let values: [String: JSONValue]

    static let nodes: [String: Fallbacks] = {
        let direction = AttributeRule.string("dir", "auto")
        let rows = Schema.nodeTable.map { ($0.name, $0.attributes + ($0.name == "text" ? [] : [direction])) }
        return Dictionary(grouping: rows, by: \.0).mapValues { Fallbacks($0.flatMap(\.1)) }
    }()
    static let marks = Dictionary(
        uniqueKeysWithValues: Schema.markTable.map { ($0.name, Fallbacks($0.attributes)) }
    )
    static let ranks = Dictionary(uniqueKeysWithValues: Schema.markTable.map { ($0.name, $0.rank) })

    private init(_ rules: [AttributeRule]) {
        values = rules.reduce(into: [:]) { if let fallback = $1.fallback { $0[$1.name] = fallback } }
    }

    func isDefault(_ name: String, _ value: JSONValue) -> Bool { values[name] == value }
}
