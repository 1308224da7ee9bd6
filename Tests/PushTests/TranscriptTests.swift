import Base
import Foundation
import GitStore
import PushProtocol
import TestSupport
import Testing

/// What a person reads when a push is refused, word by word.
///
/// `DOCMOST_GIT_RECORD=1 swift test --filter TranscriptTests` writes the transcripts anew; read the difference.
@Suite struct TranscriptTests {
    @Test(arguments: contentRefusals) func filesThatCannotBecomePagesAreRefused(_ refusal: Refusal) throws {
        try compare(refusal)
    }

    @Test(arguments: landingRefusals) func refsAndCircumstancesAreRefusedWithTheirReason(_ refusal: Refusal) throws {
        try compare(refusal)
    }

    private func compare(_ refusal: Refusal) throws {
        let fixture = try PushFixture(refusal.files)
        try refusal.prepare(fixture)
        let before = fixture.main
        let push = try fixture.push(refusal.arguments, driver: refusal.driver)
        #expect(push.status != 0)
        #expect(!push.output.contains("Everything up-to-date"))
        if refusal.name != "tag-beside-main" {
            #expect(fixture.main == before)
            #expect(try fixture.journal.pending().isEmpty)
        }
        let transcript = "$ git push \(refusal.arguments.joined(separator: " "))\n\(readable(push.output, fixture))"
        let path = packagePath("Tests/PushTests/Transcripts/\(refusal.name).txt")
        if ProcessInfo.processInfo.environment["DOCMOST_GIT_RECORD"] == "1" {
            try transcript.write(toFile: path, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOfFile: path, encoding: .utf8)
        #expect(Array(transcript.utf8) == Array(expected.utf8), "\(transcript)")
    }

    /// The output without what differs from run to run: ids, paths, and the padding git adds for terminals.
    private func readable(_ output: String, _ fixture: PushFixture) -> String {
        var lines: [String] = []
        for line in output.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = line.hasPrefix("To ext::") ? "To the space" : String(line)
            line = line.replacingOccurrences(of: fixture.directory.path, with: "…")
            line = line.replacing(/\b[0-9a-f]{40}\b/, with: "<object>")
            line = line.replacing(/\b[0-9a-f]{7}\.\.\.?[0-9a-f]{7}\b/, with: "<old>..<new>")
            line = line.replacing(/ext::\S+ %S/, with: "the space")
            while line.last == " " { line.removeLast() }
            lines.append(line)
        }
        return lines.joined(separator: "\n")
    }
}
