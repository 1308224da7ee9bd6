/// A value of lib0's `Any`; the tag it came with is kept, so that it is written back with the same bytes.
enum AnyValue: Sendable {
    case undefined
    case null
    case bool(Bool)
    /// Yjs writes whole numbers of at most 31 bits this way.
    case integer(Int)
    case float32(Float)
    /// A negative zero is kept here and written as the integer that it was.
    case float64(Double)
    case bigint(Int64)
    case string(String)
    case array([AnyValue])
    /// The order of members is Yjs's own and is kept.
    case object([(key: String, value: AnyValue)])
    case bytes([UInt8])

    /// Nesting beyond this is refused: values are attributes of nodes, never documents.
    static let depthLimit = 256
}

extension AnyValue {
    init(from reader: inout ByteReader, depth: Int = 0) throws(YDocError) {
        guard depth < Self.depthLimit else { throw .tooLarge("a value nested deeper than \(Self.depthLimit) levels") }
        let tag = try reader.byte()
        switch tag {
        case 127: self = .undefined
        case 126: self = .null
        case 125:
            let (magnitude, isNegative) = try reader.varInt()
            self = isNegative && magnitude == 0 ? .float64(-0.0) : .integer(isNegative ? -magnitude : magnitude)
        case 124: self = .float32(Float(bitPattern: UInt32(try reader.bigEndian(bytes: 4))))
        case 123: self = .float64(Double(bitPattern: try reader.bigEndian(bytes: 8)))
        case 122: self = .bigint(Int64(bitPattern: try reader.bigEndian(bytes: 8)))
        case 121: self = .bool(false)
        case 120: self = .bool(true)
        case 119: self = .string(try reader.string())
        case 118: self = .object(try Self.members(from: &reader, depth: depth + 1))
        case 117: self = .array(try Self.elements(from: &reader, depth: depth + 1))
        case 116: self = .bytes(Array(try reader.varBytes()))
        default: throw .unsupported("a value with the unknown tag \(tag)")
        }
    }

    private static func members(
        from reader: inout ByteReader,
        depth: Int
    ) throws(YDocError) -> [(key: String, value: AnyValue)] {
        let count = try reader.varUint()
        guard count <= reader.remaining else { throw .truncated }
        var members: [(key: String, value: AnyValue)] = []
        for _ in 0..<count {
            let key = try reader.string()
            members.append((key, try AnyValue(from: &reader, depth: depth)))
        }
        return members
    }

    private static func elements(from reader: inout ByteReader, depth: Int) throws(YDocError) -> [AnyValue] {
        let count = try reader.varUint()
        guard count <= reader.remaining else { throw .truncated }
        var elements: [AnyValue] = []
        for _ in 0..<count { elements.append(try AnyValue(from: &reader, depth: depth)) }
        return elements
    }

    func write(to writer: inout ByteWriter) {
        switch self {
        case .undefined: writer.byte(127)
        case .null: writer.byte(126)
        case .bool(let value): writer.byte(value ? 120 : 121)
        case .integer(let value):
            writer.byte(125)
            writer.varInt(magnitude: abs(value), isNegative: value < 0)
        case .float32(let value):
            writer.byte(124)
            writer.bigEndian(UInt64(value.bitPattern), bytes: 4)
        case .float64(let value): Self.write(double: value, to: &writer)
        case .bigint(let value):
            writer.byte(122)
            writer.bigEndian(UInt64(bitPattern: value), bytes: 8)
        case .string(let text):
            writer.byte(119)
            writer.string(text)
        case .array(let elements):
            writer.byte(117)
            writer.varUint(elements.count)
            for element in elements { element.write(to: &writer) }
        case .object(let members):
            writer.byte(118)
            writer.varUint(members.count)
            for member in members {
                writer.string(member.key)
                member.value.write(to: &writer)
            }
        case .bytes(let bytes):
            writer.byte(116)
            writer.varBytes(bytes)
        }
    }

    private static func write(double value: Double, to writer: inout ByteWriter) {
        if value == 0, value.sign == .minus {
            writer.byte(125)
            writer.varInt(magnitude: 0, isNegative: true)
        } else {
            writer.byte(123)
            writer.bigEndian(value.bitPattern, bytes: 8)
        }
    }
}
