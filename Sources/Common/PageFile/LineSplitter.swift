/// Cuts a stream of chunks into lines, and keeps no more than one line.
package struct LineSplitter: Sendable {
    /// A line, or what stands for one that was too long to be kept.
    package enum Line: Sendable, Equatable {
        case line([UInt8])
        case tooLong
    }

    private var rest: [UInt8] = []
    private var isSkipping = false
    private let limit: Int

    /// - Parameter limit: the longest line in bytes.
    package init(limit: Int) { self.limit = limit }

    /// The lines that a chunk completes, without their ends.
    package mutating func lines(in chunk: ArraySlice<UInt8>) -> [Line] {
        var lines: [Line] = []
        var chunk = chunk
        while let feed = chunk.firstIndex(of: 0x0A) {
            append(chunk[..<feed])
            lines.append(take())
            chunk = chunk[(feed + 1)...]
        }
        append(chunk)
        return lines
    }

    /// What stands behind the last line end; nil when nothing does.
    package mutating func last() -> Line? { rest.isEmpty && !isSkipping ? nil : take() }

    private mutating func append(_ part: ArraySlice<UInt8>) {
        if isSkipping || rest.count + part.count > limit {
            isSkipping = true
            rest = []
        } else {
            rest += part
        }
    }

    private mutating func take() -> Line {
        defer {
            rest = []
            isSkipping = false
        }
        if isSkipping { return .tooLong }
        if rest.last == 0x0D { rest.removeLast() }
        return .line(rest)
    }
}
