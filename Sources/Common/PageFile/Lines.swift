/// The lines of some bytes: ends at LF or CR LF, nothing else ends a line.
struct Lines: Sequence, IteratorProtocol {
    /// One line.
    struct Line {
        /// Counted from 1.
        let number: Int
        /// Without its end.
        let content: Range<Int>
        /// With its end.
        let full: Range<Int>
    }

    private let bytes: [UInt8]
    private var position: Int
    private let end: Int
    private var number = 1

    init(_ bytes: [UInt8], from start: Int = 0) {
        self.bytes = bytes
        position = start
        end = bytes.count
    }

    mutating func next() -> Line? {
        guard position < end else { return nil }
        let start = position
        let feed = bytes[start...].firstIndex(of: 0x0A)
        position = feed.map { $0 + 1 } ?? end
        var contentEnd = feed ?? end
        if feed != nil, contentEnd > start, bytes[contentEnd - 1] == 0x0D { contentEnd -= 1 }
        defer { number += 1 }
        return Line(number: number, content: start..<contentEnd, full: start..<position)
    }
}

extension UInt8 {
    /// A space or a tab.
    var isBlank: Bool { self == 0x20 || self == 0x09 }
}

extension Collection<UInt8> {
    /// Whether nothing but spaces, tabs and line ends is here.
    var isBlank: Bool { allSatisfy { $0.isBlank || $0 == 0x0A || $0 == 0x0D } }
}

extension BidirectionalCollection<UInt8> {
    /// Without spaces and tabs at both ends.
    var trimmed: SubSequence {
        var part = self[...]
        while let first = part.first, first.isBlank { part.removeFirst() }
        while let last = part.last, last.isBlank { part.removeLast() }
        return part
    }
}
