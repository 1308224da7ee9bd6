import Base
import Cycle
import Foundation
import SyncStage
import TestSupport
import Testing

@testable import SyncDaemon

extension RealServers {
    /// Pages as large as the default limit lets a push make them, edited on both sides between two cycles.
    @Suite("Huge pages, on real servers")
    struct HugePageTests {
        /// The file is to stay below the limit of 4 MiB, with the edits.
        private static let bytes = (ModelRun.isFull ? 4 * 1024 : 512) * 1024 - 4096

        enum Shape: String, CaseIterable {
            case oneParagraph, ordinaryBlocks, smallBlocks
        }

        private func lines(_ shape: Shape) -> [String] {
            func text(_ bytes: Int, _ seed: Int) -> String {
                var text = ""
                var number = seed
                while text.utf8.count < bytes {
                    number = (number &* 1_103_515_245 &+ 12_345) & 0x7FFF_FFFF
                    text += String(number % 9_973, radix: 36) + " "
                }
                return text + "end\(seed)."
            }
            switch shape {
            case .oneParagraph: return [text(Self.bytes, 1)]
            case .ordinaryBlocks: return (0..<Self.bytes / 402).map { text(380, $0) }
            case .smallBlocks: return (0..<(ModelRun.isFull ? 20_000 : 3_000)).map { "Block \($0)." }
            }
        }

        @Test("an edit of either side goes through, and both together", arguments: Shape.allCases)
        func bothSides(shape: Shape) throws {
            let stage = try RealStage()
            var expected = lines(shape)
            let page = try stage.add("Huge", expected)
            stage.run()
            let started = ContinuousClock.now
            let file = try #require(stage.files()["Huge.md"])
            try stage.push(["Huge.md": stage.edited(file) { $0[0] = "Git's. " + $0[0] }])
            expected[0] = "Git's. " + expected[0]
            #expect(stage.run().push.updated == 1)
            #expect(try stage.page(page)?.lines == expected)

            let pushed = try #require(stage.files()["Huge.md"])
            try stage.push(["Huge.md": stage.edited(pushed) { $0[0] = "More. " + $0[0] }])
            expected[expected.count - 1] += " The wiki's."
            try stage.setLines(of: page, to: expected)
            expected[0] = "More. " + expected[0]
            let report = stage.run()
            #expect(report.push.updated == 1 && report.pull.conflicts == 0, "\(report.lines) \(report.warnings)")
            #expect(try stage.page(page)?.lines == expected)
            try stage.expectAgreement()
            if ModelRun.isFull { proof("\(shape), \(file.utf8.count) bytes: \(ContinuousClock.now - started)") }
        }
    }
}
