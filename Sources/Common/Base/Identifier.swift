import CShims

/// The UUID of one kind of thing; the kind keeps a page's id from being passed where a space's is meant.
///
/// Text in any letter case is read; the description is the canonical lower-case form of RFC 9562 §4.
package struct Identifier<Kind>: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads `8-4-4-4-12` hexadecimal digits; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let utf8 = text.utf8
        guard utf8.count == 36 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        var digits = 0
        for (offset, byte) in utf8.enumerated() {
            if offset == 8 || offset == 13 || offset == 18 || offset == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let value = hexValue(byte) else { return nil }
            if digits < 16 { high = high << 4 | UInt64(value) } else { low = low << 4 | UInt64(value) }
            digits += 1
        }
        self.init(high: high, low: low)
    }

    package var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 { text.append(UInt8(ascii: "-")) }
            let word = index < 16 ? high : low
            text.append(hexDigit(UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (index % 16))) & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    /// A version 7 UUID (RFC 9562 §5.7): 48 bits of milliseconds since 1970, then random bits.
    ///
    /// - Parameter random: 74 of these 128 bits are used; pass a digest for a reproducible id.
    package static func version7(milliseconds: UInt64, random: (UInt64, UInt64)) -> Self {
        let high = milliseconds << 16 | 0x7000 | random.0 & 0x0FFF
        let low = 0x8000_0000_0000_0000 | random.1 & 0x3FFF_FFFF_FFFF_FFFF
        return Self(high: high, low: low)
    }

    /// A fresh version 7 UUID from the wall clock and the kernel's random source.
    package static func fresh() -> Self {
        version7(milliseconds: WallClock.milliseconds(), random: (randomWord(), randomWord()))
    }
}

package enum SpaceKind {}
package enum PageKind {}
package enum UserKind {}
package enum WorkspaceKind {}

package typealias SpaceID = Identifier<SpaceKind>
package typealias PageID = Identifier<PageKind>
package typealias UserID = Identifier<UserKind>
package typealias WorkspaceID = Identifier<WorkspaceKind>

/// 64 bits from getrandom(2). The kernel's source cannot fail once the system is up.
package func randomWord() -> UInt64 {
    var word: UInt64 = 0
    guard dg_random(&word, MemoryLayout<UInt64>.size) == 0 else {
        preconditionFailure("getrandom failed: \(dg_errno())")
    }
    return word
}
