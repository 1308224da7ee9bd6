import JSON
import ProseMirror

/// What a `<div>` around a pipe table says about the table: widths of columns, and which cells are headers.
enum TableWrapper {
    static func apply(_ tag: HTMLTag, to table: Node) -> Node {
        var table = table
        if let header = tag.attribute("data-header") { table.content = rows(table.children, header) }
        if let widths = tag.attribute("data-colwidths") { table.content = rows(table.children, widths: widths) }
        return table
    }

    private static func rows(_ rows: [Node], _ header: String) -> [Node] {
        switch header {
        case "none": withoutEmptyHeader(rows).map { row in retyped(row) { _ in false } }
        case "column": withoutEmptyHeader(rows).map { row in retyped(row) { $0 == 0 } }
        case "both": rows.enumerated().map { number, row in retyped(row) { $0 == 0 || number == 0 } }
        default: rows
        }
    }

    /// Pipes need a row above the line of dashes. Where a person has put words into it, it is a row like the others.
    private static func withoutEmptyHeader(_ rows: [Node]) -> [Node] {
        let header = rows.first?.children ?? []
        let isEmpty = header.allSatisfy { $0.children.count == 1 && $0.children[0].isEmptyParagraph }
        return isEmpty ? Array(rows.dropFirst()) : rows
    }

    private static func retyped(_ row: Node, isHeader: (Int) -> Bool) -> Node {
        var row = row
        for index in row.children.indices { row.content?[index].type = isHeader(index) ? "tableHeader" : "tableCell" }
        return row
    }

    private static func rows(_ rows: [Node], widths: String) -> [Node] {
        let widths = widths.split(separator: ",", omittingEmptySubsequences: false).map {
            ElementAttributes.number(String($0))
        }
        return rows.map { row in
            var row = row
            for (index, width) in widths.enumerated() where index < row.children.count {
                guard let width else { continue }
                var attrs = row.content?[index].attrs ?? JSONObject()
                attrs.members.append(("colwidth", .array([.number(width)])))
                row.content?[index].attrs = attrs
            }
            return row
        }
    }
}
