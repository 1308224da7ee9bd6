import Base
import Cycle
import GitStore
import PushProtocol
import Reconcile
import TestSupport
import Testing

@Suite("Deletion disasters from the wiki, and from disks")
struct WikiDeletionTests {
    private func bench(pages count: Int, cap: Int = 5) throws -> (Bench, [PageID]) {
        let bench = try Bench()
        bench.maxDeletes = cap
        bench.restart()
        let pages = (0..<count).map { bench.wiki.add("Page \($0)", ["Text \($0)."], in: bench.space, by: bench.ada) }
        bench.run()
        return (bench, pages)
    }

    private func trashed(_ bench: Bench) -> Int { bench.wiki.pages.values.count { $0.deleted != nil } }

    @Test("27-29: an emptied database removes no file", arguments: [1, 3, 30])
    func emptiedDatabase(count: Int) throws {
        let (bench, _) = try bench(pages: count)
        let pages = bench.wiki.pages
        bench.wiki.pages = [:]
        let main = bench.main
        let report = bench.run()
        #expect(bench.main == main)
        #expect(report.held.count == count)
        bench.restart()
        bench.run()
        #expect(bench.main == main)
        bench.wiki.pages = pages
        bench.run()
        #expect(bench.cycle.heldDeletions.isEmpty)
        try bench.expectAgreement()
    }

    @Test("30: a half-restored backup removes no file beyond the cap")
    func halfRestored() throws {
        let (bench, pages) = try bench(pages: 20)
        for page in pages[..<12] { bench.wiki.pages[page] = nil }
        let main = bench.main
        #expect(bench.run().held.count == 12)
        #expect(bench.main == main)
    }

    @Test("31: more pages trashed in the wiki than the cap are held until the operator allows them")
    func massTrash() throws {
        let (bench, pages) = try bench(pages: 20)
        for page in pages[..<9] { bench.wiki.trashSubtree(page, by: bench.wren) }
        #expect(bench.run().held.count == 9)
        #expect(try bench.paths().count == 20)
        let path = CycleMemory.path(in: bench.directory.path)
        var memory = CycleMemory(readingFrom: path)
        memory.allowed = Set(memory.held.keys)
        #expect(memory.write(to: path))
        bench.run()
        #expect(try bench.paths().count == 11)
        try bench.expectAgreement()
    }

    @Test("32: every page trashed in the wiki is held, even below the cap")
    func allTrashed() throws {
        let (bench, pages) = try bench(pages: 3)
        for page in pages { bench.wiki.trashSubtree(page, by: bench.wren) }
        #expect(bench.run().held.count == 3)
        #expect(try bench.paths().count == 3)
    }

    @Test("33: a page trashed in the wiki is one commit by who trashed it, and its restore brings the file back")
    func trashAndRestore() throws {
        let (bench, pages) = try bench(pages: 3)
        bench.wiki.trashSubtree(pages[0], by: bench.wren)
        bench.run()
        #expect(try bench.log().first == "Wren Writer|Trash “Page 0”")
        #expect(try bench.paths() == ["Page 1.md", "Page 2.md"])
        bench.wiki.restoreSubtree(pages[0])
        bench.run()
        #expect(try bench.paths() == ["Page 0.md", "Page 1.md", "Page 2.md"])
        try bench.expectAgreement()
    }

    @Test("34: a page moved to another space leaves this repository and is not trashed")
    func otherSpace() throws {
        let (bench, pages) = try bench(pages: 3)
        let other = SpaceID.fresh()
        bench.wiki.moveToSpace(pages[0], other)
        bench.run()
        #expect(try bench.paths() == ["Page 1.md", "Page 2.md"])
        #expect(bench.wiki.pages[pages[0]]?.deleted == nil)
        let there = try Bench(wiki: bench.wiki, space: other)
        there.run()
        #expect(try there.paths() == ["Page 0.md"])
        #expect(try there.page(at: "Page 0.md")?.id == pages[0])
        try bench.expectAgreement()
    }

