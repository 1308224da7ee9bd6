import DocumentGenerator
import JSON
import ProseMirror
import Testing

@Suite("The schema")
struct SchemaTests {
    @Test("every document of the real editors follows it", arguments: Fixture.all.filter { $0.flavor != nil })
    func realDocumentsAreValid(_ fixture: Fixture) throws {
        try Schema.of(fixture.flavor ?? .upstream).validate(fixture.document)
    }

    @Test("unknown parts are refused, or accepted when asked", arguments: Fixture.all.filter { $0.flavor == nil })
    func unknownParts(_ fixture: Fixture) throws {
        for flavor in Flavor.allCases {
            #expect(!Schema.of(flavor).isValid(fixture.document))
            try Schema.of(flavor).validate(fixture.document, unknown: .accepted)
        }
    }

    @Test func forkDocumentsAreNotUpstreamDocuments() {
        for fixture in Fixture.all where fixture.flavor == .fork {
            #expect(!Schema.upstream.isValid(fixture.document), "\(fixture)")
        }
    }

    @Test func everyTypeOfBothFlavorsOccursInTheFixtures() {
        var seen: Set<String> = []
        func visit(_ node: Node) {
            seen.insert(node.type)
            for mark in node.marks ?? [] { seen.insert(mark.type) }
            node.children.forEach(visit)
        }
        Fixture.all.map(\.document).forEach(visit)
        for schema in [Schema.upstream, .fork] {
            #expect(schema.nodeTypes.filter { !seen.contains($0) }.isEmpty)
            #expect(schema.markTypes.filter { !seen.contains($0) }.isEmpty)
        }
    }

    @Test(
        "a violation names the rule and the place",
        arguments: [
            (
                "{\"type\":\"doc\",\"content\":[]}",
                "the document (doc): more children are needed to fit \"block+ footnotes?\""
            ),
            (
                "{\"type\":\"doc\",\"content\":[{\"type\":\"paragraph\"},{\"type\":\"listItem\"}]}",
                "the document (doc): child 1 is a listItem, which does not fit \"block+ footnotes?\""
            ),
            (
                "{\"type\":\"doc\",\"content\":[{\"type\":\"bulletList\",\"content\":[{\"type\":\"listItem\",\"content\":"
                    + "[{\"type\":\"heading\"}]}]}]}",
                "node 0/0 (listItem): child 0 is a heading, which does not fit \"paragraph block*\""
            ),
            (
                "{\"type\":\"doc\",\"content\":[{\"type\":\"heading\",\"attrs\":{\"level\":\"1\"}}]}",
                "node 0 (heading): the attribute level is not a number"
            ),
            (
                "{\"type\":\"doc\",\"content\":[{\"type\":\"paragraph\",\"content\":[{\"type\":\"text\",\"text\":\"x\","
                    + "\"marks\":[{\"type\":\"code\"},{\"type\":\"bold\"}]}]}]}",
                "node 0 (paragraph): the marks code and bold exclude each other"
            ),
            (
                "{\"type\":\"doc\",\"content\":[{\"type\":\"codeBlock\",\"content\":[{\"type\":\"text\",\"text\":\"x\","
                    + "\"marks\":[{\"type\":\"bold\"}]}]}]}",
                "node 0 (codeBlock): the mark bold is not allowed here"
            ),
            (
                "{\"type\":\"doc\",\"content\":[{\"type\":\"paragraph\"},{\"type\":\"footnotes\"},{\"type\":\"paragraph\"}]}",
                "the document (doc): child 2 is a paragraph, which does not fit \"block+ footnotes?\""
            ),
            (
                "{\"type\":\"doc\",\"content\":[{\"type\":\"paragraph\"},{\"type\":\"footnotes\",\"content\":"
                    + "[{\"type\":\"footnote\",\"attrs\":{\"id\":\"a\"},\"content\":[{\"type\":\"paragraph\"}]}]}]}",
                "node 1/0 (footnote): the attribute data-id is required"
            ),
            (
                "{\"type\":\"doc\",\"content\":[{\"type\":\"table\",\"content\":[{\"type\":\"tableRow\",\"content\":"
                    + "[{\"type\":\"tableCell\",\"content\":[{\"type\":\"pageBreak\"}]}]}]}]}",
                "node 0/0/0 (tableCell): child 0 is a pageBreak"
            ),
        ]
    )
    func violations(_ json: String, _ message: String) throws {
        let node = try Node(parsing: Array(json.utf8))
        let violation = #expect(throws: SchemaViolation.self) { try Schema.upstream.validate(node) }
        #expect(violation?.description.hasPrefix(message) == true, "\(violation?.description ?? "")")
    }
}
