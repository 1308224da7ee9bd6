import Base
import Foundation
import Markdown
import ProseMirror
import TestSupport
import Testing

/// Reading and writing a file again does not change what an independent program shows of it.
@Suite struct VisibleTextTests {
    private static let program = "/usr/bin/cmark-gfm"
    private static let isThere = FileManager.default.isExecutableFile(atPath: program)

    /// The Markdown files that come with the packages this one is built with.
    private static let files: [String] = {
        let root = packagePath(".build/checkouts")
        let paths = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return paths.filter { $0.hasSuffix(".md") && !$0.contains(".git/") }.sorted().map { root + "/" + $0 }
    }()

    @Test(.enabled(if: isThere, "cmark-gfm is not installed")) func examplesShowTheSameText() throws {
        var different: [String] = []
        for example in SpecificationExample.all where Outline(html: example.html) != nil {
            if try !isSame(Array(example.markdown.utf8)) { different.append(example.name) }
        }
        print("visible text of \(different.count) examples differs: \(different)")
        #expect(different.filter { SpecificationTests.explained[$0] == nil && Self.explained[$0] == nil } == [])
    }

    @Test(.enabled(if: isThere && !files.isEmpty, "cmark-gfm or the checkouts are not there"))
    func filesShowTheSameText() throws {
        var different: [String] = []
        var count = 0
        for file in Self.files.prefix(400) {
            let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: file)))
            // Raw HTML is shown as its source here, and interpreted there. A link around an image is shown beside it here.
            if bytes.count > 60_000 || bytes.contains(UInt8(ascii: "<")) || text(bytes).contains("[![") { continue }
            count += 1
            if try !isSame(bytes) { different.append(file) }
        }
        print("\(count) files compared, \(different.count) differ: \(different)")
        #expect(Double(different.count) <= 0.02 * Double(count))
    }

    private func isSame(_ bytes: [UInt8]) throws -> Bool {
        let document = withLargeStack { MarkdownDocument.parse(bytes).document }
        let written = withLargeStack { MarkdownWriter.write(document) }
        let again = withLargeStack { MarkdownDocument.parse(written).document }
        #expect(Canonical.shown.isSame(again, document))
        #expect(MarkdownWriter.write(again) == written)
        let before = try Self.shown(bytes)
        let after = try Self.shown(written)
        if before != after, ProcessInfo.processInfo.environment["SHOW_DIFFERENCES"] != nil {
            print("==\n\(text(bytes))\n-- written\n\(text(written))\n-- before\n\(before)\n-- after\n\(after)")
        }
        return before == after
    }

    /// The words that cmark-gfm shows: tags removed, whitespace as one space.
    private static func shown(_ markdown: [UInt8]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = [
            "-e", "table", "-e", "strikethrough", "-e", "autolink", "-e", "tasklist", "-e", "footnotes", "--unsafe",
        ]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(markdown))
        try input.fileHandleForWriting.close()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        var words = ""
        var isTag = false
        for scalar in String(decoding: data, as: UTF8.self).unicodeScalars {
            if scalar == "<" { isTag = true }
            if !isTag { words.unicodeScalars.append(scalar) }
            if scalar == ">", isTag {
                isTag = false
                words += " "
            }
        }
        return words.split(whereSeparator: \.isWhitespace).joined()
    }

    static let explained = ["commonmark-356": "cmark-gfm 0.29 does not yet take symbols of currencies for punctuation"]
}
