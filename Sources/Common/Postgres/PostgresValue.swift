package import Base

/// A parameter of a statement, with the type that the server is told.
package enum PostgresValue: Sendable {
    case null
    case bool(Bool)
    case int(Int)
    /// Text of a type that the server infers from its place in the statement.
    case text(String)
    case bytes([UInt8])
    /// Use `PostgresValue.id(_:)`.
    case uuid(high: UInt64, low: UInt64)
    /// Microseconds since 1970.
    case timestamp(Int64)
    /// The text of a JSON value, for a `jsonb` place.
    case json([UInt8])
    case texts([String])
    case ints([Int])
    /// Use `PostgresValue.ids(_:)`.
    case uuids([(high: UInt64, low: UInt64)])

    package static func id<Kind>(_ id: Identifier<Kind>) -> Self { .uuid(high: id.high, low: id.low) }
    package static func id<Kind>(_ id: Identifier<Kind>?) -> Self { id.map { .id($0) } ?? .null }
    package static func ids<Kind>(_ ids: some Sequence<Identifier<Kind>>) -> Self {
        .uuids(ids.map { ($0.high, $0.low) })
    }
    package static func text(_ text: String?) -> Self { text.map { .text($0) } ?? .null }
}

/// Numbers of PostgreSQL's built-in types; they are part of its protocol and never change.
enum TypeNumber {
    static let bool: UInt32 = 16
    static let bytea: UInt32 = 17
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let json: UInt32 = 114
    static let int8Array: UInt32 = 1016
    static let textArray: UInt32 = 1009
    static let varchar: UInt32 = 1043
    static let timestamptz: UInt32 = 1184
    static let uuid: UInt32 = 2950
    static let uuidArray: UInt32 = 2951
    static let jsonb: UInt32 = 3802
}

/// PostgreSQL counts time from 2000-01-01T00:00:00Z.
let postgresEpoch: Int64 = 946_684_800_000_000

extension PostgresValue {
    /// The declared type; 0 lets the server infer it.
    var type: UInt32 {
        switch self {
        case .null, .text: 0
        case .bool: TypeNumber.bool
        case .int: TypeNumber.int8
        case .bytes: TypeNumber.bytea
        case .uuid: TypeNumber.uuid
        case .timestamp: TypeNumber.timestamptz
        case .json: TypeNumber.jsonb
        case .texts: TypeNumber.textArray
        case .ints: TypeNumber.int8Array
        case .uuids: TypeNumber.uuidArray
        }
    }

    /// Whether the bytes are PostgreSQL's binary form rather than text.
    var isBinary: Bool {
        switch self {
        case .null, .text: false
        default: true
        }
    }

    /// The bytes to send, nil for NULL. Text ends with a zero byte, as libpq wants it.
    func encoded() throws(PostgresError) -> [UInt8]? {
        switch self {
        case .null: return nil
        case .bool(let value): return [value ? 1 : 0]
        case .int(let value): return bigEndian(UInt64(bitPattern: Int64(value)))
        case .text(let text): return try Array(Self.withoutZero(text)) + [0]
        case .bytes(let bytes): return bytes
        case .uuid(let high, let low): return bigEndian(high) + bigEndian(low)
        case .timestamp(let time): return bigEndian(UInt64(bitPattern: time &- postgresEpoch))
        case .json(let text): return [1] + text
        case .texts(let texts):
            var items: [[UInt8]] = []
            for text in texts { items.append(try Array(Self.withoutZero(text))) }
            return Self.array(of: items, type: TypeNumber.text)
        case .ints(let values):
            return Self.array(of: values.map { bigEndian(UInt64(bitPattern: Int64($0))) }, type: TypeNumber.int8)
        case .uuids(let ids):
            return Self.array(of: ids.map { bigEndian($0.high) + bigEndian($0.low) }, type: TypeNumber.uuid)
        }
    }

    /// PostgreSQL cannot store U+0000, and libpq would silently cut the text there.
    private static func withoutZero(_ text: String) throws(PostgresError) -> String.UTF8View {
        if text.utf8.contains(0) { throw PostgresError(.mismatch, "a text holds the character U+0000") }
        return text.utf8
    }

    /// The binary form of an array of one dimension.
    private static func array(of items: [[UInt8]], type: UInt32) -> [UInt8] {
        var bytes = bigEndian(UInt32(items.isEmpty ? 0 : 1)) + bigEndian(UInt32(0)) + bigEndian(type)
        if items.isEmpty { return bytes }
        bytes += bigEndian(UInt32(items.count)) + bigEndian(UInt32(1))
        for item in items { bytes += bigEndian(UInt32(item.count)) + item }
        return bytes
    }
}

/// The bytes of a number, most significant first.
func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
}
