import Base
import Cycle
import GitStore
import PushProtocol
import Reconcile
import TestSupport
import Testing

/// Ways to lose pages by deletion. None may trash or remove more than a person meant.
@Suite("Deletion disasters")
struct DeletionTests {
    private func bench(pages count: Int, cap: Int = 5) throws -> (Bench, [PageID]) {
        let bench = try Bench()
        bench.maxDeletes = cap
        bench.restart()
        let pages = (0..<count).map { bench.wiki.add("Page \($0)", ["Text \($0)."], in: bench.space, by: bench.ada) }
        bench.run()
        return (bench, pages)
    }

    private func trashed(_ bench: Bench) -> Int { bench.wiki.pages.values.count { $0.deleted != nil } }

    // MARK: From git

    @Test("1-4: an emptied tree trashes nothing, small or large", arguments: [2, 5, 20, 40])
    func emptiedTree(count: Int) throws {
        let (bench, _) = try bench(pages: count)
        try bench.push([.deleteAll])
        let report = bench.run()
        #expect(trashed(bench) == 0)
        #expect(report.held.count == count)
        #expect(report.lines.contains { $0.note?.contains("allow-deletes") == true })
        bench.later(seconds: 9_999)
        bench.restart()
        bench.run()
        #expect(trashed(bench) == 0)
    }

    @Test("5: more deletions than the cap are held, everything else of the push goes on")
    func cap() throws {
        let (bench, pages) = try bench(pages: 12)
        try bench.push(["Page 11.md": "Changed.\n", "New.md": "N.\n"], deleting: (0..<6).map { "Page \($0).md" })
        let report = bench.run()
        #expect(trashed(bench) == 0)
        #expect(report.held.count == 6)
        #expect(bench.wiki.pages[pages[11]]?.lines == ["Changed."])
        #expect(bench.wiki.live("New", in: bench.space).count == 1)
    }

    @Test("6: deletions up to the cap are carried out")
    func belowCap() throws {
        let (bench, _) = try bench(pages: 12)
        try bench.push([:], deleting: (0..<5).map { "Page \($0).md" })
        let report = bench.run()
        #expect(trashed(bench) == 5)
        #expect(report.push.deleted == 5)
        try bench.expectAgreement()
    }

    @Test("7: an allowance given with the push covers exactly the pages of that push")
    func allowedByPush() throws {
        let (bench, _) = try bench(pages: 20)
        let first = (0..<8).map { "Page \($0).md" }
        try bench.push([:], deleting: first, allowing: first)
        bench.run()
        #expect(trashed(bench) == 8)
        try bench.push([:], deleting: (8..<15).map { "Page \($0).md" })
        bench.run()
        #expect(trashed(bench) == 8)
    }

    @Test("8: the operator allows what is held, and only that is deleted")
    func allowedByOperator() throws {
        let (bench, _) = try bench(pages: 20)
        try bench.push([:], deleting: (0..<8).map { "Page \($0).md" })
        bench.run()
        let path = CycleMemory.path(in: bench.directory.path)
        var memory = CycleMemory(readingFrom: path)
        memory.allowed = Set(memory.held.keys)
        #expect(memory.write(to: path))
        bench.run()
        #expect(trashed(bench) == 8)
        #expect(bench.cycle.heldDeletions.isEmpty)
        try bench.expectAgreement()
    }

    @Test("9: held deletions whose files come back are forgotten")
    func heldComeBack() throws {
        let (bench, _) = try bench(pages: 10)
        let before = try bench.files()
        try bench.push([:], deleting: (0..<8).map { "Page \($0).md" })
        bench.run()
        try bench.push(before)
        bench.run()
        #expect(bench.cycle.heldDeletions.isEmpty)
        #expect(trashed(bench) == 0)
        try bench.expectAgreement()
    }

    @Test("10: everything renamed at once, with edits, is renames and no deletion")
    func everythingRenamed() throws {
        let (bench, _) = try bench(pages: 30)
        let files = try bench.files()
        let renamed = Dictionary(uniqueKeysWithValues: files.map { ("X " + $0.key, $0.value + "More.\n") })
        try bench.push(renamed, deleting: Array(files.keys))
        bench.run()
        #expect(trashed(bench) == 0)
        #expect(bench.wiki.pages.count == 30)
        try bench.expectAgreement()
    }

    @Test("11: everything moved into a folder is moves and no deletion")
    func everythingMoved() throws {
        let (bench, _) = try bench(pages: 30)
        let files = try bench.files()
        try bench.push(
            Dictionary(uniqueKeysWithValues: files.map { ("All/" + $0.key, $0.value) }),
            deleting: Array(files.keys)
        )
        bench.run()
        #expect(trashed(bench) == 0)
        #expect(bench.wiki.pages.count == 31)
        try bench.expectAgreement()
    }

