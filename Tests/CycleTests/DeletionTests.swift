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
    }

    // MARK: From the wiki

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
