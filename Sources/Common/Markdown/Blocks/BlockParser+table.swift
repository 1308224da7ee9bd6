extension BlockParser {
    /// A delimiter row under a line with as many cells makes a table of that line.
    mutating func openTable(_ container: Int) -> BlockStart? {
        guard blocks[container].kind == .paragraph, let columns = delimiterRow() else { return nil }
        var header = blocks[container].textEnd - 1
        while header > blocks[container].text, text[header - 1] != ASCII.newline { header -= 1 }
        let count = text.withUnsafeBufferPointer { TableRow.count($0, header..<blocks[container].textEnd - 1) }
        guard count == columns.count, header < blocks[container].textEnd else { return nil }
        var table = container
        if header > blocks[container].text {
            let end = blocks[container].textEnd
            blocks[container].textEnd = header
            table = open(.table, in: container)
            blocks[table].text = header
            blocks[table].textEnd = end
            // The header line is the table's, not the paragraph's.
            blocks[table].start = startOfPreviousLine(blocks[table].start)
            if blocks[container].parent == 0 { blocks[container].end = lineEndBefore(blocks[table].start) }
        } else {
            blocks[table].kind = .table
        }
        blocks[table].level = alignments.count
        alignments.append(columns)
        isLineTaken = true
        return .leaf(table)
    }

    mutating func addTableRow(_ table: Int) {
        let columns = alignments[blocks[table].level].count
        let count = TableRow.count(source, nextNonspace..<lineEnd)
        filledCells += max(0, columns - count)
        guard filledCells <= limits.filledCells else {
            // A small file must not become millions of cells: what follows is text.
            close(table)
            open(.paragraph, in: Int(blocks[table].parent))
            addParagraphLine()
            return
        }
        addParagraphLine()
    }

    private func startOfPreviousLine(_ start: Int) -> Int {
        var index = lineEndBefore(start)
        while index > 0, !source[index - 1].isLineEnd { index -= 1 }
        return index
    }

    private func lineEndBefore(_ start: Int) -> Int {
        guard start > 0 else { return 0 }
        let end = start - 1
        return end > 0 && source[end] == ASCII.newline && source[end - 1] == ASCII.carriageReturn ? end - 1 : end
    }

    /// The alignments of `| :-- | --- |`; nil for any other line.
    private func delimiterRow() -> [ColumnAlignment]? {
        var columns: [ColumnAlignment] = []
        var index = nextNonspace
        var hasPipe = false
        func skipSpace() {
            while index < lineEnd, source[index].isSpaceOrTab { index += 1 }
        }
        func take(_ byte: UInt8) -> Bool {
            guard index < lineEnd, source[index] == byte else { return false }
            index += 1
            return true
        }
        if take(ASCII.pipe) { hasPipe = true }
        while true {
            skipSpace()
            if index == lineEnd { break }
            let left = take(ASCII.colon)
            let start = index
            while take(ASCII.dash) {}
            guard index > start else { return nil }
            let right = take(ASCII.colon)
            columns.append(left ? (right ? .center : .left) : (right ? .right : .none))
            guard columns.count <= limits.tableColumns else { return nil }
            skipSpace()
            if index == lineEnd { break }
            guard take(ASCII.pipe) else { return nil }
            hasPipe = true
        }
        return columns.isEmpty || (!hasPipe && columns.count == 1 && columns[0] == .none) ? nil : columns
    }
}

/// The cells of one line of a pipe table.
enum TableRow {
    /// Calls back with the range of each cell, without the space around it.
    static func forEachCell(_ bytes: Bytes, _ line: Range<Int>, _ body: (Range<Int>) -> Void) {
        let line = bytes.trimmed(line)
        var index = line.lowerBound
        if index < line.upperBound, bytes[index] == ASCII.pipe { index += 1 }
        guard index < line.upperBound else { return }
        var start = index
        while index < line.upperBound {
            switch bytes[index] {
            case ASCII.backslash:
                index += 2
            case ASCII.pipe:
                body(bytes.trimmed(start..<index))
                index += 1
                start = index
            default:
                index += 1
            }
        }
        let rest = bytes.trimmed(min(start, line.upperBound)..<line.upperBound)
        if !rest.isEmpty { body(rest) }
    }

    static func count(_ bytes: Bytes, _ line: Range<Int>) -> Int {
        var count = 0
        forEachCell(bytes, line) { _ in count += 1 }
        return count
    }
}