    @Test("12: files without ids moved and renamed in one push are found by their content")
    func renamedWithoutIDs() throws {
        let (bench, _) = try bench(pages: 3)
        try bench.push((0..<10).reduce(into: [:]) { $0["File \($1).md"] = "Content number \($1) of a file.\n" })
        bench.run()
        let files = try bench.files().filter { $0.key.hasPrefix("File") }
        try bench.push(
            Dictionary(
                uniqueKeysWithValues: files.map { ("Sub/" + $0.key.replacing("File", with: "Renamed"), $0.value) }
            ),
            deleting: Array(files.keys)
        )
        bench.run()
        #expect(trashed(bench) == 0)
        #expect(bench.wiki.pages.count == 14)
        try bench.expectAgreement()
    }

    @Test("13: a removed folder note with its children left is refused, with both remedies, and comes back")
    func folderNote() throws {
        let bench = try Bench()
        let guide = bench.wiki.add("Guide", ["G."], in: bench.space, by: bench.ada)
        let child = bench.wiki.add("Child", ["C."], parent: guide, in: bench.space, by: bench.ada)
        bench.run()
        try bench.push([:], deleting: ["Guide/Guide.md"])
        let report = bench.run()
        #expect(trashed(bench) == 0)
        #expect(bench.wiki.pages[child]?.parent == guide)
        #expect(report.lines.contains { $0.note?.contains("delete them too, or move them first") == true })
        #expect(Set(try bench.paths()) == ["Guide/Guide.md", "Guide/Child.md"])
        try bench.expectAgreement()
    }

    @Test("14: a folder deleted with everything in it goes leaf first, and nothing else")
    func folder() throws {
        let bench = try Bench()
        let guide = bench.wiki.add("Guide", ["G."], in: bench.space, by: bench.ada)
        let child = bench.wiki.add("Child", ["C."], parent: guide, in: bench.space, by: bench.ada)
        bench.wiki.add("Grandchild", ["C."], parent: child, in: bench.space, by: bench.ada)
        let other = bench.wiki.add("Other", ["O."], in: bench.space, by: bench.ada)
        bench.run()
        try bench.push([:], deleting: ["Guide/Guide.md", "Guide/Child/Child.md", "Guide/Child/Grandchild.md"])
        bench.run()
        #expect(trashed(bench) == 3)
        #expect(bench.wiki.pages[other]?.deleted == nil)
        try bench.expectAgreement()
    }

    @Test("15: a page with restricted subpages is not trashed by a push")
    func restrictedChild() throws {
        let bench = try Bench()
        let guide = bench.wiki.add("Guide", ["G."], in: bench.space, by: bench.ada)
        let secret = bench.wiki.add("Secret", ["S."], parent: guide, in: bench.space, by: bench.ada)
        bench.wiki.add("Other", ["O."], in: bench.space, by: bench.ada)
        bench.wiki.pages[secret]?.isRestricted = true
        bench.run()
        #expect(try bench.paths() == ["Guide.md", "Other.md"])
        try bench.push([:], deleting: ["Guide.md"])
        let report = bench.run()
        #expect(trashed(bench) == 0)
        #expect(report.lines.contains { $0.note?.contains("not in the repository") == true })
        try bench.expectAgreement()
    }

    @Test("16: a page that got a subpage in the wiki meanwhile is not trashed by a push")
    func newChild() throws {
        let bench = try Bench()
        let guide = bench.wiki.add("Guide", ["G."], in: bench.space, by: bench.ada)
        bench.wiki.add("Other", ["O."], in: bench.space, by: bench.ada)
        bench.run()
        bench.wiki.add("Unseen", ["U."], parent: guide, in: bench.space, by: bench.wren)
        try bench.push([:], deleting: ["Guide.md"])
        bench.run()
        #expect(trashed(bench) == 0)
        #expect(Set(try bench.paths()) == ["Guide/Guide.md", "Guide/Unseen.md", "Other.md"])
        try bench.expectAgreement()
    }

    @Test("17: a page with a restricted subpage is not moved by a push; its file goes back")
    func restrictedChildMove() throws {
        let bench = try Bench()
        let guide = bench.wiki.add("Guide", ["G."], in: bench.space, by: bench.ada)
        let secret = bench.wiki.add("Secret", ["S."], parent: guide, in: bench.space, by: bench.ada)
        bench.wiki.add("Other", ["O."], in: bench.space, by: bench.ada)
        bench.wiki.pages[secret]?.isRestricted = true
        bench.run()
        let text = try #require(bench.files()["Guide.md"])
        try bench.push(["Other/Guide.md": text], deleting: ["Guide.md"])
        bench.run()
        #expect(bench.wiki.pages[guide]?.parent == nil)
        #expect(try bench.paths() == ["Guide.md", "Other.md"])
        try bench.expectAgreement()
    }
}
