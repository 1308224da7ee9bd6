import JSON
package import ProseMirror

/// A page file's body as a document, and which bytes its blocks came from.
package struct Parsed: Sendable {
    /// A stretch of whole lines and the top-level nodes that it means.
    package struct Block: Sendable {
        /// Bytes of the source, without the line end of the last line and the blank lines after it.
        package var bytes: Range<Int>
        /// Indices of the document's children. Empty for definitions of links and for the reserved comment;
        /// footnotes too, which the document holds together at its end.
        package var nodes: Range<Int>
        /// The definitions of links that stand in it, at any depth: they serve other blocks as well.
        package var definitions: [UInt8]
        /// What stands after the language of a fence, which is no part of the code block.
        package var fenceInfo: [UInt8]
        /// Which of the footnotes it defines, by their place in the document's list.
        package var footnotes: Range<Int>
    }

    package var document: Node
    package var blocks: [Block]
}

/// Reads page files.
package enum MarkdownDocument {
    /// Reads Markdown; every input has a meaning, so this never fails.
    package static func parse(_ bytes: [UInt8], _ options: MarkdownOptions = MarkdownOptions()) -> Parsed {
        bytes.withUnsafeBufferPointer { source in
            var body = Body.parse(source, options)
            FootnoteNumbers.assign(&body, flavor: options.flavor)
            return Parsed(document: body.document(flavor: options.flavor), blocks: body.sources)
        }
    }
}

/// A document in the parts that a file has: blocks, footnotes, and whether a paragraph ends it.
///
/// Footnotes carry no numbers here: those follow from the order of the references.
struct Body {
    var blocks: [Node] = []
    var footnotes: [Node] = []
    /// A list of footnotes that is written as an element.
    var list: Node?
    var sources: [Parsed.Block] = []
    /// Whether the last paragraph is not in the text, but always there after another kind of block.
    var isParagraphImplied = false

    static func parse(_ source: Bytes, _ options: MarkdownOptions) -> Body {
        let tree = BlockParser.parse(source, limits: options.limits)
        return tree.text.withUnsafeBufferPointer { text in
            let labels = options.footnoteLabels ?? Set(tree.footnotes.map { Array($0.utf8) })
            var mapper = DocumentMapper(tree, text, options: options, footnotes: labels)
            var body = Body()
            body.read(&mapper, tree, .of(options.flavor))
            return body
        }
    }

    private mutating func read(_ mapper: inout DocumentMapper, _ tree: BlockTree, _ schema: Schema) {
        let groups = mapper.groups(in: 0)
        footnotes = mapper.footnotes
        var seenFootnotes = 0
        var nextDefinition = 0
        var isEndMarked = false
        var verbatim: Set<Int> = []
        for (number, group) in groups.enumerated() {
            var group = group
            if number == groups.count - 1, isTrailingMark(group) {
                isEndMarked = true
                group.nodes = []
            }
            // What stands in a fence is a document's own: it is kept even where the schema would have it otherwise.
            let isVerbatim = hasNodes(group, tree)
            if !isVerbatim { group.nodes = schema.normalised(blocks: group.nodes) }
            let start = blocks.count
            blocks += group.nodes
            if isVerbatim { verbatim.formUnion(start..<blocks.count) }
            let defined = countFootnotes(group, tree)
            sources.append(
                Parsed.Block(
                    bytes: tree.blocks[group.first].start..<tree.blocks[group.last].end,
                    nodes: start..<blocks.count,
                    definitions: definitions(group, tree, from: &nextDefinition),
                    fenceInfo: fenceInfo(group, tree),
                    footnotes: seenFootnotes..<seenFootnotes + defined
                )
            )
            seenFootnotes += defined
        }
        takeLists(except: verbatim)
        if !isEndMarked, blocks.last?.type != "paragraph" {
            blocks.append(Node("paragraph"))
            isParagraphImplied = true
        }
    }

