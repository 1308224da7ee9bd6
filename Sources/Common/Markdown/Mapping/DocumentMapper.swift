import JSON
import ProseMirror

/// Turns the tree of blocks into nodes.
struct DocumentMapper {
    let tree: BlockTree
    /// The text of the tree.
    let text: Bytes
    let options: MarkdownOptions
    var inlines: InlineParser
    /// Footnote definitions, in the order of the file.
    var footnotes: [Node] = []
    /// Cells by which tables may still be made wider.
    var cellsLeft: Int
    /// HTML elements that are open around what is mapped.
    private var elementDepth = 0

    /// Neighbouring blocks and the nodes they make together.
    struct Group {
        var first: Int
        var last: Int
        var nodes: [Node]
    }

    init(_ tree: BlockTree, _ text: Bytes, options: MarkdownOptions, footnotes: Set<[UInt8]>) {
        self.tree = tree
        self.text = text
        self.options = options
        cellsLeft = options.limits.filledCells - tree.filledCells
        inlines = InlineParser(options: options, references: tree.references, footnotes: footnotes)
    }

    /// The children of a block, as nodes.
    mutating func content(of block: Int) -> [Node] {
        let first = tree.blocks[block].firstChild
        guard first >= 0 else { return [] }
        // Most blocks have one child.
        if tree.blocks[Int(first)].next < 0, tree.blocks[Int(first)].kind != .html { return nodes(of: Int(first)) }
        return groups(in: block).flatMap(\.nodes)
    }

    /// The children of a block in groups: a block of its own, or all that HTML elements hold together.
    mutating func groups(in block: Int) -> [Group] {
        var siblings: [Int] = []
        var next = tree.blocks[block].firstChild
        while next >= 0 {
            siblings.append(Int(next))
            next = tree.blocks[Int(next)].next
        }
        let html = readHTML(siblings)
        var groups: [Group] = []
        var frames: [ElementFrame] = []
        for (position, sibling) in siblings.enumerated() {
            if frames.isEmpty { groups.append(Group(first: sibling, last: sibling, nodes: [])) }
            var made: [Node] = []
            if let parts = html?.parts[position] {
                for part in parts { take(part, &frames, &made) }
            } else {
                put(nodes(of: sibling), in: &frames, else: &made)
            }
            groups[groups.count - 1].nodes += made
            groups[groups.count - 1].last = sibling
        }
        return groups
    }

    private func readHTML(_ siblings: [Int]) -> HTMLPairs? {
        var blocks: [(position: Int, parts: [HTMLPart])] = []
        for (position, sibling) in siblings.enumerated() where tree.blocks[sibling].kind == .html {
            guard tree.blocks[sibling].level >= 6,
                let parts = HTMLBlockReader.read(text, tree.blocks[sibling].textRange)
            else { continue }
            blocks.append((position, parts))
        }
        guard !blocks.isEmpty else { return nil }
        return HTMLPairs(blocks, depth: max(0, options.limits.depth - elementDepth))
    }

    private mutating func take(_ part: HTMLPart, _ frames: inout [ElementFrame], _ made: inout [Node]) {
        switch part {
        case .open(let tag):
            // Every wrapper goes over all that is in it: only the outer ones of very many count.
            let wrappers = frames.count { $0.isWrapper }
            frames.append(ElementFrame(tag: tag, isIgnored: wrappers >= 4))
            elementDepth += 1
        case .close:
            guard let frame = frames.popLast() else { return }
            elementDepth -= 1
            put(frame.close(), in: &frames, else: &made)
        case .node(let node):
            put([node], in: &frames, else: &made)
        case .inline(let range):
            let run = inlines.parseHTML(text, range)
            if let frame = frames.last, frame.isTextblock {
                frames[frames.count - 1].inlines += run
            } else if run.count == 1, run[0].type == "hardBreak" {
                // `<br>` alone is how an empty paragraph is written.
                put([Node("paragraph")], in: &frames, else: &made)
            } else {
                put(Textblock.split(run, as: "paragraph", attrs: nil), in: &frames, else: &made)
            }
        }
    }

    private func put(_ nodes: [Node], in frames: inout [ElementFrame], else made: inout [Node]) {
        guard let last = frames.indices.last else {
            made.take(nodes)
            return
        }
        if frames[last].isTextblock, !frames[last].inlines.isEmpty {
            frames[last].nodes += Textblock.split(frames[last].inlines, as: "paragraph", attrs: nil)
            frames[last].inlines = []
        }
        frames[last].nodes.take(nodes)
    }
}

extension [Node] {
    /// Appends nodes; an empty array takes them over instead of copying, which matters in nested elements.
    fileprivate mutating func take(_ nodes: [Node]) {
        if isEmpty { self = nodes } else { append(contentsOf: nodes) }
    }
}
