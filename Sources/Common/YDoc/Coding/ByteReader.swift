/// Reads lib0's primitives from bytes; every read is bounds-checked and nothing is allocated by a claimed length.
struct ByteReader {
    /// The largest number that JavaScript holds exactly; lengths, clocks and client ids stay below it.
    static let largestInteger = 1 << 53

    private let bytes: [UInt8]
    private(set) var offset: Int
    private let end: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        offset = 0
        end = bytes.count
    }

    var isAtEnd: Bool { offset == end }
    var remaining: Int { end - offset }

    mutating func byte() throws(YDocError) -> UInt8 {
        guard offset < end else { throw .truncated }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// A little-endian base-128 number of at most 53 bits.
    mutating func varUint() throws(YDocError) -> Int {
        var value = 0
        var shift = 0
        while true {
            let next = try byte()
            value |= Int(next & 0x7F) << shift
            if next < 0x80 { break }
            shift += 7
            guard shift < 56 else { throw .malformed("a number of more than eight bytes") }
        }
        guard value <= Self.largestInteger else { throw .malformed("a number above 2^53") }
        return value
    }

    /// A signed number: sign and six bits in the first byte, seven bits in the others.
    ///
    /// The sign is apart because a negative zero exists.
    mutating func varInt() throws(YDocError) -> (magnitude: Int, isNegative: Bool) {
        var next = try byte()
        let isNegative = next & 0x40 != 0
        var value = Int(next & 0x3F)
        var shift = 6
        while next >= 0x80 {
            guard shift < 55 else { throw .malformed("a signed number of more than eight bytes") }
            next = try byte()
            value |= Int(next & 0x7F) << shift
            shift += 7
        }
        guard value <= Self.largestInteger else { throw .malformed("a signed number above 2^53") }
        return (value, isNegative)
    }

    /// A number of bytes preceded by its length.
    mutating func varBytes() throws(YDocError) -> ArraySlice<UInt8> {
        let count = try varUint()
        guard count <= remaining else { throw .truncated }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    /// A text preceded by the length of its UTF-8; anything but valid UTF-8 is refused.
    mutating func string() throws(YDocError) -> String {
        let slice = try varBytes()
        guard let text = String(validating: slice, as: UTF8.self) else { throw .malformed("text is not valid UTF-8") }
        return text
    }

    mutating func bigEndian(bytes count: Int) throws(YDocError) -> UInt64 {
        guard count <= remaining else { throw .truncated }
        var value: UInt64 = 0
        for index in offset..<offset + count { value = value << 8 | UInt64(bytes[index]) }
        offset += count
        return value
    }

    mutating func skip(_ count: Int) throws(YDocError) {
        guard count <= remaining else { throw .truncated }
        offset += count
    }
}
