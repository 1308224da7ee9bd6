internal import JSON

extension AnyValue {
    /// The value as JavaScript's `JSON.stringify` shows it; nil for what it leaves out.
    var json: JSONValue? {
        switch self {
        case .undefined: nil
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .number(JSONNumber(value))
        case .float32(let value): Self.json(Double(value))
        case .float64(let value): Self.json(value)
        case .bigint(let value): .number(JSONNumber(Int(value)))
        case .string(let text): .string(text)
        case .array(let elements): .array(elements.map { $0.json ?? .null })
        case .object(let members):
            .object(JSONObject(members.compactMap { member in member.value.json.map { (member.key, $0) } }))
        case .bytes(let bytes):
            .object(JSONObject(bytes.enumerated().map { (String($0.offset), .number(JSONNumber(Int($0.element)))) }))
        }
    }

    private static func json(_ value: Double) -> JSONValue {
        guard value != 0, let number = JSONNumber(value) else { return value == 0 ? .number(JSONNumber(0)) : .null }
        return .number(number)
    }

    /// A JSON value with the tags that Yjs gives it in a browser.
    init(_ json: JSONValue) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .array(elements.map { AnyValue($0) })
        case .object(let object): self = .object(object.members.map { ($0.key, AnyValue($0.value)) })
        case .number(let number): self.init(number: number.double)
        }
    }

    /// A number as a browser writes it: small whole numbers as integers, else the shorter float that is exact.
    init(number: Double) {
        if number == number.rounded(), abs(number) <= 2_147_483_647, !(number == 0 && number.sign == .minus) {
            self = .integer(Int(number))
        } else if number == 0 || Double(Float(number)) != number {
            self = .float64(number)
        } else {
            self = .float32(Float(number))
        }
    }
}

extension AnyValue {
    /// A JSON value that is not nested deeper than a reader accepts.
    init(checking json: JSONValue) throws(YDocError) {
        var level = [json]
        var depth = 0
        while !level.isEmpty {
            depth += 1
            guard depth < Self.depthLimit else { throw .invalidTarget("an attribute is nested too deep") }
            level = level.flatMap { value -> [JSONValue] in
                switch value {
                case .array(let elements): elements
                case .object(let object): object.members.map(\.value)
                case .null, .bool, .number, .string: []
                }
            }
        }
        self.init(json)
    }
}
