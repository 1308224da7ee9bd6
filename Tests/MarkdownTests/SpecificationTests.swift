import Base
import DocumentGenerator
import Foundation
import JSON
import Markdown
import ProseMirror
import TestSupport
import Testing

/// An example of the CommonMark or GFM specification, with what the reference implementation makes of it.
struct SpecificationExample: CustomStringConvertible {
    let name: String
    let markdown: String
    let html: String

    var description: String { name }

    static let all: [SpecificationExample] = {
        guard
            let file = try? String(
                contentsOfFile: packagePath("Tests/Fixtures/markdown-examples.ndjson"),
                encoding: .utf8
            )
        else { return [] }
        return file.split(separator: "\n").compactMap { line in
            guard let value = try? JSONValue(parsing: String(line)), let name = value["name"]?.string,
                let markdown = value["markdown"]?.string, let html = value["html"]?.string
            else { return nil }
            return SpecificationExample(name: name, markdown: markdown, html: html)
        }
    }()
}

/// Our reading of the specifications' examples against theirs.
@Suite struct SpecificationTests {
    @Test func allExamplesAreThere() {
        #expect(SpecificationExample.all.count == 744)
    }

    @Test func writingWhatWasReadIsAFixedPoint() {
        for example in SpecificationExample.all {
            for options in [MarkdownOptions(), MarkdownOptions(flavor: .fork, softBreak: .newline)] {
                let read = MarkdownDocument.parse(Array(example.markdown.utf8), options).document
                let written = MarkdownWriter.write(read, options)
                let again = MarkdownDocument.parse(written, options).document
                #expect(Canonical.shown.isSame(read, again), "\(example)")
                #expect(text(MarkdownWriter.write(again, options)) == text(written), "\(example)")
            }
        }
    }

    /// Of the examples without raw HTML, all but the explained ones have the structure that the reference gives them.
    @Test func theStructureIsTheReferences() {
        var compared = 0
        var different: [String] = []
        for example in SpecificationExample.all {
            guard let expected = Outline(html: example.html) else { continue }
            compared += 1
            let read = Outline(MarkdownDocument.parse(Array(example.markdown.utf8)).document)
            if read != expected { different.append(example.name) }
            if read != expected, ProcessInfo.processInfo.environment["SHOW_DIFFERENCES"] != nil {
                print("== \(example.name)\n\(example.markdown)\n-- theirs\n\(expected)\n-- ours\n\(read)")
            }
        }
        print("\(compared) examples without raw HTML compared, \(different.count) different")
        #expect(different.filter { Self.explained[$0] == nil } == [])
    }

    /// Where the dialect differs on purpose.
    static let explained: [String: String] = {
        let reasons: [(String, [String])] = [
            (
                "a tag that is not of the dialect, or has no partner, is text",
                ["021", "031", "189", "346", "478", "479", "632", "633", "645", "646"].map { "commonmark-" + $0 }
                    + ["gfm-653"]
            ),
            ("an HTML block of inline elements is a paragraph", ["commonmark-163", "commonmark-167"]),
            ("tags of inline elements on lines of their own are no containers", ["commonmark-168"]),
            ("what stands loose in a row becomes a cell", ["commonmark-193"]),
            (
                "the schema has no links on images, and none without text: the address is shown",
                ["486", "519", "533"].map { "commonmark-" + $0 }
            ),
            (
                "a row with more cells than the header makes the table wider: no word is lost",
                ["gfm-204", "gfm-ext-008"]
            ),
            (
                "bare addresses are links, in GFM too where its extension is on",
                [
                    "commonmark-604", "commonmark-610", "commonmark-613", "gfm-610", "gfm-616", "gfm-619",
                ]
            ),
            (
                "bare mail addresses are text: they could not be written as text otherwise",
                [
                    "gfm-629", "gfm-630", "gfm-631", "gfm-ext-019",
                ]
            ),
        ]
        return Dictionary(uniqueKeysWithValues: reasons.flatMap { reason, names in names.map { ($0, reason) } })
    }()
}
