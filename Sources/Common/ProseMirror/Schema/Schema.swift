import JSON

/// The two editors whose documents we read and write.
package enum Flavor: String, Sendable, CaseIterable {
    /// Docmost.
    case upstream
    /// The gitmost fork.
    case fork
}

/// The rules of a flavour's documents: nodes, marks, attributes, and what may stand where.
///
/// The rules themselves are the tables in `Schema+nodes.swift` and `Schema+marks.swift`.
package struct Schema: Sendable {
    package let flavor: Flavor
    private let nodes: [String: NodeRule]
    private let marks: [String: MarkRule]

    package static let upstream = Schema(.upstream)
    package static let fork = Schema(.fork)

    /// The schema of a flavour.
    package static func of(_ flavor: Flavor) -> Schema { flavor == .upstream ? upstream : fork }

    private init(_ flavor: Flavor) {
        self.flavor = flavor
        let rows = Schema.nodeTable.filter { $0.flavors.contains(flavor) }
        var groups: [String: Set<String>] = [:]
        for row in rows {
            for group in row.groups { groups[group, default: []].insert(row.name) }
        }
        // Since Docmost's text-direction extension every node but text can have a direction.
        let direction = flavor == .upstream ? [AttributeRule.string("dir", "auto")] : []
        nodes = Dictionary(
            uniqueKeysWithValues: rows.map { row in
                (row.name, NodeRule(row, groups: groups, common: row.name == "text" ? [] : direction))
            }
        )
        marks = Dictionary(
            uniqueKeysWithValues: Schema.markTable.filter { $0.flavors.contains(flavor) }.map { ($0.name, $0) }
        )
    }

    /// The rule of a node type; nil for a type that this flavour does not have.
    package func node(_ type: String) -> NodeRule? { nodes[type] }

    /// The rule of a mark type; nil for a type that this flavour does not have.
    package func mark(_ type: String) -> MarkRule? { marks[type] }

    /// Every node type, sorted.
    package var nodeTypes: [String] { nodes.keys.sorted() }

    /// Every mark type by rank.
    package var markTypes: [String] { marks.values.sorted { $0.rank < $1.rank }.map(\.name) }
}

/// The rule of one node type.
package struct NodeRule: Sendable {
    package let name: String
    package let content: ContentExpression
    package let isInline: Bool
    package let isBlock: Bool
    /// Its text is code: no marks, every line break counts.
    package let isCode: Bool
    package let isAtom: Bool
    package let isIsolating: Bool
    package let attributes: [AttributeRule]

    /// Whether its children are inline: a paragraph, a heading, a summary, a code block.
    package var isTextblock: Bool { !isInline && content.admits("text") }
    package var isLeaf: Bool { content.terms.isEmpty }

    /// The rule of an attribute; nil for one that the schema does not know.
    package func attribute(_ name: String) -> AttributeRule? { attributes.first { $0.name == name } }

    init(_ row: NodeRow, groups: [String: Set<String>], common: [AttributeRule]) {
        name = row.name
        content = row.content.isEmpty ? .empty : ContentExpression(row.content, groups: groups)
        isInline = row.groups.contains("inline")
        isBlock = row.groups.contains("block")
        isCode = row.traits.contains(.code)
        isAtom = row.traits.contains(.atom)
        isIsolating = row.traits.contains(.isolating)
        attributes = row.attributes + common
    }
}

/// The rule of one mark type.
package struct MarkRule: Sendable {
    package let name: String
    /// The place in a node's list of marks.
    package let rank: Int
    package let attributes: [AttributeRule]
    /// Whether no other mark may stand on the same text.
    package let excludesAll: Bool
    let flavors: Set<Flavor>

    /// The rule of an attribute; nil for one that the schema does not know.
    package func attribute(_ name: String) -> AttributeRule? { attributes.first { $0.name == name } }
}
