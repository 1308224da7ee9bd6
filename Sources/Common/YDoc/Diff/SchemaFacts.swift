internal import JSON
internal import ProseMirror

/// What the comparison asks the schema again and again, looked up once per type.
struct SchemaFacts {
    /// Of one node or mark type.
    struct TypeFacts {
        let isKnown: Bool
        let isTextblock: Bool
        /// Fingerprints of the defaults; an attribute that has its default is as good as absent.
        let defaults: [String: UInt64]
        /// The attributes that a new node gets if the target does not have them.
        let initial: [(name: String, value: JSONValue)]
        let names: Set<String>
        /// Whether `id` only names the block, and stays if the target says nothing.
        let hasBlockID: Bool
    }

    private let schema: Schema
    private var nodes: [String: TypeFacts] = [:]
    private var marks: [String: TypeFacts] = [:]

    init(_ schema: Schema) { self.schema = schema }

    mutating func node(_ type: String) -> TypeFacts {
        if let facts = nodes[type] { return facts }
        let rule = schema.node(type)
        let facts = TypeFacts(
            rule?.attributes,
            isTextblock: rule?.isTextblock ?? false,
            hasBlockID: ["paragraph", "heading", "transclusionSource"].contains(type)
        )
        nodes[type] = facts
        return facts
    }

    mutating func mark(_ type: String) -> TypeFacts {
        if let facts = marks[type] { return facts }
        let facts = TypeFacts(schema.mark(type)?.attributes, isTextblock: false, hasBlockID: false)
        marks[type] = facts
        return facts
    }

    func markRule(_ type: String) -> MarkRule? { schema.mark(type) }
}

extension SchemaFacts.TypeFacts {
    fileprivate init(_ rules: [AttributeRule]?, isTextblock: Bool, hasBlockID: Bool) {
        let fallbacks = (rules ?? []).compactMap { rule in rule.fallback.map { (name: rule.name, value: $0) } }
        self.init(
            isKnown: rules != nil,
            isTextblock: isTextblock,
            defaults: Dictionary(fallbacks.map { ($0.name, Digest.of($0.value)) }) { first, _ in first },
            initial: fallbacks.filter { !$0.value.isNull },
            names: Set((rules ?? []).map(\.name)),
            hasBlockID: hasBlockID
        )
    }

    /// The fingerprint of an attribute's meaning; nil if it is the same as no attribute.
    func meaning(_ name: String, _ value: JSONValue?) -> UInt64? {
        guard let value, !value.isNull else { return nil }
        let digest = Digest.of(value)
        return defaults[name] == digest ? nil : digest
    }
}
