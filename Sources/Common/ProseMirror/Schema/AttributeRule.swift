package import JSON

/// One attribute of a node or mark.
package struct AttributeRule: Sendable {
    /// The kinds of value that are met in real documents. `null` is always one of them.
    package enum Kind: String, Sendable {
        case string = "a string"
        case number = "a number"
        case boolean = "a boolean"
        /// A number, or a text such as "75%" or (old imports) "600".
        case measure = "a number or a string"
        /// A boolean, or the "" that HTML imports leave.
        case flag = "a boolean or a string"
        case numbers = "a list of numbers"
        case any = "any value"
    }

    package let name: String
    package let kind: Kind
    /// What the absent attribute means; nil is *undefined*: only the absent attribute means that.
    package let fallback: JSONValue?
    package let isRequired: Bool

    init(_ name: String, _ kind: Kind, _ fallback: JSONValue?, isRequired: Bool = false) {
        self.name = name
        self.kind = kind
        self.fallback = fallback
        self.isRequired = isRequired
    }

    /// Whether a value is one of the kinds that the attribute may hold.
    package func accepts(_ value: JSONValue) -> Bool {
        switch (kind, value) {
        case (_, .null), (.any, _): true
        case (.string, .string), (.measure, .string), (.flag, .string): true
        case (.number, .number), (.measure, .number): true
        case (.boolean, .bool), (.flag, .bool): true
        case (.numbers, .array(let values)): values.allSatisfy { $0.isNull || $0.number != nil }
        default: false
        }
    }
}

extension AttributeRule {
    static func string(_ name: String, _ fallback: JSONValue? = .null) -> Self { Self(name, .string, fallback) }
    static func number(_ name: String, _ fallback: JSONValue) -> Self { Self(name, .number, fallback) }
    static func boolean(_ name: String) -> Self { Self(name, .boolean, false) }
    static func measure(_ name: String, _ fallback: JSONValue? = .null) -> Self { Self(name, .measure, fallback) }
    /// Absent when unset: the editor declares no default.
    static func undefined(_ name: String) -> Self { Self(name, .string, nil) }
    static func required(_ name: String) -> Self { Self(name, .string, nil, isRequired: true) }
}
