internal import Base

/// What the checks need of a page file's frontmatter: the id, and whether it can be read.
struct Frontmatter {
    /// The page's id in canonical letters, when there is exactly one and it is well-formed.
    private(set) var id: String?
    /// What is wrong, with its line.
    private(set) var problem: (line: Int, cause: String, remedy: String)?

    static let keys = ["docmost_id", "gitmost_id"]

    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        guard Self.line(&rest) == "---" else { return }
        var number = 1
        var values: [(line: Int, value: String)] = []
        while let line = Self.line(&rest) {
            number += 1
            if line == "---" || line == "..." {
                judge(values)
                return
            }
            if let value = Self.idValue(line) { values.append((number, value)) }
        }
        // Without an end it is no frontmatter but text that begins with a rule; with an id in it, it was meant as one.
        if let first = values.first {
            problem = (first.line, "the frontmatter has no closing line", "add a line with only --- after the last key")
        }
    }

    private mutating func judge(_ values: [(line: Int, value: String)]) {
        for (line, value) in values {
            guard let id = Self.canonical(value) else {
                let cause = "\"\(value)\" is no page id"
                problem = (line, cause, "put the page's id back, or remove the line to make a new page")
                return
            }
            guard self.id == nil || self.id == id else {
                problem = (line, "the frontmatter holds two different page ids", "keep one of the lines")
                return
            }
            self.id = id
        }
    }

    /// The value of an id's line; nil for every other line, and for an id without a value.
    private static func idValue(_ line: String) -> String? {
        for key in keys where line.hasPrefix("\(key):") {
            var value = line.dropFirst(key.count + 1)
            if let comment = value.firstIndex(of: "#") { value = value[..<comment] }
            let quotes: Set<Character> = ["\"", "'", " ", "\t"]
            while let first = value.first, quotes.contains(first) { value.removeFirst() }
            while let last = value.last, quotes.contains(last) { value.removeLast() }
            return value.isEmpty ? nil : String(value)
        }
        return nil
    }

    /// The next line without its end; nil at the end of the text.
    private static func line(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard !rest.isEmpty else { return nil }
        let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
        var line = rest[rest.startIndex..<end]
        rest = rest[min(end + 1, rest.endIndex)...]
        while let last = line.last, last == UInt8(ascii: "\r") || last == UInt8(ascii: " ") { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
    }

    private static func canonical(_ value: String) -> String? { PageID(value)?.description }
}
