/// Conversions between UTF-8, in which Yjs sends text, and UTF-16, in which it counts it.
enum UTF16Text {
    /// Appends the UTF-16 units of UTF-8 bytes.
    ///
    /// - Throws: `malformed` for anything but well-formed UTF-8.
    static func append(utf8 bytes: ArraySlice<UInt8>, to units: inout [UInt16]) throws(YDocError) {
        if bytes.allSatisfy({ $0 < 0x80 }) {
            units.append(contentsOf: bytes.lazy.map(UInt16.init))
            return
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed("text is not valid UTF-8") }
        units.append(contentsOf: text.utf16)
    }

    static func isHighSurrogate(_ unit: UInt16) -> Bool { unit & 0xFC00 == 0xD800 }
    static func isLowSurrogate(_ unit: UInt16) -> Bool { unit & 0xFC00 == 0xDC00 }

    static func utf8Count(_ units: ArraySlice<UInt16>) -> Int {
        var count = 0
        var index = units.startIndex
        while index < units.endIndex {
            let unit = units[index]
            index += 1
            if unit < 0x80 {
                count += 1
            } else if unit < 0x800 {
                count += 2
            } else if isHighSurrogate(unit), index < units.endIndex, isLowSurrogate(units[index]) {
                count += 4
                index += 1
            } else {
                count += 3
            }
        }
        return count
    }

    static func appendUTF8(_ units: ArraySlice<UInt16>, to bytes: inout [UInt8]) {
        var index = units.startIndex
        while index < units.endIndex {
            let unit = units[index]
            index += 1
            if unit < 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: unit))
                continue
            }
            var scalar = UInt32(unit)
            if isHighSurrogate(unit), index < units.endIndex, isLowSurrogate(units[index]) {
                scalar = 0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(units[index] & 0x3FF))
                index += 1
            } else if unit & 0xF800 == 0xD800 {
                scalar = 0xFFFD
            }
            append(scalar: scalar, to: &bytes)
        }
    }

    private static func append(scalar: UInt32, to bytes: inout [UInt8]) {
        func tail(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: scalar >> shift & 0x3F) | 0x80 }
        if scalar < 0x800 {
            bytes.append(UInt8(truncatingIfNeeded: scalar >> 6) | 0xC0)
        } else if scalar < 0x10000 {
            bytes.append(UInt8(truncatingIfNeeded: scalar >> 12) | 0xE0)
            bytes.append(tail(6))
        } else {
            bytes.append(UInt8(truncatingIfNeeded: scalar >> 18) | 0xF0)
            bytes.append(tail(12))
            bytes.append(tail(6))
        }
        bytes.append(tail(0))
    }
}
