import Base
import DocumentGenerator
import JSON
import Markdown
import ProseMirror
import Testing

/// Every fixture survives being written and read, in every setting.
@Suite struct FixtureTests {
    static let settings = [
        MarkdownOptions(),
        MarkdownOptions(flavor: .fork),
        MarkdownOptions(ids: .all, comments: .inline),
    ]

    @Test(arguments: Fixture.all)
    func aDocumentSurvivesBeingWrittenAndRead(_ fixture: Fixture) {
        withLargeStack {
            for options in Self.settings {
                let written = MarkdownWriter.write(fixture.document, options)
                let read = MarkdownDocument.parse(written, options).document
                let canonical = Canonical(ids: options.ids == .all, comments: options.comments == .inline)
                #expect(canonical.isSame(read, fixture.document), "\(text(written))")
                #expect(text(MarkdownWriter.write(read, options)) == text(written))
            }
        }
    }

    /// The last resort is for what no other form can hold: a carriage return in code, a depth beyond the limit.
    @Test func fewFixturesNeedJSON() {
        let names = withLargeStack {
            Fixture.all.filter { MarkdownWriter.written($0.document).rungs[.json] > 0 }.map(\.name)
        }
        #expect(
            Set(names).isSubset(of: [
                "code-block-cr", "code-block-odd-language", "deep-lists-90", "unknown-text-only-container",
            ]),
            "\(names)"
        )
    }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
