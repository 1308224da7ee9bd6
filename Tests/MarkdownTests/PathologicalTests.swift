import Base
import Foundation
import Markdown
import ProseMirror
import TestSupport
import Testing

/// Hostile texts cost no more than others of their length.
@Suite(.serialized) struct PathologicalTests {
    /// A debug build is ten times slower than the release build, which takes 1 MB of each in less than a second.
    private static let size =
        ProcessInfo.processInfo.environment["DOCMOST_GIT_PATHOLOGICAL_BYTES"].flatMap(Int.init)
        ?? (FullSizes.isOn ? 1_000_000 : 60_000)

    @Test(arguments: Pathological.all)
    func hostileTextsAreReadInLinearTime(_ example: Pathological) {
        let text = Array(example.make(Self.size).utf8)
        let time = ContinuousClock().measure {
            withLargeStack { _ = MarkdownDocument.parse(text) }
        }
        #expect(time < .seconds(4), "\(example.name): \(time)")
    }

    @Test func aRepeatedAddressIsNotRepeatedWithoutBound() {
        let text = "[a]: /" + String(repeating: "u", count: 100_000) + "\n\n" + String(repeating: "[a] ", count: 50_000)
        let document = withLargeStack { MarkdownDocument.parse(Array(text.utf8)).document }
        #expect(document.children[0].children.count < 100)
    }
}
