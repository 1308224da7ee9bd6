import Base
import DocumentGenerator
import JSON
import Markdown
import PageFile
import ProseMirror
import Testing

@Suite("Converting without a repository")
struct ConversionTests {
    private let toMarkdown = Conversion(to: .markdown, MarkdownOptions())
    private let toJSON = Conversion(to: .json, MarkdownOptions())

    @Test("every fixture goes through a line and back", arguments: Fixture.all)
    func fixtures(_ fixture: Fixture) throws {
        let options = MarkdownOptions(flavor: fixture.flavor ?? .upstream, ids: .all, comments: .inline)
        let (name, isSame, text) = try withLargeStack {
            let line: JSONValue = ["name": .string(fixture.name), "doc": fixture.json]
            let written = Conversion(to: .markdown, options).convertLine(line.bytes())
            let read = try JSONValue(parsing: Conversion(to: .json, options).convertLine(written))
            let isSame = try Canonical.full.isSame(Node(json: read["doc"] ?? .null), fixture.document)
            return (read["name"]?.string, isSame, String(decoding: written, as: UTF8.self))
        }
        #expect(name == fixture.name)
        #expect(isSame, "\(text)")
    }

    @Test func twoListsOfFootnotesStayTwo() throws {
        let list = { (id: String?) in
            let attrs: JSONObject? = id.map { ["id": .string($0)] }
            let note = Node("footnoteDefinition", attrs: attrs, content: [Node("paragraph", content: [.text("note")])])
            return Node("footnotesList", content: [note])
        }
        let document = Node("doc", content: [Node("paragraph"), list(nil), list("ikjuwnudmtcl")])
        let fork = MarkdownOptions(flavor: .fork)
        let file = try Conversion(to: .markdown, fork).convert(document.json.bytes())
        let read = try Node(parsing: Conversion(to: .json, fork).convert(file))
        #expect(Canonical.shown.isSame(read, document))
    }

    @Test func oneInputIsOneOutput() throws {
        let document = try toJSON.convert(Array("---\ntags: x\n---\n\n# Title\n".utf8))
        #expect(try Node(parsing: document).children.map(\.type) == ["heading", "paragraph"])
        #expect(try String(decoding: toMarkdown.convert(document), as: UTF8.self) == "# Title\n")
    }

    @Test(
        "a bad line is an error line",
        arguments: [
            ("{", "invalid JSON at byte 1: the input ends too early"),
            ("[]", "the line is not an object with the member \"doc\""),
            ("{\"markdown\":\"x\"}", "the line is not an object with the member \"doc\""),
            ("{\"doc\":1}", "the document: a node is not an object"),
            ("{\"doc\":{\"type\":\"paragraph\"}}", "the node is a paragraph, not a doc"),
        ]
    )
    func badLines(_ line: String, _ message: String) throws {
        let output = try JSONValue(parsing: toMarkdown.convertLine(Array(line.utf8)))
        #expect(output == ["error": .string(message)])
    }

    @Test func anErrorGoesOnThroughTheNextConversion() {
        let line = Array("{\"error\":\"x\"}\n".utf8)
        #expect(toJSON.convertLine(toMarkdown.convertLine(line)) == line)
    }

    @Test func badFrontmatterIsAnErrorToo() throws {
        let line: JSONValue = ["markdown": "---\ndocmost_id: x\n---\n"]
        let output = try JSONValue(parsing: toJSON.convertLine(line.bytes()))
        #expect(output["error"]?.string?.hasPrefix("line 2: docmost_id is not the id") == true)
    }

    @Test func linesAreCutWhereverChunksEnd() {
        let text = Array("one\r\ntwo\n\nthree".utf8)
        for size in 1...text.count {
            var splitter = LineSplitter(limit: 4)
            var lines: [LineSplitter.Line] = []
            for start in stride(from: 0, to: text.count, by: size) {
                lines += splitter.lines(in: text[start..<min(start + size, text.count)])
            }
            lines += splitter.last().map { [$0] } ?? []
            #expect(lines == [.line(Array("one".utf8)), .line(Array("two".utf8)), .line([]), .tooLong])
        }
    }
}
