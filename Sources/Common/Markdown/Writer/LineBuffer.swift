/// Output by lines, each of which begins with the marks of the containers around it.
struct LineBuffer {
    private(set) var bytes: [UInt8] = []
    private var prefix: [UInt8] = []
    private var isLineStart = true

    mutating func write(_ text: some Collection<UInt8>) {
        if text.isEmpty { return }
        if isLineStart {
            bytes.append(contentsOf: prefix)
            isLineStart = false
        }
        bytes.append(contentsOf: text)
    }

    mutating func write(_ text: String) { write(text.utf8) }

    mutating func write(_ byte: UInt8) { write(CollectionOfOne(byte)) }

    /// Writes text that may have several lines.
    mutating func write(lines text: [UInt8]) {
        var start = 0
        while let end = text[start...].firstIndex(of: ASCII.newline) {
            write(text[start..<end])
            endLine()
            start = end + 1
        }
        write(text[start...])
    }

    /// Ends the line; an empty one has the marks of its containers without the spaces after them.
    mutating func endLine() {
        if isLineStart {
            var end = prefix.count
            while end > 0, prefix[end - 1] == ASCII.space { end -= 1 }
            bytes.append(contentsOf: prefix[..<end])
        }
        bytes.append(ASCII.newline)
        isLineStart = true
    }

    mutating func writeLine(_ text: String) {
        write(text)
        endLine()
    }

    /// Begins the following lines with more; returns what `outdent` needs to end that.
    mutating func indent(by more: String) -> Int {
        defer { prefix.append(contentsOf: more.utf8) }
        return prefix.count
    }

    mutating func outdent(to count: Int) { prefix.removeLast(prefix.count - count) }
}
