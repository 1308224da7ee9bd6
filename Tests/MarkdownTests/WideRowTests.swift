import Base
import JSON
import Markdown
import ProseMirror
import Testing

/// A row of a pipe table with more cells than the header. GitHub does not show the cells beyond it; here no word is lost.
@Suite struct WideRowTests {
    private static let options = MarkdownOptions()

    private func table(_ text: String, _ options: MarkdownOptions = options) -> Node {
        MarkdownDocument.parse(Array(text.utf8), options).document.children[0]
    }

    private func shape(_ table: Node) -> [[String]] { table.children.map { $0.children.map(shown) } }

    private func shown(_ node: Node) -> String { node.text ?? node.children.map(shown).joined() }

    @Test func aRowWithMoreCellsThanTheHeaderMakesTheTableWider() {
        let read = table("| a | b |\n|:--|---|\n| 1 |\n| 1 | 2 | *3* | `4` |\n| 5 | 6 |\n")
        #expect(
            shape(read) == [
                ["a", "b", "", ""], ["1", "", "", ""], ["1", "2", "3", "4"], ["5", "6", "", ""],
            ]
        )
        #expect(read.children[0].children.allSatisfy { $0.type == "tableHeader" })
        #expect(read.children[2].children.map { $0.attribute("align")?.string } == ["left", nil, nil, nil])
    }

    @Test func theFileKeepsTheBytesThatWerePushed() {
        let old = "before\n\n| a | b |\n|---|---|\n|1|2|3|\n\nafter\n"
        var document = MarkdownDocument.parse(Array(old.utf8)).document
        #expect(text(MarkdownRewriter.rewrite(Array(old.utf8), to: document)) == old)
        document.content?[2] = Node("paragraph", content: [.text("changed")])
        let new = MarkdownRewriter.rewrite(Array(old.utf8), to: document)
        #expect(text(new) == old.replacing("after", with: "changed"))
    }

    @Test func aTableThatIsWrittenAnewHasAllItsCells() {
        let read = MarkdownDocument.parse(Array("| a |\n|---|\n| 1 | 2 | 3 |\n".utf8)).document
        #expect(text(MarkdownWriter.write(read)) == "| a |  |  |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n")
    }

    /// The header and the line of dashes must agree, as GFM has it: else there is no table, and all of it is text.
    @Test func theHeaderAndItsDashesMustAgree() {
        #expect(table("| a | b | c |\n|---|---|\n| 1 | 2 |\n").type == "paragraph")
    }

    /// Ten thousand rows of one cell, and one row of ten thousand cells: the file must not become 10^8 cells.
    @Test func aWideRowDoesNotMultiplyTheCells() {
        for width in [200, 10_000] {
            let rows = String(repeating: "| x |\n", count: 10_000)
            let wide = (0..<width).map { "| w\($0) " }.joined() + "|\n"
            let read = table("| a |\n|---|\n" + rows + wide)
            #expect(read.children.count == 10_002)
            #expect(read.children.allSatisfy { $0.children.count == 1 })
            #expect(shown(read.children[10_001]) == (0..<width).map { "w\($0)" }.joined(separator: " | "))
        }
    }

    @Test func whatALastCellHoldsOfARowIsReadAsItStands() {
        var options = Self.options
        options.limits.tableColumns = 2
        let text = "| a | b |\n|---|---|\n| 1 | x \\| y | **2** \\\\| c |  | [d](u) ||\n"
        let read = table(text, options)
        #expect(shape(read)[1] == ["1", "x | y | 2 \\| c |  | d |"])
        let written = MarkdownWriter.write(Node("doc", content: [read, Node("paragraph")]), options)
        #expect(table(String(decoding: written, as: UTF8.self), options) == read)
    }

    /// All tables of a file share the cells that may be added.
    @Test func manyWideTablesShareOneBound() {
        let rows = String(repeating: "| x |\n", count: 99) + "|" + String(repeating: " y |", count: 200)
        let table = "| a |\n|---|\n" + rows
        let text = Array(repeating: table, count: 10).joined(separator: "\n\n")
        let document = MarkdownDocument.parse(Array(text.utf8)).document
        let cells = document.children.flatMap { $0.children }.reduce(0) { $0 + $1.children.count }
        #expect(cells < 65_536 + text.utf8.count)
        #expect(document.children.last { $0.type == "table" }?.children.last?.children.count == 1)
        for table in document.children where table.type == "table" {
            #expect(shape(table).joined().joined().filter { $0 == "y" }.count == 200)
        }
    }

    /// A wrapper of the dialect says that a table has no header; a person has put words into that row.
    @Test(arguments: ["none", "column"]) func aHeaderThatIsSaidToBeNoneKeepsItsWords(_ header: String) {
        let read = table("<div data-header=\"\(header)\">\n\n| word |  |\n|---|---|\n| 1 | 2 |\n\n</div>\n")
        #expect(shape(read) == [["word", ""], ["1", "2"]])
        #expect(read.children[0].children[1].type == "tableCell")
        let written = MarkdownWriter.write(Node("doc", content: [read, Node("paragraph")]))
        #expect(Canonical.shown.isSame(table(String(decoding: written, as: UTF8.self)), read))
    }
}
