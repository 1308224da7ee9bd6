import Base
import DocumentGenerator
import Markdown
import ProseMirror
import Testing

/// A change in the wiki touches the lines of the blocks that changed, and no others.
@Suite struct RewriteTests {
    @Test func aChangedBlockLeavesTheOthersAsTheyWere() {
        let old = """
            Title
            =====

            * one
            * two

            | a   |   b |
            |-----|----:|
            | 1   |   2 |

            Text with a [link][home], wrapped
            over two lines.

            [home]: https://example.com "Home"
            """
        var document = MarkdownDocument.parse(Array(old.utf8)).document
        document.content?[1] = Node("paragraph", content: [.text("new")])
        let result = MarkdownRewriter.rewritten(Array(old.utf8), to: document)
        #expect(text(result.bytes) == old.replacing("* one\n* two", with: "new"))
        #expect(!result.isWhole)
    }

    @Test func aDocumentThatMeansTheSameLeavesEveryByte() {
        for example in SpecificationExample.all {
            let old = Array(example.markdown.utf8)
            let document = MarkdownDocument.parse(old).document
            #expect(MarkdownRewriter.rewrite(old, to: document) == old, "\(example)")
        }
    }

    @Test func linesEndAsTheyDidBefore() {
        let old = "one\r\n\r\ntwo\r\n"
        var document = MarkdownDocument.parse(Array(old.utf8)).document
        document.content?[1] = Node("paragraph", content: [.text("2")])
        document.content?.append(Node("paragraph", content: [.text("3")]))
        #expect(text(MarkdownRewriter.rewrite(Array(old.utf8), to: document)) == "one\r\n\r\n2\r\n\r\n3\r\n")
    }

    @Test func footnotesStayWhereTheyAre() {
        let old = "One[^a].\n\n[^a]: note\n\nTwo[^b].\n\n[^b]: other\n"
        var document = MarkdownDocument.parse(Array(old.utf8)).document
        document.content?.insert(Node("paragraph", content: [.text("new")]), at: 1)
        let result = text(MarkdownRewriter.rewrite(Array(old.utf8), to: document))
        #expect(result == "One[^a].\n\nnew\n\n[^a]: note\n\nTwo[^b].\n\n[^b]: other\n")
    }

    @Test func theWordsBehindAFencesLanguageStayWhenTheCodeChanges() {
        let old = "~~~ js title=\"app.js\" {1,3}\nold\n~~~\n\ntext\n"
        var document = MarkdownDocument.parse(Array(old.utf8)).document
        document.content?[0].content = [.text("new")]
        let new = text(MarkdownRewriter.rewrite(Array(old.utf8), to: document))
        #expect(new == "```js title=\"app.js\" {1,3}\nnew\n```\n\ntext\n")
        #expect(MarkdownDocument.parse(Array(new.utf8)).document == document)
    }

    /// Nobody is shown a definition that no link uses, but somebody has written it.
    @Test func definitionsStayWhenTheirBlockChanges() {
        let old = "[//]: # (note)\r\n[a]: u\r\nText\r\n\r\n- item\r\n\r\n  [b]: v \"w\"\r\n"
        var document = MarkdownDocument.parse(Array(old.utf8)).document
        document.content = ["[a] is text", "no list"].map { Node("paragraph", content: [.text($0)]) }
        let new = MarkdownRewriter.rewrite(Array(old.utf8), to: document)
        #expect(
            text(new)
                == "[//]: # (note)\r\n[a]: u\r\n\r\n\\[a\\] is text\r\n\r\n[b]: v \"w\"\r\n\r\nno list\r\n"
        )
        #expect(Canonical.shown.isSame(MarkdownDocument.parse(new).document, document))
    }

    /// Whatever the change, the result means the new document, and what is before and after the change is as it was.
    @Test func everyRewritingReadsBack() {
        var touched = 0
        let count = cases(600)
        withLargeStack {
            for seed in 0..<UInt64(count) {
                let options = MarkdownOptions(flavor: seed.isMultiple(of: 2) ? .upstream : .fork)
                var generator = DocumentGenerator(options.flavor, seed: seed)
                let before = seed.isMultiple(of: 3) ? generator.realisticDocument() : generator.document(blocks: 3...9)
                let after = generator.mutated(before)
                var old = MarkdownWriter.write(before, options)
                if seed.isMultiple(of: 4) { old = Array(text(old).replacing("\n", with: "\r\n").utf8) }
                let new = MarkdownRewriter.rewrite(old, to: after, options)
                #expect(Canonical.shown.isSame(MarkdownDocument.parse(new, options).document, after), "seed \(seed)")
                if !Self.isUntouched(old, new, before, after, options) { touched += 1 }
            }
        }
        // Lists that become neighbours need other markers, and the closing of lists that are no longer neighbours too.
        print("\(touched) of \(count) rewritings had to touch a neighbour")
        #expect(Double(touched) < 0.01 * Double(count))
    }

    private static func isUntouched(
        _ old: [UInt8],
        _ new: [UInt8],
        _ before: Node,
        _ after: Node,
        _ options: MarkdownOptions
    ) -> Bool {
        let left = Canonical.shown.form(of: before).children
        let right = Canonical.shown.form(of: after).children
        var start = 0
        while start < min(left.count, right.count), left[start] == right[start] { start += 1 }
        var end = 0
        while end < min(left.count, right.count) - start, left[left.count - 1 - end] == right[right.count - 1 - end] {
            end += 1
        }
        var head = 0
        var tail = old.count
        for block in MarkdownDocument.parse(old, options).blocks where !block.nodes.isEmpty {
            if block.nodes.upperBound <= start { head = max(head, block.bytes.upperBound) }
            if block.nodes.lowerBound >= left.count - end { tail = min(tail, block.bytes.lowerBound) }
        }
        return new.starts(with: old[..<head]) && new.reversed().starts(with: old[tail...].reversed())
    }
}
