internal import JSON

/// Fingerprints of content, by which nodes are compared; keyed afresh in every process, so that none can be forged.
enum Digest {
    /// The fingerprint of a text's bytes.
    static func of(_ text: String) -> UInt64 {
        var hasher = Hasher()
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        return finish(hasher)
    }

    static func of(units: ArraySlice<UInt16>) -> UInt64 {
        var hasher = Hasher()
        units.withUnsafeBytes { hasher.combine(bytes: $0) }
        return finish(hasher)
    }

    static func of(_ first: UInt64, _ second: UInt64 = 0, _ third: UInt64 = 0) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(first)
        hasher.combine(second)
        hasher.combine(third)
        return finish(hasher)
    }

    /// The fingerprint of what a value means: numbers by value, members in any order.
    static func of(_ value: JSONValue) -> UInt64 {
        switch value {
        case .null: of(1)
        case .bool(let value): of(2, value ? 1 : 0)
        case .number(let number): of(3, (number.double == 0 ? 0 : number.double).bitPattern)
        case .string(let text): of(4, of(text))
        case .array(let elements): elements.reduce(of(5)) { of($0, of($1)) }
        case .object(let object): of(6, object.members.reduce(0) { $0 &+ of(of($1.key), of($1.value)) })
        }
    }

    static func finish(_ hasher: Hasher) -> UInt64 { UInt64(bitPattern: Int64(hasher.finalize())) }
}
