import Base
import Cycle
import SyncStage
import Testing

@Suite("One cycle, end to end")
struct ThinCycleTests {
    @Test("pages of the wiki become files, with children beside their parent's note")
    func export() throws {
        let bench = try Bench()
        let guide = bench.wiki.add("Guide", ["Welcome."], in: bench.space, by: bench.ada)
        bench.wiki.add("Setup", ["First.", "Second."], parent: guide, in: bench.space, by: bench.wren)
        let report = bench.run()
        #expect(report.outcome == .ran)
        #expect(try bench.paths() == ["Guide/Guide.md", "Guide/Setup.md"])
        #expect(try bench.lines("Guide/Setup.md") == ["First.", "Second."])
        try bench.expectAgreement()
    }

    @Test("a pushed paragraph reaches the page, and no commit answers the push")
    func push() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Guide", ["One.", "Two."], in: bench.space, by: bench.ada)
        bench.run()
        try bench.push(["Guide.md": "One.\nTwo.\nThree.\n"], by: bench.wren)
        let pushed = bench.main
        let report = bench.run()
        #expect(report.push.updated == 1)
        #expect(bench.wiki.pages[page]?.lines == ["One.", "Two.", "Three."])
        #expect(bench.wiki.pages[page]?.editor == bench.wren)
        #expect(bench.main == pushed)
        try bench.expectAgreement()
    }

    @Test("a new file becomes a page below the page of its folder")
    func create() throws {
        let bench = try Bench()
        let guide = bench.wiki.add("Guide", ["Welcome."], in: bench.space, by: bench.ada)
        bench.run()
        try bench.push(["Guide/New.md": "Hello.\n", "Folder/Leaf.md": "Leaf.\n"])
        bench.run()
        let new = try #require(bench.wiki.live("New", in: bench.space).first)
        #expect(new.parent == guide)
        let folder = try #require(bench.wiki.live("Folder", in: bench.space).first)
        #expect(bench.wiki.live("Leaf", in: bench.space).first?.parent == folder.id)
        try bench.expectAgreement()
    }

    @Test("a wiki edit is a commit under its author's name, with the others as co-authors")
    func authors() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Guide", ["One."], in: bench.space, by: bench.ada)
        bench.run()
        bench.wiki.setLines(page, ["One.", "More."], by: bench.wren)
        bench.wiki.contributorsOf[page] = [bench.ada, bench.wren]
        bench.run()
        #expect(try bench.log().first == "Wren Writer|Edit “Guide”")
        #expect(try bench.message().contains("Co-authored-by: Ada Admin <ada@example.org>"))
        #expect(try bench.lines("Guide.md") == ["One.", "More."])
        try bench.expectAgreement()
    }
}