    @Test("35: a file of a page that is in another space now changes nothing there")
    func foreignEdit() throws {
        let (bench, pages) = try bench(pages: 3)
        bench.wiki.moveToSpace(pages[0], .fresh())
        try bench.push(["Page 0.md": "Intruder.\n"])
        let report = bench.run()
        #expect(bench.wiki.pages[pages[0]]?.lines == ["Text 0."])
        #expect(report.lines.contains { $0.action == .refused })
        try bench.expectAgreement()
    }

    @Test("36: pages restricted in the wiki leave main, are not trashed, and return with their id")
    func restricted() throws {
        let (bench, pages) = try bench(pages: 12)
        for page in pages[..<9] { bench.wiki.pages[page]?.isRestricted = true }
        bench.wiki.restrictions = 9
        bench.run()
        #expect(try bench.paths().count == 3)
        #expect(trashed(bench) == 0)
        for page in pages[..<9] { bench.wiki.pages[page]?.isRestricted = false }
        bench.wiki.restrictions = 0
        bench.run()
        #expect(try bench.paths().count == 12)
        try bench.expectAgreement()
    }

    @Test("37: a folder's page trashed alone in the wiki leaves its children with the nearest living ancestor")
    func wikiRemovesNote() throws {
        let bench = try Bench()
        let top = bench.wiki.add("Top", ["T."], in: bench.space, by: bench.ada)
        let guide = bench.wiki.add("Guide", ["G."], parent: top, in: bench.space, by: bench.ada)
        bench.wiki.add("Child", ["C."], parent: guide, in: bench.space, by: bench.ada)
        bench.run()
        bench.wiki.pages[guide]?.deleted = bench.wiki.tick()
        bench.run()
        #expect(Set(try bench.paths()) == ["Top/Top.md", "Top/Child.md"])
        #expect(trashed(bench) == 1)
    }

    @Test("38: a damaged table removes and trashes nothing")
    func damagedTable() throws {
        let (bench, _) = try bench(pages: 8)
        let base = try #require(bench.repository.resolve("refs/docmost/wiki"))
        let importer = try Importer(bench.repository)
        let robot = Signature(name: "x", email: "x", seconds: 1)
        let edits = try bench.repository.files(of: base).filter { $0.path.hasPrefix(".docmost/") }.map {
            Importer.Edit.write(path: $0.path, bytes: Array("{\"id\":\n".utf8))
        }
        let broken = try importer.commit(
            parents: [base],
            edits: edits,
            author: robot,
            committer: robot,
            message: "disk\n"
        )
        var transaction = RefTransaction()
        for ref in try importer.finish() { transaction.delete(ref) }
        transaction.update("refs/docmost/wiki", from: base, to: broken)
        try transaction.commit(in: bench.repository, reason: "test")
        bench.restart()
        let report = bench.run()
        #expect(report.outcome == .ran)
        #expect(trashed(bench) == 0)
        #expect(bench.wiki.pages.count == 8)
        try bench.expectAgreement()
    }

    @Test("39: a lost base makes no page twice")
    func lostBase() throws {
        let (bench, _) = try bench(pages: 8)
        try bench.repository.git(["update-ref", "-d", "refs/docmost/wiki"])
        bench.restart()
        bench.run()
        #expect(bench.wiki.pages.count == 8)
        try bench.expectAgreement()
    }

    @Test("40: a page gone for good in the wiki whose file was edited meanwhile is made again under its id")
    func purged() throws {
        let (bench, pages) = try bench(pages: 3)
        bench.wiki.pages[pages[0]] = nil
        try bench.push(["Page 0.md": "Text 0.\nStill wanted.\n"])
        bench.run()
        #expect(bench.wiki.pages[pages[0]]?.lines == ["Text 0.", "Still wanted."])
        try bench.expectAgreement()
    }
}
