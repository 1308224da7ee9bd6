import JSON
import ProseMirror

extension DocumentMapper {
    /// A pipe table. A row with more cells than the header makes the table wider, so that no cell is lost.
    mutating func table(_ block: Block) -> Node {
        var lines: [[Range<Int>]] = []
        var start = block.text
        while start < block.textEnd {
            var end = start
            while end < block.textEnd, text[end] != ASCII.newline { end += 1 }
            var cells: [Range<Int>] = []
            TableRow.forEachCell(text, start..<end) { cells.append($0) }
            lines.append(cells)
            start = end + 1
        }
        let columns = widened(tree.alignments[block.level], for: lines)
        let rows = lines.enumerated().map { number, cells in
            row(cells, columns, number == 0 ? "tableHeader" : "tableCell")
        }
        return Node("table", content: rows)
    }

    /// The columns of the header, and more for a wider row; not where the empty cells that this puts into all other rows
    /// are too many for the file.
    private mutating func widened(_ columns: [ColumnAlignment], for lines: [[Range<Int>]]) -> [ColumnAlignment] {
        let widest = lines.map(\.count).max() ?? 0
        guard widest > columns.count, widest <= options.limits.tableColumns else { return columns }
        // What short rows lack in the columns of the header is counted already.
        let added = lines.reduce(0) { $0 + widest - max($1.count, columns.count) }
        guard added <= cellsLeft else { return columns }
        cellsLeft -= added
        return columns + repeatElement(.none, count: widest - columns.count)
    }

    private mutating func row(_ ranges: [Range<Int>], _ columns: [ColumnAlignment], _ type: String) -> Node {
        var cells: [Node] = []
        cells.reserveCapacity(columns.count)
        for (index, column) in columns.enumerated() {
            var content = [Node("paragraph")]
            if index == columns.count - 1, ranges.count > columns.count, let last = ranges.last {
                // The table could not be made wider: the last cell holds the rest of the line.
                content = cell(text.trimmed(ranges[index].lowerBound..<last.upperBound))
            } else if index < ranges.count {
                content = cell(ranges[index])
            }
            cells.append(Node(type, attrs: column.attrs, content: content))
        }
        return Node("tableRow", content: cells)
    }

    private mutating func cell(_ range: Range<Int>) -> [Node] {
        if range.isEmpty { return [Node("paragraph")] }
        guard text[range].contains(ASCII.pipe) else {
            return Textblock.split(inlines.parse(text, range), as: "paragraph", attrs: nil)
        }
        var cell: [UInt8] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let isBackslash = text[index] == ASCII.backslash && index + 1 < range.upperBound
            if isBackslash, text[index + 1] == ASCII.backslash {
                // No backslash of a pair escapes the pipe after it.
                cell.append(ASCII.backslash)
                index += 1
            } else if isBackslash, text[index + 1] == ASCII.pipe {
                index += 1
            }
            cell.append(text[index])
            index += 1
        }
        return cell.withUnsafeBufferPointer { bytes in
            Textblock.split(inlines.parse(bytes, 0..<bytes.count), as: "paragraph", attrs: nil)
        }
    }
}

extension ColumnAlignment {
    var attrs: JSONObject? {
        switch self {
        case .none: nil
        case .left: ["align": "left"]
        case .center: ["align": "center"]
        case .right: ["align": "right"]
        }
    }
}
