import Base
import Cycle
import GitStore
import PushProtocol
import Reconcile
import TestSupport
import Testing

@Suite("Deletions against edits, and returns")
struct ReturnTests {
    private func bench(pages count: Int, cap: Int = 5) throws -> (Bench, [PageID]) {
        let bench = try Bench()
        bench.maxDeletes = cap
        bench.restart()
        let pages = (0..<count).map { bench.wiki.add("Page \($0)", ["Text \($0)."], in: bench.space, by: bench.ada) }
        bench.run()
        return (bench, pages)
    }

    private func trashed(_ bench: Bench) -> Int { bench.wiki.pages.values.count { $0.deleted != nil } }

    @Test("18: an edit in the wiki beats a deletion in git")
    func editBeatsDeletion() throws {
        let (bench, pages) = try bench(pages: 3)
        try bench.push([:], deleting: ["Page 1.md"])
        bench.wiki.setLines(pages[1], ["Newer."], by: bench.wren)
        let report = bench.run()
        #expect(trashed(bench) == 0)
        #expect(try bench.lines("Page 1.md") == ["Newer."])
        #expect(report.lines.contains { $0.note?.contains("edited in the wiki") == true })
        try bench.expectAgreement()
    }

    @Test("19: a deletion in the wiki is beaten by an edit in git: the page comes back with it")
    func editBeatsTrash() throws {
        let (bench, pages) = try bench(pages: 3)
        try bench.push(["Page 1.md": "Text 1.\nFrom git.\n"])
        bench.wiki.trashSubtree(pages[1], by: bench.wren)
        bench.run()
        #expect(bench.wiki.pages[pages[1]]?.deleted == nil)
        #expect(bench.wiki.pages[pages[1]]?.lines == ["Text 1.", "From git."])
        try bench.expectAgreement()
    }

    @Test("20: a revert of a deletion brings the same page back")
    func revert() throws {
        let (bench, pages) = try bench(pages: 4)
        let text = try #require(bench.files()["Page 2.md"])
        try bench.push([:], deleting: ["Page 2.md"])
        bench.run()
        #expect(trashed(bench) == 1)
        try bench.push(["Page 2.md": text])
        let report = bench.run()
        #expect(trashed(bench) == 0)
        #expect(bench.wiki.pages.count == 4)
        #expect(bench.wiki.pages[pages[2]]?.lines == ["Text 2."])
        #expect(report.lines.contains { $0.action == .restored })
        try bench.expectAgreement()
    }

    @Test("21: a file without an id that returns at the last path of a trashed page restores that page")
    func returnWithoutID() throws {
        let (bench, pages) = try bench(pages: 4)
        try bench.push([:], deleting: ["Page 2.md"])
        bench.run()
        try bench.push(["Page 2.md": "Text 2.\nand more\n"])
        bench.run()
        #expect(bench.wiki.pages.count == 4)
        #expect(bench.wiki.pages[pages[2]]?.deleted == nil)
        #expect(bench.wiki.pages[pages[2]]?.lines == ["Text 2.", "and more"])
        try bench.expectAgreement()
    }

    @Test("22: deleted and made again within two pushes before a cycle is the same page")
    func deletedAndBack() throws {
        let (bench, pages) = try bench(pages: 4)
        let text = try #require(bench.files()["Page 2.md"])
        try bench.push([:], deleting: ["Page 2.md"])
        try bench.push(["Page 2.md": text + "Back.\n"])
        bench.run()
        #expect(bench.wiki.pages.count == 4)
        #expect(bench.wiki.pages[pages[2]]?.deleted == nil)
        #expect(bench.wiki.pages[pages[2]]?.lines == ["Text 2.", "Back."])
        try bench.expectAgreement()
    }

    @Test("23: a move split over two pushes is no deletion where the file carries its id")
    func splitMove() throws {
        let (bench, pages) = try bench(pages: 4)
        let text = try #require(bench.files()["Page 2.md"])
        try bench.push(["Moved.md": text])
        try bench.push([:], deleting: ["Page 2.md"])
        bench.run()
        #expect(bench.wiki.pages.values.count { $0.deleted == nil && $0.lines == ["Text 2."] } == 1)
        _ = pages
        try bench.expectAgreement()
    }

    @Test("24: children moved out and the folder's note deleted in one push: the children live")
    func childrenMovedOut() throws {
        let bench = try Bench()
        let guide = bench.wiki.add("Guide", ["G."], in: bench.space, by: bench.ada)
        let child = bench.wiki.add("Child", ["C."], parent: guide, in: bench.space, by: bench.ada)
        bench.wiki.add("Other", ["O."], in: bench.space, by: bench.ada)
        bench.run()
        let text = try #require(bench.files()["Guide/Child.md"])
        try bench.push(["Child.md": text], deleting: ["Guide/Guide.md", "Guide/Child.md"])
        bench.run()
        #expect(bench.wiki.pages[child]?.deleted == nil)
        #expect(bench.wiki.pages[child]?.parent == nil)
        #expect(bench.wiki.pages[guide]?.deleted != nil)
        try bench.expectAgreement()
    }

    @Test("25: a page moved into a dot folder is deleted, under the cap, and comes back from there")
    func dotFolder() throws {
        let (bench, pages) = try bench(pages: 4)
        let text = try #require(bench.files()["Page 2.md"])
        try bench.push([".trash/Page 2.md": text], deleting: ["Page 2.md"])
        bench.run()
        #expect(bench.wiki.pages[pages[2]]?.deleted != nil)
        try bench.push(["Page 2.md": text], deleting: [".trash/Page 2.md"])
        bench.run()
        #expect(bench.wiki.pages[pages[2]]?.deleted == nil)
        try bench.expectAgreement()
    }

    @Test("26: a pusher who has lost the right deletes nothing")
    func lostRight() throws {
        let (bench, _) = try bench(pages: 4)
        try bench.push([:], deleting: ["Page 2.md"], by: bench.wren)
        bench.wiki.writers = [bench.ada, bench.robot]
        let report = bench.run()
        #expect(trashed(bench) == 0)
        #expect(report.push.failures == 1)
        bench.later(seconds: 3_600)
        bench.restart()
        bench.run()
        #expect(trashed(bench) == 0)
        bench.wiki.writers = nil
        bench.later(seconds: 3_600)
        bench.run()
        #expect(bench.wiki.pages.values.first { $0.deleted != nil }?.deleter == bench.wren)
    }
}
