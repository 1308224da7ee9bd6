/// The part of MessagePack that the servers' messages use. Small enough to own: twelve kinds of bytes.
package indirect enum MessagePack: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case text(String)
    case bytes([UInt8])
    case array([MessagePack])
    /// Keys in their order; keys that are not texts are refused.
    case map([Member])
    /// An extension type; JavaScript's `undefined` is number 0.
    case other(type: Int8, bytes: [UInt8])

    package struct Member: Sendable, Equatable {
        package let key: String
        package let value: MessagePack
    }

    /// A map from pairs.
    package static func map(_ pairs: KeyValuePairs<String, MessagePack>) -> MessagePack {
        .map(pairs.map { Member(key: $0.key, value: $0.value) })
    }

    package var text: String? { if case .text(let text) = self { text } else { nil } }
    package var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
    package var int: Int? { if case .int(let value) = self { value } else { nil } }

    /// A member of a map; nil for anything else.
    package subscript(key: String) -> MessagePack? {
        if case .map(let members) = self { members.first { $0.key == key }?.value } else { nil }
    }
}

extension MessagePack {
    /// The encoded form, the shortest there is.
    package var encoded: [UInt8] {
        var output: [UInt8] = []
        write(to: &output)
        return output
    }

    private func write(to output: inout [UInt8]) {
        switch self {
        case .null: output.append(0xC0)
        case .bool(let value): output.append(value ? 0xC3 : 0xC2)
        case .int(let value): Self.write(value, to: &output)
        case .double(let value): output += [0xCB] + Self.big(value.bitPattern)
        case .text(let text):
            let utf8 = Array(text.utf8)
            if utf8.count < 32 {
                output.append(0xA0 | UInt8(utf8.count))
            } else {
                Self.writeLength(utf8.count, codes: (0xD9, 0xDA, 0xDB), to: &output)
            }
            output += utf8
        case .bytes(let bytes):
            Self.writeLength(bytes.count, codes: (0xC4, 0xC5, 0xC6), to: &output)
            output += bytes
        case .array(let items):
            Self.writeCount(items.count, short: 0x90, codes: (0xDC, 0xDD), to: &output)
            for item in items { item.write(to: &output) }
        case .map(let members):
            Self.writeCount(members.count, short: 0x80, codes: (0xDE, 0xDF), to: &output)
            for member in members {
                MessagePack.text(member.key).write(to: &output)
                member.value.write(to: &output)
            }
        case .other(let type, let bytes):
            Self.writeLength(bytes.count, codes: (0xC7, 0xC8, 0xC9), to: &output)
            output.append(UInt8(bitPattern: type))
            output += bytes
        }
    }

    private static func write(_ value: Int, to output: inout [UInt8]) {
        switch value {
        case 0...127: output.append(UInt8(value))
        case -32..<0: output.append(UInt8(bitPattern: Int8(value)))
        case Int(Int32.min)...Int(Int32.max): output += [0xD2] + big(UInt32(bitPattern: Int32(value)))
        // JavaScript reads 64-bit integers as BigInt; the servers expect numbers.
        default: output += [0xCB] + big(Double(value).bitPattern)
        }
    }

    private static func writeLength(_ count: Int, codes: (UInt8, UInt8, UInt8), to output: inout [UInt8]) {
        switch count {
        case ...0xFF: output += [codes.0, UInt8(count)]
        case ...0xFFFF: output += [codes.1] + big(UInt16(count))
        default: output += [codes.2] + big(UInt32(count))
        }
    }

    private static func writeCount(_ count: Int, short: UInt8, codes: (UInt8, UInt8), to output: inout [UInt8]) {
        switch count {
        case ...15: output.append(short | UInt8(count))
        case ...0xFFFF: output += [codes.0] + big(UInt16(count))
        default: output += [codes.1] + big(UInt32(count))
        }
    }

    private static func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}
