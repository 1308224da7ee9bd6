/// A block of the first phase, in an arena: children and siblings are indices, text is a range of the parser's buffer.
///
/// Only the innermost open leaf receives lines, so the text of every leaf is one contiguous range.
struct Block {
    enum Kind: UInt8 {
        case document, quote, fencedCallout, list, item, footnote
        case paragraph, heading, indentedCode, fencedCode, html, rule, table, math
        /// A paragraph that held nothing but reference definitions.
        case definitions
    }

    enum Task: UInt8 { case none, open, done }

    var kind: Kind
    var isOpen = true
    var isOrdered = false
    var task = Task.none
    /// Whether the fence, the `$$` or the `:::` that ends it was seen.
    var isClosed = false
    /// Bullet, `.` or `)` of a list and its items; the character of a fence.
    var marker: UInt8 = 0
    var depth: Int32 = 0
    var parent: Int32 = -1
    var firstChild: Int32 = -1
    var lastChild: Int32 = -1
    var next: Int32 = -1
    /// Level of a heading, kind of an HTML block, first number of a list, index of a table's alignments.
    var level: Int = 0
    /// Columns that a line of an item must be indented by; columns before a fence.
    var offset = 0
    /// Length of a fence.
    var length = 0
    /// Bytes of the source, without the line end of the last line.
    var start = 0
    var end = 0
    var text = 0
    var textEnd = 0
    /// Info string of a fence, label of a footnote, header of a callout.
    var info = 0
    var infoEnd = 0

    var textRange: Range<Int> { text..<textEnd }
    var infoRange: Range<Int> { info..<infoEnd }
    var hasInfo: Bool { infoEnd > info }

    init(_ kind: Kind) { self.kind = kind }

    /// Whether lines are added to it as they are.
    var takesLines: Bool {
        switch kind {
        case .paragraph, .indentedCode, .fencedCode, .html, .math, .table: true
        default: false
        }
    }

    /// Whether a block of that kind may be its child.
    func canHold(_ child: Kind) -> Bool {
        switch kind {
        case .list: child == .item
        case .document, .quote, .fencedCallout, .item, .footnote: child != .item
        default: false
        }
    }
}

/// The result of the first phase.
struct BlockTree {
    var blocks: [Block]
    /// The text of all leaves.
    var text: [UInt8]
    /// Alignments of the columns of each table.
    var alignments: [[ColumnAlignment]]
    /// Cells that short rows of tables lack.
    var filledCells: Int
    var references: ReferenceTable
    /// Labels of footnote definitions, as spelled, in order.
    var footnotes: [String]
    /// Definitions of links: the paragraph that each begins, and its text.
    var definitions: [(block: Int, text: Range<Int>)]
}

enum ColumnAlignment: UInt8 { case none, left, center, right }
