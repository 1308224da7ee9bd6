import JSON
import ProseMirror

/// What makes a table fit into pipes.
struct PipeTable {
    enum Header: String { case row, none, column, both }

    var header: Header
    var columns: [ColumnAlignment]
    /// Width of each column; nil when none has one.
    var widths: [JSONNumber?]?

    /// Nil when the table needs more than pipes have.
    init?(_ table: Node, limits: Limits) {
        let rows = table.children
        guard let first = rows.first, first.children.count <= limits.tableColumns, !first.children.isEmpty else {
            return nil
        }
        let count = first.children.count
        for row in rows {
            guard row.type == "tableRow", row.attrs == nil, row.extra == nil, row.children.count == count,
                row.children.allSatisfy(PipeTable.isPlain)
            else { return nil }
        }
        guard let header = PipeTable.header(rows) else { return nil }
        self.header = header
        columns = []
        var widths: [JSONNumber?] = []
        for column in 0..<count {
            let cells = rows.map { $0.children[column] }
            guard let alignment = ColumnAlignment(cells[0].attribute("align")),
                cells.allSatisfy({ $0.attribute("align") == cells[0].attribute("align") }),
                cells.allSatisfy({ $0.attribute("colwidth") == cells[0].attribute("colwidth") })
            else { return nil }
            columns.append(alignment)
            widths.append(cells[0].attribute("colwidth")?.array?.first?.number)
        }
        self.widths = widths.contains { $0 != nil } ? widths : nil
    }

    /// One paragraph that says nothing of itself, and no more on the cell than a column can share.
    private static func isPlain(_ cell: Node) -> Bool {
        guard cell.isCell, cell.extra == nil, cell.children.count == 1, cell.children[0].type == "paragraph",
            cell.children[0].attrs == nil, cell.children[0].extra == nil
        else { return false }
        return cell.attrs?.members.allSatisfy { name, value in
            name == "align" || (name == "colwidth" && value.array?.count == 1 && value.array?.first?.number != nil)
        } ?? true
    }

    private static func header(_ rows: [Node]) -> Header? {
        func isHeader(_ row: Int, _ column: Int) -> Bool { rows[row].children[column].type == "tableHeader" }
        let candidates: [(Header, (Int, Int) -> Bool)] = [
            (.row, { row, _ in row == 0 }), (.none, { _, _ in false }), (.column, { _, column in column == 0 }),
            (.both, { row, column in row == 0 || column == 0 }),
        ]
        for (header, matches) in candidates {
            let isMatch = rows.indices.allSatisfy { row in
                rows[row].children.indices.allSatisfy { isHeader(row, $0) == matches(row, $0) }
            }
            if isMatch { return header }
        }
        return nil
    }

    /// Whether a row of empty cells is written on top, and dropped again when it is read.
    var hasEmptyHeader: Bool { header == .none || header == .column }
}

extension ColumnAlignment {
    init?(_ value: JSONValue?) {
        switch value?.string {
        case nil where value == nil: self = .none
        case "left": self = .left
        case "center": self = .center
        case "right": self = .right
        default: return nil
        }
    }

    var delimiter: String {
        switch self {
        case .none: "---"
        case .left: ":--"
        case .center: ":-:"
        case .right: "--:"
        }
    }
}

extension BlockWriter {
    mutating func writeTable(_ node: Node, _ form: Forms) {
        guard form.rung < .element, let table = PipeTable(node, limits: options.limits) else {
            writeTableElement(node, form)
            return
        }
        var attributes = WrapperSpelling.attributes(node.attrs ?? JSONObject(), on: node.type)
        if table.header != .row { attributes.append(("data-header", table.header.rawValue)) }
        if let widths = table.widths {
            attributes.append(("data-colwidths", widths.map { $0?.text ?? "" }.joined(separator: ",")))
        }
        wrap(attributes) { writer in
            if table.hasEmptyHeader {
                writer.out.writeLine("|" + String(repeating: "  |", count: table.columns.count))
                writer.writeDelimiters(table)
            }
            for (index, row) in node.children.enumerated() {
                writer.writeRow(row, form)
                if index == 0, !table.hasEmptyHeader { writer.writeDelimiters(table) }
            }
        }
    }

    private mutating func writeDelimiters(_ table: PipeTable) {
        out.writeLine("| " + table.columns.map(\.delimiter).joined(separator: " | ") + " |")
    }

    private mutating func writeRow(_ row: Node, _ form: Forms) {
        out.write("|")
        for cell in row.children {
            out.write(" ")
            out.write(inline(cell.children[0], form, .cell))
            out.write(cell.children[0].content == nil ? " |" : " |")
        }
        out.endLine()
    }

    // MARK: As elements

    /// `<table>` with each tag on its own line and Markdown in the cells.
    private mutating func writeTableElement(_ node: Node, _ form: Forms) {
        guard node.content != nil,
            node.children.allSatisfy({ $0.type == "tableRow" && $0.children.allSatisfy(\.isCell) })
        else {
            writeElement(node, form)
            return
        }
        let (spelled, rest) = ElementAttributes.spell(node.attrs, as: "table")
        out.writeLine(HTMLText.tag("table", spelled + HTMLText.rest(rest)))
        depth += 3
        for (index, row) in node.children.enumerated() {
            let (spelled, rest) = ElementAttributes.spell(row.attrs, as: "tableRow")
            out.writeLine(HTMLText.tag("tr", spelled + HTMLText.rest(rest)))
            for (column, cell) in row.children.enumerated() { writeCell(cell, form[index][column]) }
            out.writeLine("</tr>")
        }
        depth -= 3
        out.writeLine("</table>")
    }

    private mutating func writeCell(_ cell: Node, _ form: Forms) {
        let name = cell.type == "tableHeader" ? "th" : "td"
        out.writeLine(HTMLText.tag(name, CellSpelling.attributes(cell.attrs)))
        if let content = cell.content, content.count > 1 || !content[0].isEmptyParagraph || form[0].rung != .plain {
            out.endLine()
            write(content, form)
            out.endLine()
        }
        out.writeLine("</" + name + ">")
    }
}

/// The attributes of `<td>` and `<th>`.
enum CellSpelling {
    static let names: [(attribute: String, spelled: String, kind: AttributeRule.Kind)] = [
        ("colspan", "colspan", .number), ("rowspan", "rowspan", .number), ("colwidth", "data-colwidth", .numbers),
        ("align", "align", .string), ("backgroundColor", "data-background-color", .string),
        ("backgroundColorName", "data-background-color-name", .string), ("dir", "dir", .string),
    ]

    static func attributes(_ attrs: JSONObject?) -> [(String, String)] {
        var rest = attrs ?? JSONObject()
        var spelled: [(String, String)] = []
        for (name, spelling, kind) in names {
            guard let value = rest[name], let text = ElementAttributes.text(of: value, kind: kind) else { continue }
            spelled.append((spelling, text))
            rest[name] = nil
        }
        return spelled + HTMLText.rest(rest)
    }

    static func read(_ tag: HTMLTag) -> JSONObject {
        var attrs = JSONObject()
        for (name, spelling, kind) in names {
            guard let text = tag.attribute(spelling) else { continue }
            attrs.members.append((name, ElementAttributes.value(of: text, kind: kind)))
        }
        ElementAttributes.merge(tag.attribute("data-attrs"), into: &attrs)
        return attrs
    }
}
