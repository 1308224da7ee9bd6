import JSON

/// JSON with the members of objects sorted, for comparisons in which their order says nothing.
enum Plain {
    static func value(_ json: JSONValue) -> JSONValue {
        switch json {
        case .array(let elements): .array(elements.map(value))
        case .object(let object):
            .object(JSONObject(object.members.map { ($0.key, value($0.value)) }.sorted { $0.0 < $1.0 }))
        case .number(let number): .number(JSONNumber(number.double) ?? number)
        case .null, .bool, .string: json
        }
    }
}
