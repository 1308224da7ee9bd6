import JSON
import ProseMirror

/// A part of a line of text: marks that begin and end, and what is between.
enum InlineToken {
    case text(String)
    case code(String)
    /// A break or an atom.
    case node(Node)
    case open(Int)
    case close(Int)
}

/// A mark over a stretch of text.
struct MarkSpan {
    var mark: Mark
    var spelling: MarkSpelling
    /// Whether it is written as an element, because delimiters would not be read back here.
    var isElement: Bool
}

/// Cuts inline content into tokens with properly nested marks, the longest outermost.
struct InlineTokens {
    private(set) var tokens: [InlineToken] = []
    private(set) var spans: [MarkSpan] = []

    init(_ nodes: [Node]) {
        let marks = InlineTokens.drawn(nodes)
        if marks.allSatisfy(\.isEmpty) {
            tokens = nodes.map { $0.isText ? .text($0.text ?? "") : .node($0) }
            return
        }
        let lengths = InlineTokens.lengths(marks)
        var open: [Int] = []
        for (index, node) in nodes.enumerated() {
            while let last = open.last, !open.allSatisfy({ span in marks[index].contains(spans[span].mark) }) {
                tokens.append(.close(last))
                open.removeLast()
            }
            begin(marks[index], lengths[index], &open)
            if node.isText {
                let isCode = marks[index].contains { $0.type == "code" && $0.attrs == nil }
                tokens.append(isCode ? .code(node.text ?? "") : .text(node.text ?? ""))
            } else {
                tokens.append(.node(node))
            }
        }
        while let last = open.popLast() { tokens.append(.close(last)) }
    }

    private mutating func begin(_ marks: [Mark], _ lengths: [Int], _ open: inout [Int]) {
        var new = marks.indices.filter { index in
            !open.contains { spans[$0].mark == marks[index] }
                && !(marks[index].type == "code" && marks[index].attrs == nil)
        }
        // The order of the schema decides between marks of one length.
        if new.count > 1 { new.sort { (-lengths[$0], $0) < (-lengths[$1], $1) } }
        for index in new {
            open.append(spans.count)
            tokens.append(.open(spans.count))
            spans.append(MarkSpan(mark: marks[index], spelling: MarkSpelling(marks[index]), isElement: false))
        }
    }

    /// The marks of each node; atoms have none of their own, so marks that stand on both sides are drawn through them.
    private static func drawn(_ nodes: [Node]) -> [[Mark]] {
        var marks = nodes.map { $0.isText ? $0.marks ?? [] : [] }
        var index = 0
        while index < nodes.count {
            guard !nodes[index].isText else {
                index += 1
                continue
            }
            var end = index
            while end < nodes.count, !nodes[end].isText { end += 1 }
            if index > 0, end < nodes.count {
                let isBreak = nodes[index..<end].allSatisfy { $0.type == "hardBreak" }
                let shared = marks[index - 1].filter { mark in
                    marks[end].contains(mark) && mark.type != "code" && (mark.type != "link" || isBreak)
                }
                for atom in index..<end { marks[atom] = shared }
            }
            index = end
        }
        return marks
    }

    /// For each mark of each node, over how many nodes it goes on.
    private static func lengths(_ marks: [[Mark]]) -> [[Int]] {
        var lengths = marks.map { Array(repeating: 1, count: $0.count) }
        for index in marks.indices.dropLast().reversed() {
            for (place, mark) in marks[index].enumerated() {
                if let next = marks[index + 1].firstIndex(of: mark) {
                    lengths[index][place] += lengths[index + 1][next]
                }
            }
        }
        return lengths
    }

    /// Writes as elements those marks whose delimiters would not be read back.
    mutating func decideElements(all: Bool, options: MarkdownOptions) {
        for index in spans.indices {
            let isLink = spans[index].mark.type == "link" && spans[index].mark.markdownLink(options) != nil
            spans[index].isElement = all || (spans[index].spelling.delimiter == nil && !isLink)
        }
        guard !all, spans.contains(where: { !$0.isElement && $0.spelling.delimiter != nil }) else { return }
        // A mark that becomes an element changes what stands beside its neighbours: until nothing changes any more.
        for _ in 0...spans.count {
            let unreadable = Flanking(tokens: tokens, spans: spans).unreadable()
            if unreadable.isEmpty { return }
            for span in unreadable { spans[span].isElement = true }
        }
    }
}
