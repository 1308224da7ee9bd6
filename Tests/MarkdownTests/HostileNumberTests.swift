import Base
import DocumentGenerator
import JSON
import Markdown
import ProseMirror
import Testing

/// Numbers in attributes come from whoever can change a page; in Swift an overflow is the end of the process.
@Suite struct HostileNumberTests {
    private static let spellings = [
        "9223372036854775807", "-9223372036854775808", "9223372036854774784", "-9223372036854774784",
        "99999999999999999999999999", "999999999", "1000000000", "-1", "-0", "0.5", "-0.0", "1e15", "1e18", "1e19",
        "1e308", "1e999", "-1e999", "5e-324", "1.0", "4294967296", "2147483648",
    ]

    /// A list of 1,024 items that begins with the greatest number that both a double and an `Int` hold: its last number
    /// is one more than an `Int` holds. One such page ended the daemon, at each start anew.
    @Test(arguments: ["9223372036854774784", "9223372036854775807", "999998976", "999998975"])
    func aListThatBeginsWithAHugeNumberIsWritten(start: String) {
        let items = Array(repeating: Node("listItem", content: [Node("paragraph")]), count: 1_024)
        let attrs: JSONObject = ["start": .number(JSONNumber(unchecked: start))]
        let document = Node("doc", content: [Node("orderedList", attrs: attrs, content: items)])
        let read = MarkdownDocument.parse(MarkdownWriter.write(document)).document
        #expect(Canonical.shown.isSame(read, document))
    }

    @Test func everyNumberInEveryAttributeSurvives() {
        withLargeStack {
            for seed in 0..<UInt64(cases(300)) {
                var generator = DocumentGenerator(seed.isMultiple(of: 2) ? .upstream : .fork, seed: seed)
                let document = Self.replacingNumbers(generator.document(), &generator.random)
                let options = MarkdownOptions(flavor: seed.isMultiple(of: 2) ? .upstream : .fork)
                let read = MarkdownDocument.parse(MarkdownWriter.write(document, options), options).document
                #expect(Canonical.shown.isSame(read, document), "seed \(seed)")
                let merged = merge(base: Node("doc"), git: read, wiki: document)
                #expect(merged.document.type == "doc", "seed \(seed)")
                _ = Schema.of(options.flavor).normalised(blocks: document.children)
            }
        }
    }

    private static func replacingNumbers(_ node: Node, _ random: inout SeededRandom) -> Node {
        var node = node
        for rule in Schema.of(.upstream).node(node.type)?.attributes ?? [] {
            guard [.number, .measure, .any].contains(rule.kind) else { continue }
            guard node.attribute(rule.name) != nil || Bool.random(using: &random) else { continue }
            var attrs = node.attrs ?? JSONObject()
            attrs[rule.name] = .number(JSONNumber(unchecked: spellings.randomElement(using: &random) ?? "0"))
            node.attrs = attrs
        }
        node.content = node.content?.map { replacingNumbers($0, &random) }
        return node
    }
}
