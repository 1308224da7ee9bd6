import Base
import Cycle
import PageFile
import ProseMirror
import Reconcile

/// A page format for tests of the cycle: a page is lines of text, an id is a frontmatter, a `POISON` line is unreadable.
struct LineFormat: PageFormat {
    let names = Names(
        stem: { FileName.stem($0) },
        collisionKey: { FileName.collisionKey($0) },
        title: { $0 }
    )

    static func document(_ lines: [String]) -> Node {
        Node("doc", content: lines.map { Node("paragraph", content: [.text($0)]) })
    }

    static func lines(_ document: Node) -> [String] {
        document.children.map { $0.children.compactMap(\.text).joined() }
    }

    func id(in bytes: [UInt8]) -> PageID? {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count > 2, lines[0] == "---", lines[1].hasPrefix("docmost_id: ") else { return nil }
        return PageID(lines[1].dropFirst(12))
    }

    private func body(_ bytes: [UInt8]) -> [String] {
        var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init
        )
        if lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") { lines.removeFirst(end + 1) }
        return lines.map { $0.trimmingSpaces() }.filter { !$0.isEmpty }
    }

    func document(in bytes: [UInt8], links: PageLinks) throws(FormatError) -> Node {
        let lines = body(bytes)
        if lines.contains("POISON") { throw FormatError("line \((lines.firstIndex(of: "POISON") ?? 0) + 1) is poison") }
        return Self.document(lines)
    }

    func file(for document: Node, id: PageID, links: PageLinks) throws(FormatError) -> [UInt8] {
        Array(("---\ndocmost_id: \(id)\n---\n" + Self.lines(document).map { $0 + "\n" }.joined()).utf8)
    }

    func rewrite(_ bytes: [UInt8], to document: Node, id: PageID, links: PageLinks) throws(FormatError) -> [UInt8] {
        try file(for: document, id: id, links: links)
    }

    func isSame(_ left: Node, _ right: Node) -> Bool { Self.lines(left) == Self.lines(right) }

    func merge(base: Node, git: Node, wiki: Node) -> MergedDocument {
        let (lines, conflicts) = LineMerge.merge(Self.lines(base), Self.lines(git), Self.lines(wiki))
        return MergedDocument(document: Self.document(lines), conflicts: conflicts)
    }

    func carry(from old: Node, to new: Node) -> Node { new }
}

extension String {
    func trimmingSpaces() -> String {
        var text = Substring(self)
        while text.first == " " || text.first == "\r" { text.removeFirst() }
        while text.last == " " || text.last == "\r" { text.removeLast() }
        return String(text)
    }
}

/// A plain three-way merge of lines, in which the first side wins.
enum LineMerge {
    static func merge(_ base: [String], _ ours: [String], _ theirs: [String]) -> ([String], Int) {
        let left = matches(base, ours)
        let right = matches(base, theirs)
        var result: [String] = []
        var conflicts = 0
        var b = 0
        var o = 0
        var t = 0
        while true {
            var next = b
            while next < base.count, left[next] == nil || right[next] == nil { next += 1 }
            let oursEnd = next < base.count ? left[next] ?? ours.count : ours.count
            let theirsEnd = next < base.count ? right[next] ?? theirs.count : theirs.count
            let baseChunk = Array(base[b..<next])
            let oursChunk = Array(ours[o..<oursEnd])
            let theirsChunk = Array(theirs[t..<theirsEnd])
            if oursChunk == theirsChunk || theirsChunk == baseChunk {
                result += oursChunk
            } else if oursChunk == baseChunk {
                result += theirsChunk
            } else {
                result += oursChunk
                conflicts += 1
            }
            guard next < base.count else { return (result, conflicts) }
            result.append(base[next])
            b = next + 1
            o = oursEnd + 1
            t = theirsEnd + 1
        }
    }

    /// The longest common subsequence: for every line of `a`, its place in `b`.
    private static func matches(_ a: [String], _ b: [String]) -> [Int: Int] {
        var lengths = Array(repeating: Array(repeating: 0, count: b.count + 1), count: a.count + 1)
        for i in stride(from: a.count - 1, through: 0, by: -1) {
            for j in stride(from: b.count - 1, through: 0, by: -1) {
                lengths[i][j] = a[i] == b[j] ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
            }
        }
        var pairs: [Int: Int] = [:]
        var i = 0
        var j = 0
        while i < a.count, j < b.count {
            if a[i] == b[j] {
                pairs[i] = j
                i += 1
                j += 1
            } else if lengths[i + 1][j] >= lengths[i][j + 1] {
                i += 1
            } else {
                j += 1
            }
        }
        return pairs
    }
}
