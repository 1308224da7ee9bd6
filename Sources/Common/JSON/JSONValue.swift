/// A JSON value as written: order of members and spelling of numbers are kept.
///
/// Equality compares strings by their code units, never by Unicode canonical equivalence, and numbers by spelling.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// A number, by its spelling in JSON's grammar (RFC 8259 §6).
package struct JSONNumber: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// - Parameter text: must follow JSON's grammar of numbers.
    package init(unchecked text: String) { self.text = text }

    package init(_ value: Int) { text = String(value) }

    /// The shortest spelling that reads back as the same value; a whole number is spelled without a fraction.
    ///
    /// Nil for infinities and NaN, which JSON cannot hold.
    package init?(_ value: Double) {
        guard value.isFinite else { return nil }
        if value == value.rounded(), abs(value) < 1e15 {
            text = value == 0 && value.sign == .minus ? "-0" : String(Int64(value))
        } else {
            text = "\(value)"
        }
    }

    package var double: Double { Double(text) ?? .nan }
    package var int: Int? { Int(text) ?? Int(exactly: double) }
    package var description: String { text }
}

/// The members of a JSON object in their order. Objects here are small, so a look-up is a scan.
package struct JSONObject: Sendable, ExpressibleByDictionaryLiteral {
    package typealias Member = (key: String, value: JSONValue)
    package var members: [Member]

    package init(_ members: [Member] = []) { self.members = members }

    package init(dictionaryLiteral elements: (String, JSONValue)...) { members = elements.map { ($0.0, $0.1) } }

    package var isEmpty: Bool { members.isEmpty }

    /// The value of a member; assigning nil removes it, assigning to a new key appends it.
    package subscript(key: String) -> JSONValue? {
        get { members.first { sameText($0.key, key) }?.value }
        set {
            let index = members.firstIndex { sameText($0.key, key) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append((key, value))
            case (nil, nil): break
            }
        }
    }
}

/// Whether two texts are the same code units. `String ==` would call "é" and "e" + U+0301 equal.
@inline(__always)
package func sameText(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
}

extension JSONValue: Equatable {
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): sameText(left, right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }
}

extension JSONObject: Equatable {
    /// Equal members in the same order.
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members.count == right.members.count
            && zip(left.members, right.members).allSatisfy { sameText($0.key, $1.key) && $0.value == $1.value }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(nilLiteral: ()) { self = .null }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements.map { ($0.0, $0.1) }))
    }
}

extension JSONValue {
    package var string: String? { if case .string(let value) = self { value } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var number: JSONNumber? { if case .number(let value) = self { value } else { nil } }
    package var int: Int? { number?.int }
    package var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    package var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
    package var isNull: Bool { if case .null = self { true } else { false } }

    /// A member of an object; nil for a missing member and for any other kind of value.
    package subscript(key: String) -> JSONValue? { object?[key] }
}
