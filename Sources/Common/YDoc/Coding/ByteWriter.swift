/// Writes lib0's primitives.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    /// - Parameter value: not negative.
    mutating func varUint(_ value: Int) {
        var rest = UInt64(bitPattern: Int64(value))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func varInt(magnitude: Int, isNegative: Bool) {
        var rest = UInt64(bitPattern: Int64(magnitude))
        let sign: UInt8 = isNegative ? 0x40 : 0
        bytes.append((rest > 0x3F ? 0x80 : 0) | sign | UInt8(truncatingIfNeeded: rest & 0x3F))
        rest >>= 6
        while rest > 0 {
            bytes.append((rest > 0x7F ? 0x80 : 0) | UInt8(truncatingIfNeeded: rest & 0x7F))
            rest >>= 7
        }
    }

    mutating func raw(_ content: some Sequence<UInt8>) { bytes.append(contentsOf: content) }

    mutating func varBytes(_ content: some Collection<UInt8>) {
        varUint(content.count)
        bytes.append(contentsOf: content)
    }

    mutating func string(_ text: String) { varBytes(text.utf8) }

    mutating func bigEndian(_ value: UInt64, bytes count: Int) {
        for shift in stride(from: (count - 1) * 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }

    /// UTF-16 units as UTF-8 behind its length; half a surrogate pair becomes U+FFFD, as in every Yjs peer.
    mutating func string(units: ArraySlice<UInt16>) {
        varUint(UTF16Text.utf8Count(units))
        UTF16Text.appendUTF8(units, to: &bytes)
    }
}
