import Base
import Cycle
import Reconcile
import SyncStage
import Testing

@Suite("Clocks that jump")
struct OddTimeTests {
    private static let year: UInt64 = 365 * 86_400_000

    /// The time of the next attempt was believed as it stood: a page whose write failed while the clock was wrong waited
    /// until that time had come again.
    @Test("a page that failed while the clock was a year ahead is tried again within the longest pause")
    func failedAhead() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Page", ["A."], in: bench.space, by: bench.ada)
        bench.run()
        bench.jump(to: bench.clock + Self.year)
        bench.wiki.failures["write Page"] = WikiError(.pending, "not now")
        try bench.push(["Page.md": "A.\nFrom git.\n"])
        #expect(bench.run().push.failures == 1)
        bench.wiki.failures = [:]
        bench.jump(to: bench.clock - Self.year)
        bench.run()
        bench.later(seconds: 3_601)
        bench.run()
        #expect(bench.wiki.pages[page]?.lines == ["A.", "From git."])
        try bench.expectAgreement()
    }

    @Test("a change that no sum shows is found although the clock has gone back since all rows were listed")
    func listedAhead() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Page", ["A."], in: bench.space, by: bench.ada)
        bench.jump(to: bench.clock + Self.year)
        bench.run()
        bench.jump(to: bench.clock - Self.year)
        bench.wiki.pages[page]?.title = "Silently renamed"
        bench.run()
        bench.later(seconds: 601)
        bench.run()
        #expect(try bench.paths() == ["Silently renamed.md"])
    }

    @Test("a live write that was made while the clock was ahead is not waited for until then")
    func liveAhead() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Note", ["A."], in: bench.space, by: bench.ada)
        bench.run()
        bench.jump(to: bench.clock + Self.year)
        bench.wiki.pages[page]?.live = ["A."]
        try bench.push(["Note.md": "A.\nFrom git.\n"])
        bench.run()
        bench.jump(to: bench.clock - Self.year)
        // The server that had it open is gone, with what it had not stored.
        bench.wiki.edit(page, by: bench.wren) { $0.live = nil }
        bench.run()
        bench.later(seconds: 120)
        bench.run()
        bench.run()
        #expect(bench.wiki.pages[page]?.lines == ["A.", "From git."])
        try bench.expectAgreement()
    }

    @Test("the wiki's clock goes back: edits are seen all the same, each once")
    func wikiClock() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Page", ["A."], in: bench.space, by: bench.ada)
        bench.run()
        bench.wiki.time -= Int64(Self.year) * 1000
        bench.wiki.setLines(page, ["A.", "Earlier, it says."], by: bench.wren)
        bench.wiki.add("New", ["N."], in: bench.space, by: bench.wren)
        bench.run()
        #expect(try bench.lines("Page.md") == ["A.", "Earlier, it says."])
        #expect(try bench.lines("New.md") == ["N."])
        #expect(try bench.log().count == 3)
        try bench.push(["New.md": "N.\nFrom git.\n"])
        bench.run()
        try bench.expectAgreement()
    }
}
