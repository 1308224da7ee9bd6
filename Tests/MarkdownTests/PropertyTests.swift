import Base
import DocumentGenerator
import Foundation
import JSON
import Markdown
import ProseMirror
import TestSupport
import Testing

/// How many random cases a test makes: few in every run, 100,000 in full, or as many as `DOCMOST_GIT_CASES` says.
///
///     DOCMOST_GIT_CASES=200000 swift test -c release -Xswiftc -enable-testing --filter MarkdownTests.PropertyTests
func cases(_ usual: Int) -> Int {
    ProcessInfo.processInfo.environment["DOCMOST_GIT_CASES"].flatMap(Int.init) ?? (FullSizes.isOn ? 100_000 : usual)
}

/// What holds for every document, by random documents of both flavours over all nodes, marks and attributes.
@Suite struct PropertyTests {
    private static func document(_ seed: UInt64) -> (Node, MarkdownOptions, DocumentGenerator) {
        var options = MarkdownOptions(flavor: seed.isMultiple(of: 2) ? .upstream : .fork)
        if seed.isMultiple(of: 5) {
            options.ids = .all
            options.comments = .inline
        }
        if seed.isMultiple(of: 11) { options.softBreak = .hardBreak }
        var generator = DocumentGenerator(options.flavor, seed: seed)
        generator.makesUnknown = seed.isMultiple(of: 7)
        let document = seed % 10 == 9 ? generator.realisticDocument() : generator.document()
        return (document, options, generator)
    }

    @Test func everyDocumentSurvivesAndItsTextIsAFixedPoint() {
        var rungs = Array(repeating: 0, count: Rung.allCases.count)
        withLargeStack {
            for seed in 0..<UInt64(cases(1500)) {
                let (document, options, _) = Self.document(seed)
                let written = MarkdownWriter.written(document, options)
                let read = MarkdownDocument.parse(written.bytes, options).document
                let canonical = Canonical(ids: options.ids == .all, comments: options.comments == .inline)
                #expect(canonical.isSame(document, read), "seed \(seed)")
                #expect(MarkdownWriter.write(read, options) == written.bytes, "seed \(seed)")
                if seed % 10 == 9 { #expect(written.rungs[.json] == 0, "realistic, seed \(seed)") }
                if !seed.isMultiple(of: 7) {
                    for rung in Rung.allCases { rungs[Int(rung.rawValue)] += written.rungs[rung] }
                }
            }
        }
        let share = Double(rungs[Int(Rung.json.rawValue)]) / Double(rungs.reduce(0, +))
        print("blocks by form (plain, escaped, element, JSON): \(rungs), JSON \(share * 100) %")
        #expect(share < 0.005)
    }

    /// Files come from anywhere: whatever is pushed has a meaning, and that meaning can be written.
    @Test func everyByteStringIsADocument() {
        let examples: [[UInt8]] = SpecificationExample.all.map { Array($0.markdown.utf8) }
        withLargeStack {
            for seed in 0..<UInt64(cases(2000)) {
                var random = SeededRandom(seed: seed)
                let text = Self.randomText(&random, examples)
                let read = MarkdownDocument.parse(text).document
                let written = MarkdownWriter.write(read)
                let again = MarkdownDocument.parse(written).document
                #expect(Canonical.shown.isSame(read, again), "seed \(seed)")
                #expect(MarkdownWriter.write(again) == written, "seed \(seed)")
            }
        }
    }

    private static func randomText(_ random: inout SeededRandom, _ examples: [[UInt8]]) -> [UInt8] {
        switch random.number(0...3) {
        case 0: return (0..<random.number(0...200)).map { _ in UInt8(random.number(0...255)) }
        case 1:
            let alphabet = Array("*_`~=[]()<>!#-+.:|\\&;$^ \n\t\"'1aX/>".utf8)
            return (0..<random.number(0...120)).map { _ in random.pick(alphabet) }
        case 2:
            return Array(
                (0..<random.number(1...12)).map { _ in random.nastyText() + random.pick(["", "\n", "\n\n"]) }.joined()
                    .utf8
            )
        default:
            var text: [UInt8] = []
            for _ in 0..<random.number(1...4) { text += random.pick(examples) + [0x0A] }
            for _ in 0..<random.number(0...6) where !text.isEmpty {
                let place = random.number(0...text.count - 1)
                switch random.number(0...2) {
                case 0: text.remove(at: place)
                case 1: text.insert(random.pick(Array("*_`[]<>\n -|$>".utf8)), at: place)
                default: text[place] = UInt8(random.number(0...255))
                }
            }
            return text
        }
    }
}