    /// Takes out the lists of footnotes that are written as elements: they stand at the end, and are one.
    private mutating func takeLists(except verbatim: Set<Int>) {
        let last = blocks.count - 1
        for index in blocks.indices.reversed() {
            let type = blocks[index].type
            // The fork may have several lists; only the last one can be the one that definitions make.
            let isTaken =
                index == last
                ? type == "footnotes" || (type == "footnotesList" && footnotes.isEmpty)
                : type == "footnotes" && !verbatim.contains(index)
            guard isTaken, list == nil || list?.type == type else { continue }
            var taken = blocks.remove(at: index)
            taken.content = taken.children + (list?.children ?? [])
            if taken.children.isEmpty { taken.content = nil }
            list = taken
            for source in sources.indices {
                let nodes = sources[source].nodes
                let start = nodes.lowerBound > index ? nodes.lowerBound - 1 : nodes.lowerBound
                sources[source].nodes = start..<(nodes.upperBound > index ? nodes.upperBound - 1 : nodes.upperBound)
            }
        }
    }

    /// `<!-- no-trailing-paragraph -->`, the one reserved comment.
    static let trailingMark = "<!-- no-trailing-paragraph -->"

    private func isTrailingMark(_ group: DocumentMapper.Group) -> Bool {
        guard group.nodes.count == 1, group.nodes[0].type == "codeBlock",
            group.nodes[0].attribute("language")?.string == "html", let text = group.nodes[0].content?.first?.text
        else { return false }
        return text == Body.trailingMark
    }

    /// The next definitions that stand in a group: paragraphs end in the order of their numbers, and so do definitions.
    private func definitions(_ group: DocumentMapper.Group, _ tree: BlockTree, from next: inout Int) -> [UInt8] {
        let end = range(of: group, tree).upperBound
        let start = next
        while next < tree.definitions.count, tree.definitions[next].block < end { next += 1 }
        return tree.definitions[start..<next].flatMap { tree.text[$0.text] }
    }

    private func fenceInfo(_ group: DocumentMapper.Group, _ tree: BlockTree) -> [UInt8] {
        let block = tree.blocks[group.first]
        guard group.first == group.last, block.kind == .fencedCode,
            let space = tree.text[block.infoRange].firstIndex(where: \.isSpaceOrTab)
        else { return [] }
        return Array(tree.text[space..<block.infoEnd])
    }

    /// Whether a fence in the group holds nodes as JSON.
    private func hasNodes(_ group: DocumentMapper.Group, _ tree: BlockTree) -> Bool {
        contains(group, tree) { block in
            block.kind == .fencedCode && tree.text[block.infoRange].starts(with: JSONFence.language.utf8)
        }
    }

    private func countFootnotes(_ group: DocumentMapper.Group, _ tree: BlockTree) -> Int {
        guard !tree.footnotes.isEmpty else { return 0 }
        var count = 0
        _ = contains(group, tree) { block in
            if block.kind == .footnote { count += 1 }
            return false
        }
        return count
    }

    /// Whether any block of a group, at any depth, has a property.
    private func contains(_ group: DocumentMapper.Group, _ tree: BlockTree, _ has: (Block) -> Bool) -> Bool {
        tree.blocks[range(of: group, tree)].contains(where: has)
    }

    private func range(of group: DocumentMapper.Group, _ tree: BlockTree) -> Range<Int> {
        // Blocks are numbered in the order they were opened, so a group's are neighbours.
        let end = Int(tree.blocks[group.last].next)
        return group.first..<(end < 0 ? tree.blocks.count : end)
    }

    /// The document that the parts make.
    func document(flavor: Flavor) -> Node {
        var content = blocks
        if content.isEmpty, footnotes.isEmpty, list == nil { content = [Node("paragraph")] }
        if var list {
            list.content = footnotes.isEmpty ? list.content : list.children + footnotes
            content.append(list)
        } else if !footnotes.isEmpty {
            content.append(Node(flavor == .fork ? "footnotesList" : "footnotes", content: footnotes))
        }
        return Node("doc", content: content)
    }
}
