import JSON
import ProseMirror

/// How the attributes of nodes are spelled on HTML elements: `data-attachment-id="…"` for `attachmentId`.
///
/// An attribute whose value is not of the kind that the schema names goes into `data-attrs`, as JSON.
struct ElementAttributes {
    struct Entry {
        let rule: AttributeRule
        let name: String
    }

    /// The attributes of a known node type, of both flavours; nil for an unknown one.
    static func entries(of type: String) -> [Entry]? { table[type] }

    private static let table: [String: [Entry]] = {
        var table: [String: [Entry]] = [:]
        for schema in [Schema.upstream, Schema.fork] {
            for type in schema.nodeTypes {
                var entries = table[type] ?? []
                for rule in schema.node(type)?.attributes ?? []
                where !entries.contains(where: { $0.rule.name == rule.name }) {
                    entries.append(Entry(rule: rule, name: spelling(of: rule.name, on: type)))
                }
                table[type] = entries
            }
        }
        return table
    }()

    private static func spelling(of name: String, on type: String) -> String {
        if name == "dir" { return name }
        if type == "image", ["src", "alt", "width", "height", "align"].contains(name) { return name }
        // `data-type` says which node the element is.
        let full = name == "type" ? type + "Type" : name
        return "data-" + kebab(full)
    }

    private static func kebab(_ name: String) -> String {
        var result: [UInt8] = []
        for byte in name.utf8 {
            if byte >= 0x41, byte <= 0x5A { result.append(ASCII.dash) }
            result.append(byte.lowercased)
        }
        return String(decoding: result, as: UTF8.self)
    }

    // MARK: Reading

    /// The attributes of a node of a known type, read from its element.
    static func read(_ tag: HTMLTag, as type: String) -> JSONObject? {
        var attrs = JSONObject()
        for entry in entries(of: type) ?? [] {
            guard let text = tag.attribute(entry.name) else { continue }
            attrs.members.append((entry.rule.name, value(of: text, kind: entry.rule.kind)))
        }
        merge(tag.attribute("data-attrs"), into: &attrs)
        return attrs.isEmpty ? nil : attrs
    }

    /// Adds the members of a JSON text.
    static func merge(_ json: String?, into attrs: inout JSONObject) {
        guard let json, case .object(let object)? = try? JSONValue(parsing: json, limits: JSONLimits(depth: 64))
        else { return }
        for (name, value) in object.members { attrs[name] = value }
    }

    static func value(of text: String, kind: AttributeRule.Kind) -> JSONValue {
        switch kind {
        case .string, .any: return .string(text)
        case .number, .measure: return number(text).map(JSONValue.number) ?? .string(text)
        case .boolean, .flag: return text == "true" ? true : text == "false" ? false : .string(text)
        case .numbers:
            var values: [JSONValue] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                if part.isEmpty {
                    values.append(.null)
                } else if let number = number(String(part)) {
                    values.append(.number(number))
                } else {
                    return .string(text)
                }
            }
            return .array(values)
        }
    }

    /// A number in JSON's spelling.
    static func number(_ text: String) -> JSONNumber? {
        guard case .number(let number)? = try? JSONValue(parsing: text) else { return nil }
        return number
    }

    // MARK: Writing

    /// The spelled attributes of a node, and what is left for `data-attrs`.
    static func spell(_ attrs: JSONObject?, as type: String) -> (spelled: [(String, String)], rest: JSONObject) {
        var spelled: [(String, String)] = []
        var rest = JSONObject()
        guard let attrs else { return (spelled, rest) }
        let entries = entries(of: type) ?? []
        for (name, value) in attrs.members {
            if let entry = entries.first(where: { sameText($0.rule.name, name) }),
                let text = text(of: value, kind: entry.rule.kind)
            {
                spelled.append((entry.name, text))
            } else {
                rest.members.append((name, value))
            }
        }
        let order = entries.map(\.name)
        spelled.sort { (order.firstIndex(of: $0.0) ?? 0) < (order.firstIndex(of: $1.0) ?? 0) }
        return (spelled, rest)
    }

    static func text(of value: JSONValue, kind: AttributeRule.Kind) -> String? {
        switch (kind, value) {
        case (.string, .string(let text)): text
        case (.number, .number(let number)), (.measure, .number(let number)): number.text
        case (.measure, .string(let text)): number(text) == nil ? text : nil
        case (.boolean, .bool(let bool)), (.flag, .bool(let bool)): bool ? "true" : "false"
        case (.numbers, .array(let values)) where !values.isEmpty: list(values)
        default: nil
        }
    }

    private static func list(_ values: [JSONValue]) -> String? {
        var parts: [String] = []
        for value in values {
            if value.isNull {
                parts.append("")
            } else if let number = value.number {
                parts.append(number.text)
            } else {
                return nil
            }
        }
        return parts.joined(separator: ",")
    }
}
