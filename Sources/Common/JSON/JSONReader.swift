/// How much JSON a reader accepts.
package struct JSONLimits: Sendable {
    /// The longest input in bytes.
    package var bytes: Int
    /// The deepest nesting of arrays and objects.
    package var depth: Int

    package init(bytes: Int = 256 << 20, depth: Int = 10_000) {
        self.bytes = bytes
        self.depth = depth
    }
}

extension JSONValue {
    /// Reads one JSON value (RFC 8259, strictly): no duplicate keys, no half surrogate pairs, no bytes after it.
    ///
    /// Reading does not recurse. Releasing a nested value does, in Swift itself: see `withLargeStack` and the depth limit.
    package init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        guard bytes.count <= limits.bytes else { throw JSONError(.tooLarge(limit: limits.bytes), at: limits.bytes) }
        var reader = JSONReader(bytes: bytes, maximumDepth: limits.depth)
        self = try reader.document()
    }

    /// Reads one JSON value from text.
    package init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }
}

/// A cursor over bytes that builds a value, with the open arrays and objects on a stack of its own.
struct JSONReader {
    let bytes: [UInt8]
    let maximumDepth: Int
    var position = 0
    private var open: [Container] = []

    init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    /// The value that is the whole input.
    mutating func document() throws(JSONError) -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw JSONError(.byteOrderMark, at: 0) }
        skipSpace()
        while true {
            guard var value = try openOrScalar() else { continue }
            // A finished value closes as many containers as end right behind it.
            while true {
                guard !open.isEmpty else {
                    try expectEnd()
                    return value
                }
                guard let closed = try append(value) else { break }
                value = closed
            }
        }
    }

    /// Reads the start of a value: nil when it opened a container that has members.
    private mutating func openOrScalar() throws(JSONError) -> JSONValue? {
        guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
        switch bytes[position] {
        case UInt8(ascii: "{"):
            try descend()
            if nextIs(UInt8(ascii: "}")) { return .object(JSONObject()) }
            open.append(Container(key: try key()))
            return nil
        case UInt8(ascii: "["):
            try descend()
            if nextIs(UInt8(ascii: "]")) { return .array([]) }
            open.append(Container(key: nil))
            return nil
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), 0x30...0x39: return .number(try number())
        default: throw JSONError(.unexpectedByte(bytes[position]), at: position)
        }
    }

    private mutating func descend() throws(JSONError) {
        guard open.count < maximumDepth else { throw JSONError(.tooDeep(limit: maximumDepth), at: position) }
        position += 1
        skipSpace()
    }

    /// Consumes an end of container if it stands right here.
    private mutating func nextIs(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// Adds a finished value to the innermost container and returns that container if it ends here.
    private mutating func append(_ value: JSONValue) throws(JSONError) -> JSONValue? {
        let top = open.count - 1
        open[top].append(value)
        skipSpace()
        guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
        let byte = bytes[position]
        switch byte {
        case UInt8(ascii: ","):
            position += 1
            skipSpace()
            if open[top].isObject {
                let start = position
                try open[top].begin(key(), at: start)
            }
            return nil
        case open[top].isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"):
            position += 1
            return open.removeLast().value
        default: throw JSONError(.unexpectedByte(byte), at: position)
        }
    }

    /// A key with its colon; the value begins at the cursor afterwards.
    private mutating func key() throws(JSONError) -> String {
        guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
        guard bytes[position] == UInt8(ascii: "\"") else {
            throw JSONError(.unexpectedByte(bytes[position]), at: position)
        }
        let key = try string()
        skipSpace()
        guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
        guard nextIs(UInt8(ascii: ":")) else { throw JSONError(.unexpectedByte(bytes[position]), at: position) }
        skipSpace()
        return key
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func expectEnd() throws(JSONError) {
        skipSpace()
        guard position == bytes.count else { throw JSONError(.trailingBytes, at: position) }
    }
}

/// An array or object that is still open.
private struct Container {
    let isObject: Bool
    private var key: String
    private var elements: [JSONValue] = []
    private var members: [JSONObject.Member] = []
    /// The keys so far, kept once an object is too large to be scanned for each of them.
    private var keys: Set<ByteText> = []

    init(key: String?) {
        isObject = key != nil
        self.key = key ?? ""
    }

    var value: JSONValue { isObject ? .object(JSONObject(members)) : .array(elements) }

    mutating func append(_ value: JSONValue) {
        if isObject { members.append((key, value)) } else { elements.append(value) }
    }

    /// Begins the next member.
    mutating func begin(_ next: String, at offset: Int) throws(JSONError) {
        guard isNew(next) else { throw JSONError(.duplicateKey(next), at: offset) }
        key = next
    }

    private mutating func isNew(_ next: String) -> Bool {
        if members.count < 16 { return !members.contains { sameText($0.key, next) } }
        if keys.isEmpty { keys = Set(members.map { ByteText(text: $0.key) }) }
        return keys.insert(ByteText(text: next)).inserted
    }
}

/// A text that is hashed and compared by its bytes.
private struct ByteText: Hashable {
    let text: String

    static func == (left: Self, right: Self) -> Bool { sameText(left.text, right.text) }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
