import DocumentGenerator
import Foundation
import JSON
import Markdown
import ProseMirror
import TestSupport
import Testing

/// Pages as people write them, and their files as people read them: each was looked at on a forge and in Obsidian.
///
/// With `DOCMOST_GIT_RECORD=1` the files are written anew; then read them before they are committed.
@Suite struct GoldenTests {
    @Test(arguments: ["meeting-notes", "runbook", "onboarding", "architecture", "changelog", "kitchen-sink"])
    func aPageIsAFileThatAPersonWouldWrite(_ name: String) throws {
        let json = try Data(contentsOf: URL(fileURLWithPath: packagePath("Tests/Fixtures/golden/\(name).json")))
        let document = try Node(parsing: Array(json))
        let written = MarkdownWriter.written(document)
        let golden = URL(fileURLWithPath: packagePath("Tests/Fixtures/golden/\(name).md"))
        if ProcessInfo.processInfo.environment["DOCMOST_GIT_RECORD"] != nil {
            try Data(written.bytes).write(to: golden)
        }
        #expect(try text(written.bytes) == String(contentsOf: golden, encoding: .utf8))
        #expect(written.rungs[.json] == 0)
        #expect(Canonical.shown.isSame(MarkdownDocument.parse(written.bytes).document, document))
    }
}
