import JSON
import ProseMirror

/// Chooses the form of each block: reads back what was written, and steps down where it differs.
struct Verifier {
    private var body: Body
    private let options: MarkdownOptions
    private let canonical: Canonical
    private var forms: [Forms] = []
    private var footnoteForms: [Forms] = []

    init(_ body: Body, _ options: MarkdownOptions) {
        self.body = body
        var options = options
        options.footnoteLabels = body.labels(options.flavor)
        self.options = options
        canonical = WrittenForm(options).canonical
    }

    mutating func write() -> MarkdownWriter.Written {
        var written = BodyWriter(body, options).write(forms, footnoteForms)
        guard let first = difference(written.bytes) else { return written }
        settle(first, budget: written.bytes.count * 32 + 1_000_000)
        written = BodyWriter(body, options).write(forms, footnoteForms)
        // Alone each block reads back; what still differs does so because of its neighbours.
        for widening in 0..<4 {
            guard let rest = difference(written.bytes) else { return written }
            giveUp(rest, widening: widening)
            written = BodyWriter(body, options).write(forms, footnoteForms)
        }
        return written
    }

    /// Where what was read differs from what was written.
    private struct Difference {
        var blocks: Range<Int>
        /// The blocks themselves, where each can be compared with its own.
        var places: [Int]
        var footnotes: Range<Int>
        var isListWrong: Bool
    }

    private func difference(_ bytes: [UInt8]) -> Difference? {
        // Of the whole file: its own labels count.
        var options = options
        options.footnoteLabels = nil
        let read = bytes.withUnsafeBufferPointer { Body.parse($0, options) }
        let blocks = differing(body.blocks, read.blocks)
        let footnotes = differing(body.footnotes, read.footnotes)
        let isListWrong = body.list != read.list.map(canonical.form)
        if blocks.isEmpty, footnotes.isEmpty, !isListWrong, read.blocks.count == body.blocks.count,
            read.footnotes.count == body.footnotes.count
        {
            return nil
        }
        let places =
            read.blocks.count == body.blocks.count
            ? blocks.filter { body.blocks[$0] != canonical.form(of: read.blocks[$0]) } : Array(blocks)
        return Difference(blocks: blocks, places: places, footnotes: footnotes, isListWrong: isListWrong)
    }

    /// The places between the equal beginning and the equal end.
    private func differing(_ expected: [Node], _ read: [Node]) -> Range<Int> {
        var start = 0
        while start < expected.count, start < read.count, expected[start] == canonical.form(of: read[start]) {
            start += 1
        }
        if start == expected.count, start == read.count { return start..<start }
        var end = 0
        while end < expected.count - start, end < read.count - start,
            expected[expected.count - 1 - end] == canonical.form(of: read[read.count - 1 - end])
        {
            end += 1
        }
        // Where the file has a block too many, its neighbours are to blame.
        let upper = expected.count - end
        return start < upper ? start..<upper : max(0, start - 1)..<min(expected.count, upper + 1)
    }

    private mutating func settle(_ difference: Difference, budget: Int) {
        var settler = Settler(options: options, canonical: canonical, budget: budget)
        if !difference.blocks.isEmpty {
            forms = Array(repeating: .plain, count: body.blocks.count)
            for index in difference.blocks { forms[index] = settler.settle(body.blocks[index]) }
        }
        if !body.footnotes.isEmpty, !difference.footnotes.isEmpty {
            footnoteForms = Array(repeating: .plain, count: body.footnotes.count)
            for index in difference.footnotes {
                footnoteForms[index] = settler.settleChildren(of: body.footnotes[index])
            }
        }
        if let list = body.list, difference.isListWrong { footnoteForms = [settler.settle(list)] }
    }

    private mutating func giveUp(_ difference: Difference, widening: Int) {
        if forms.isEmpty { forms = Array(repeating: .plain, count: body.blocks.count) }
        let range = difference.blocks
        let places =
            switch widening {
            case 0: difference.places
            case 1: Array(max(0, range.lowerBound - 1)..<min(body.blocks.count, range.upperBound + 1))
            default: Array(body.blocks.indices)
            }
        for index in places { forms[index] = Forms(rung: .json) }
        if difference.isListWrong { footnoteForms = [Forms(rung: .json)] }
        if !difference.footnotes.isEmpty || widening > 1, !body.footnotes.isEmpty {
            footnoteForms = body.footnotes.map { node in
                Forms(children: Array(repeating: Forms(rung: .json), count: node.children.count))
            }
        }
    }
}

/// Chooses forms for a block on its own.
struct Settler {
    let options: MarkdownOptions
    let canonical: Canonical
    /// Bytes that may still be read back; beyond it the sure form is taken at once.
    var budget: Int

    mutating func settle(_ node: Node) -> Forms {
        if reads(node, .plain) { return .plain }
        let rule = Schema.upstream.node(node.type) ?? Schema.fork.node(node.type)
        if node.type == "table" { return settleTable(node) }
        if node.content == nil || rule?.isTextblock == true {
            for rung in [Rung.escaped, .element] where reads(node, Forms(rung: rung)) { return Forms(rung: rung) }
            return Forms(rung: .json)
        }
        var form = settleChildren(of: node)
        if reads(node, form) { return form }
        form.rung = .element
        return reads(node, form) ? form : Forms(rung: .json)
    }

    private mutating func settleTable(_ node: Node) -> Forms {
        for rung in [Rung.escaped, .element] where reads(node, Forms(rung: rung)) { return Forms(rung: rung) }
        var form = settleChildren(of: node)
        form.rung = .element
        return reads(node, form) ? form : Forms(rung: .json)
    }

    /// The forms of a container's children; items, rows and cells are no blocks themselves.
    mutating func settleChildren(of node: Node) -> Forms {
        var form = Forms()
        for child in node.children {
            switch child.type {
            case "listItem", "taskItem", "tableRow", "tableCell", "tableHeader", "detailsContent", "footnote",
                "footnoteDefinition":
                form.children.append(settleChildren(of: child))
            case "detailsSummary" where node.type == "details":
                form.children.append(.plain)
            default:
                form.children.append(settle(child))
            }
        }
        return form
    }

    private mutating func reads(_ node: Node, _ form: Forms) -> Bool {
        guard budget > 0 else { return false }
        var writer = BlockWriter(options)
        writer.write(node, form)
        budget -= writer.out.bytes.count
        let read = writer.out.bytes.withUnsafeBufferPointer { Body.parse($0, options) }
        var blocks = read.blocks
        if read.isParagraphImplied { blocks.removeLast() }
        if blocks.isEmpty, let list = read.list { blocks = [list] }
        return blocks.count == 1 && read.footnotes.isEmpty && canonical.form(of: blocks[0]) == node
    }
}
