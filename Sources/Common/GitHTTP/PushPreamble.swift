import Base

/// Follows the lines that stand in front of the pack in the body of a push: refs, and options.
///
/// git's own limit on what is pushed counts the pack alone, and it keeps every line in memory, as we keep every ref. Such
/// lines compress to a thousandth: of 800 KB on the wire a push made 200 MB in the responder.
package struct PushPreamble: Sendable {
    /// About 10,000 refs. Only main can be pushed.
    package static let limit = 1 << 20

    /// Beyond the limit: nobody who pushes pages says so much.
    package private(set) var isTooLong = false
    private var isOver = false
    private var length = 0
    /// What is left of the line that was begun.
    private var left = 0
    private var digits: [UInt8] = []

    package init() {}

    /// Takes the next bytes of the body, as git gets them.
    package mutating func take(_ bytes: some Collection<UInt8>) {
        guard !isOver else { return }
        var rest = bytes[...]
        while !isOver, let next = rest.first {
            if left > 0 {
                let skipped = min(left, rest.count)
                rest = rest.dropFirst(skipped)
                left -= skipped
                length += skipped
            } else {
                digits.append(next)
                rest = rest.dropFirst()
                if digits.count == 4 { beginLine() }
            }
            if length > Self.limit {
                isTooLong = true
                isOver = true
            }
        }
    }

    /// A pack begins with its name; what is neither that nor a line, git will refuse.
    private mutating func beginLine() {
        let isLength = digits.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
        guard isLength, let value = Int(String(decoding: digits, as: UTF8.self), radix: 16) else {
            isOver = true
            return
        }
        digits.removeAll(keepingCapacity: true)
        length += 4
        // 0 to 3 are ends of lists, which have no content.
        left = max(0, value - 4)
    }
}
