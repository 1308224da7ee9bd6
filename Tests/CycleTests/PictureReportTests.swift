import Cycle
import PushProtocol
import SyncStage
import Testing

/// A picture in the repository is not one in the wiki, and who pushes it must not believe so.
@Suite("Pictures that a push brings")
struct PictureReportTests {
    @Test("each is named, once, and not as a page", arguments: ["Lamp.png", "Lamp.JPG", "Guide/images/lamp one.svg"])
    func named(_ path: String) throws {
        let bench = try Bench()
        bench.wiki.add("Guide", ["G."], in: bench.space, by: bench.ada)
        bench.run()
        try bench.push([path: "picture", "Guide.md": "G.\nSee the lamp.\n"])
        let report = bench.run()
        let notes = report.lines.filter { $0.action == .note }
        #expect(notes.map(\.path) == [path])
        #expect(notes.first?.note == "kept in the repository; the wiki does not show it yet")
        #expect(report.push.updated == 1 && report.push.failures == 0)
        try bench.push([path: "another picture"])
        #expect(bench.run().lines.isEmpty)
    }

    @Test("many are one line, and those of programs none")
    func many() throws {
        let bench = try Bench()
        bench.run()
        let pictures = (0..<12).map { ("images/\($0).png", "picture \($0)") }
        let others = [(".obsidian/icon.png", "icon"), ("Read me", "text")]
        try bench.push(Dictionary(uniqueKeysWithValues: pictures + others))
        let lines = bench.run().lines
        #expect(lines.count == 1)
        #expect(lines.first?.note == "12 pictures are kept in the repository; the wiki does not show them yet")
    }
}
