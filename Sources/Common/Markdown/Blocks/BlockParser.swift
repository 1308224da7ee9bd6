/// The first phase: one pass over the lines, each of which continues, closes or opens blocks.
struct BlockParser {
    let source: Bytes
    let limits: Limits
    var blocks: [Block] = [Block(.document)]
    var text: [UInt8] = []
    var alignments: [[ColumnAlignment]] = []
    var references: ReferenceTable
    var footnotes: [String] = []
    var definitions: [(block: Int, text: Range<Int>)] = []
    var filledCells = 0
    /// The innermost open block.
    var tip = 0

    // The line at hand.
    var lineEnd = 0
    var offset = 0
    var column = 0
    /// Whether `offset` stands on a tab of which some columns are used up.
    var isInsideTab = false
    var nextNonspace = 0
    var nextColumn = 0
    var isBlank = false
    /// Whether the rest of the line was used up by a block that it opened.
    var isLineTaken = false
    /// Columns of whitespace before the next character.
    var indent: Int { nextColumn - column }
    var isIndented: Bool { indent >= 4 }

    init(_ source: Bytes, limits: Limits) {
        self.source = source
        self.limits = limits
        references = ReferenceTable(
            maximumCount: limits.references,
            maximumBytes: max(limits.referenceBytes, source.count)
        )
        text.reserveCapacity(source.count + source.count / 8)
    }

    static func parse(_ source: Bytes, limits: Limits) -> BlockTree {
        var parser = BlockParser(source, limits: limits)
        var start = 0
        while start < source.count {
            var end = start
            while end < source.count, !source[end].isLineEnd { end += 1 }
            parser.takeLine(start, end)
            start = end + 1
            if end + 1 < source.count, source[end] == ASCII.carriageReturn, source[end + 1] == ASCII.newline {
                start += 1
            }
        }
        while parser.tip != 0 { parser.close(parser.tip) }
        return BlockTree(
            blocks: parser.blocks,
            text: parser.text,
            alignments: parser.alignments,
            filledCells: parser.filledCells,
            references: parser.references,
            footnotes: parser.footnotes,
            definitions: parser.definitions
        )
    }

    private mutating func takeLine(_ start: Int, _ end: Int) {
        lineEnd = end
        offset = start
        column = 0
        isInsideTab = false
        isLineTaken = false
        findNextNonspace()
        let hasText = !isBlank
        guard let container = matchContainers() else {
            extendOutermost(to: end)
            return
        }
        let isMatched = container == tip
        findNextNonspace()
        let opened = openBlocks(in: container)
        if !isLineTaken { addRest(to: opened, lazily: !isMatched && opened == container) }
        if hasText || (tip != 0 && blocks[tip].takesLines) { extendOutermost(to: end) }
    }

    /// Every line with text belongs to the last block of the document, whatever it did inside.
    private mutating func extendOutermost(to end: Int) {
        let last = Int(blocks[0].lastChild)
        if last > 0 { blocks[last].end = end }
    }

    /// Walks down the open blocks as far as the line continues them; nil when the line only closed one.
    private mutating func matchContainers() -> Int? {
        var container = 0
        while blocks[container].lastChild >= 0 {
            let child = Int(blocks[container].lastChild)
            guard blocks[child].isOpen else { break }
            findNextNonspace()
            switch match(child) {
            case .continues: container = child
            case .ends: return container
            case .endsWithLine: return nil
            }
        }
        return container
    }

    /// Opens the blocks that start on this line; the innermost one, or `container` when none does.
    private mutating func openBlocks(in container: Int) -> Int {
        var container = container
        var isLeaf =
            blocks[container].takesLines && blocks[container].kind != .paragraph
            && blocks[container].kind != .table
        while !isLeaf {
            findNextNonspace()
            switch openBlock(in: container) {
            case .none: return container
            case .container(let index): container = index
            case .leaf(let index):
                container = index
                isLeaf = true
            }
        }
        return container
    }

    private mutating func addRest(to container: Int, lazily: Bool) {
        findNextNonspace()
        if lazily, !isBlank, blocks[tip].kind == .paragraph {
            addParagraphLine()
            return
        }
        closeUnmatched(below: container)
        switch blocks[container].kind {
        case .paragraph:
            addParagraphLine()
        case .table:
            addTableRow(container)
        case .indentedCode, .fencedCode, .math:
            addLine()
        case .html:
            addLine()
            if endsHTML(container) { close(container) }
        case .heading, .rule, .definitions:
            break
        default:
            guard !isBlank else { return }
            open(.paragraph, in: container)
            addParagraphLine()
        }
    }

    // MARK: The tree

    /// Closes what is open below a block.
    mutating func closeUnmatched(below container: Int) {
        while tip != container { close(tip) }
    }

    /// Opens a block at the end of the nearest container.
    @discardableResult
    mutating func open(_ kind: Block.Kind, in container: Int) -> Int {
        var parent = container
        while !blocks[parent].canHold(kind) { parent = Int(blocks[parent].parent) }
        closeUnmatched(below: parent)
        let index = blocks.count
        var block = Block(kind)
        block.parent = Int32(parent)
        block.depth = blocks[parent].depth + (kind == .quote || kind == .item || kind == .footnote ? 1 : 0)
        block.start = lineStartOfOutermost(parent)
        block.text = text.count
        block.textEnd = text.count
        blocks.append(block)
        let previous = blocks[parent].lastChild
        if previous >= 0 { blocks[Int(previous)].next = Int32(index) } else { blocks[parent].firstChild = Int32(index) }
        blocks[parent].lastChild = Int32(index)
        tip = index
        return index
    }

    /// Positions are kept by whole lines, and only of the document's own blocks.
    private func lineStartOfOutermost(_ parent: Int) -> Int {
        guard parent == 0 else { return 0 }
        var start = min(offset, lineEnd)
        while start > 0, !source[start - 1].isLineEnd { start -= 1 }
        return start
    }

    mutating func close(_ index: Int) {
        blocks[index].isOpen = false
        tip = Int(blocks[index].parent)
        switch blocks[index].kind {
        case .paragraph: closeParagraph(index)
        case .indentedCode: dropTrailingBlankLines(index)
        default: break
        }
    }

    // MARK: The line

    mutating func findNextNonspace() {
        var index = offset
        var columns = column
        while index < lineEnd {
            if source[index] == ASCII.space {
                columns += 1
            } else if source[index] == ASCII.tab {
                columns += 4 - columns % 4
            } else {
                break
            }
            index += 1
        }
        nextNonspace = index
        nextColumn = columns
        isBlank = index == lineEnd
    }

    mutating func advance(columns count: Int) {
        var left = count
        while left > 0, offset < lineEnd {
            let width = source[offset] == ASCII.tab ? 4 - column % 4 : 1
            guard width <= left else {
                column += left
                isInsideTab = true
                return
            }
            column += width
            left -= width
            offset += 1
            isInsideTab = false
        }
    }

    mutating func advanceToNonspace() {
        offset = nextNonspace
        column = nextColumn
        isInsideTab = false
    }

    /// Advances over bytes that are no tabs.
    mutating func advance(bytes count: Int) {
        offset += count
        column += count
        isInsideTab = false
    }
}

/// What a line does to an open block.
enum LineMatch { case continues, ends, endsWithLine }

/// What a line opens.
enum BlockStart { case none, container(Int), leaf(Int) }
