import JSON
import ProseMirror

/// Writes a whole body in given forms.
struct BodyWriter {
    private let body: Body
    private let options: MarkdownOptions

    init(_ body: Body, _ options: MarkdownOptions) {
        self.body = body
        self.options = options
    }

    /// - Parameters:
    ///   - forms: of the blocks; all plain when empty.
    ///   - footnotes: of the definitions.
    func write(_ forms: [Forms], _ footnotes: [Forms]) -> MarkdownWriter.Written {
        var writer = BlockWriter(options)
        let ending = Ending(body.blocks)
        let blocks = ending == .implied ? Array(body.blocks.dropLast()) : body.blocks
        if body.blocks.isEmpty { writer.writeFence("```" + JSONFence.language, Array("[]".utf8), "```") }
        if !(ending == .empty && body.footnotes.isEmpty && body.list == nil) {
            write(blocks, forms, &writer)
        }
        for (index, footnote) in body.footnotes.enumerated() {
            if !writer.out.bytes.isEmpty { writer.out.endLine() }
            writer.writeDefinition(footnote, index < footnotes.count ? footnotes[index] : .plain, options.flavor)
        }
        if let list = body.list {
            if !writer.out.bytes.isEmpty { writer.out.endLine() }
            writer.write(list, footnotes.first ?? .plain)
        }
        if ending == .marked {
            writer.out.endLine()
            writer.out.writeLine(Body.trailingMark)
        }
        return MarkdownWriter.Written(bytes: writer.out.bytes, rungs: writer.counts)
    }

    private func write(_ blocks: [Node], _ forms: [Forms], _ writer: inout BlockWriter) {
        var marker: UInt8?
        for (index, block) in blocks.enumerated() {
            if index > 0 { writer.out.endLine() }
            marker = ListMarker.of(block, after: marker)
            writer.write(block, index < forms.count ? forms[index] : .plain, marker: marker, isFirst: index == 0)
        }
    }
}

/// How the blocks of a document end.
enum Ending {
    /// With a paragraph that is written.
    case written
    /// With the empty paragraph that reading adds after any other block.
    case implied
    /// Without that paragraph: a reserved comment says so.
    case marked
    /// The empty document.
    case empty

    init(_ blocks: [Node]) {
        guard let last = blocks.last else {
            self = .marked
            return
        }
        if last.type != "paragraph" {
            self = .marked
        } else if !last.isEmptyParagraph {
            self = .written
        } else if blocks.count == 1 {
            self = .empty
        } else {
            // After a list of footnotes too it is written: a list that is last would be the document's own.
            let before = blocks[blocks.count - 2].type
            self = before == "paragraph" || Schema.footnoteLists.contains(before) ? .written : .implied
        }
    }
}

extension BlockWriter {
    /// `[^label]: text`, further paragraphs indented.
    mutating func writeDefinition(_ node: Node, _ form: Forms, _ flavor: Flavor) {
        let label = node.attribute(flavor == .fork ? "id" : "data-id")?.string ?? ""
        out.write("[^" + label + "]:")
        nest("    ") { writer in
            let isEmpty = node.children.count == 1 && node.children[0].isEmptyParagraph && form[0].rung == .plain
            guard !isEmpty else {
                writer.out.endLine()
                return
            }
            writer.out.write(ASCII.space)
            writer.write(node.children, form)
        }
    }
}
