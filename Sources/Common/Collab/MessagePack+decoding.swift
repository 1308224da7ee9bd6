extension MessagePack {
    /// Reads one value that fills the bytes; nil for anything damaged, deeper than 32 levels, or followed by more.
    package init?(decoding bytes: [UInt8]) {
        var reader = MessagePackReader(bytes: bytes)
        guard let value = reader.value(depth: 0), reader.isAtEnd else { return nil }
        self = value
    }
}

/// Reads values; nothing is allocated by a length that the input only claims.
private struct MessagePackReader {
    let bytes: [UInt8]
    var offset = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { offset == bytes.count }

    mutating func value(depth: Int) -> MessagePack? {
        guard depth < 32, let code = byte() else { return nil }
        switch code {
        case 0x00...0x7F: return .int(Int(code))
        case 0x80...0x8F: return map(Int(code & 0x0F), depth)
        case 0x90...0x9F: return array(Int(code & 0x0F), depth)
        case 0xA0...0xBF: return text(Int(code & 0x1F))
        case 0xC0: return .null
        case 0xC2, 0xC3: return .bool(code == 0xC3)
        case 0xC4...0xC6: return length(code - 0xC4).flatMap { take($0) }.map { .bytes(Array($0)) }
        case 0xC7...0xC9: return length(code - 0xC7).flatMap { other($0) }
        case 0xD4...0xD8: return other(1 << Int(code - 0xD4))
        case 0xD9...0xDB: return length(code - 0xD9).flatMap { text($0) }
        case 0xDC, 0xDD: return length(code - 0xDC + 1).flatMap { array($0, depth) }
        case 0xDE, 0xDF: return length(code - 0xDE + 1).flatMap { map($0, depth) }
        case 0xE0...0xFF: return .int(Int(Int8(bitPattern: code)))
        default: return scalar(code)
        }
    }

    /// Numbers with their own width.
    private mutating func scalar(_ code: UInt8) -> MessagePack? {
        switch code {
        case 0xCA: return number(4).map { .double(Double(Float(bitPattern: UInt32($0)))) }
        case 0xCB: return number(8).map { .double(Double(bitPattern: $0)) }
        case 0xCC: return number(1).map { .int(Int($0)) }
        case 0xCD: return number(2).map { .int(Int($0)) }
        case 0xCE: return number(4).map { .int(Int($0)) }
        case 0xCF: return number(8).flatMap { Int(exactly: $0) }.map { .int($0) }
        case 0xD0: return number(1).map { .int(Int(Int8(truncatingIfNeeded: $0))) }
        case 0xD1: return number(2).map { .int(Int(Int16(truncatingIfNeeded: $0))) }
        case 0xD2: return number(4).map { .int(Int(Int32(truncatingIfNeeded: $0))) }
        case 0xD3: return number(8).map { .int(Int(Int64(bitPattern: $0))) }
        default: return nil
        }
    }

    private mutating func byte() -> UInt8? {
        guard offset < bytes.count else { return nil }
        defer { offset += 1 }
        return bytes[offset]
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= bytes.count - offset else { return nil }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    private mutating func number(_ width: Int) -> UInt64? { take(width)?.reduce(0) { $0 << 8 | UInt64($1) } }

    /// A length of 1, 2 or 4 bytes.
    private mutating func length(_ power: UInt8) -> Int? { number(1 << Int(power)).map { Int($0) } }

    private mutating func text(_ count: Int) -> MessagePack? {
        take(count).map { .text(String(decoding: $0, as: UTF8.self)) }
    }

    private mutating func other(_ count: Int) -> MessagePack? {
        guard let type = byte(), let content = take(count) else { return nil }
        return .other(type: Int8(bitPattern: type), bytes: Array(content))
    }

    private mutating func array(_ count: Int, _ depth: Int) -> MessagePack? {
        var items: [MessagePack] = []
        for _ in 0..<count {
            guard let item = value(depth: depth + 1) else { return nil }
            items.append(item)
        }
        return .array(items)
    }

    private mutating func map(_ count: Int, _ depth: Int) -> MessagePack? {
        var members: [MessagePack.Member] = []
        for _ in 0..<count {
            guard let key = value(depth: depth + 1)?.text, let value = value(depth: depth + 1) else { return nil }
            members.append(MessagePack.Member(key: key, value: value))
        }
        return .map(members)
    }
}
