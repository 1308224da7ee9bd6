internal import Base

/// Keys that order the pages below one parent, compared byte by byte.
///
/// Docmost's format: the first character tells the length of an integer part in base 62 (`a` two characters, `b`
/// three…; `Z` two, `Y` three… below zero), and what follows is a fraction that does not end in `0`. New keys get
/// three random digits, so that two writers at one place rarely make the same key.
enum Position {
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// A key behind the last one; the first of all if there is none.
    static func after(_ last: String?, random: () -> UInt64 = randomWord) -> String {
        guard let last else { return text(Array("a0".utf8) + jitter(random)) }
        let key = Array(last.utf8)
        if let integer = integerPart(key), let next = incremented(integer) { return text(next + jitter(random)) }
        // Not a key of this format (an outside writer's), or the greatest integer: stay behind it all the same.
        return text(key + [UInt8(ascii: "V")] + jitter(random))
    }

    /// Three random digits, the last of them not `0`.
    private static func jitter(_ random: () -> UInt64) -> [UInt8] {
        let word = random()
        return [digits[Int(word % 62)], digits[Int(word / 62 % 62)], digits[1 + Int(word / 3844 % 61)]]
    }

    private static func value(_ digit: UInt8) -> Int? { digits.firstIndex(of: digit) }

    /// The integer part with its first character, nil if the key does not start with one.
    static func integerPart(_ key: [UInt8]) -> [UInt8]? {
        guard let head = key.first else { return nil }
        let length: Int
        switch head {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): length = Int(head - UInt8(ascii: "a")) + 2
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): length = Int(UInt8(ascii: "Z") - head) + 2
        default: return nil
        }
        guard key.count >= length, key[1..<length].allSatisfy({ value($0) != nil }) else { return nil }
        return Array(key[..<length])
    }

    private static func incremented(_ integer: [UInt8]) -> [UInt8]? {
        var result = integer
        for index in stride(from: integer.count - 1, to: 0, by: -1) {
            guard let digit = value(integer[index]) else { return nil }
            if digit < 61 {
                result[index] = digits[digit + 1]
                return result
            }
            result[index] = digits[0]
        }
        switch integer[0] {
        case UInt8(ascii: "Z"): return Array("a0".utf8)
        case UInt8(ascii: "z"): return nil
        case UInt8(ascii: "a")...: return [integer[0] + 1] + result.dropFirst() + [digits[0]]
        default: return [integer[0] + 1] + result.dropFirst().dropLast()
        }
    }

    private static func text(_ key: [UInt8]) -> String { String(decoding: key, as: UTF8.self) }
}
