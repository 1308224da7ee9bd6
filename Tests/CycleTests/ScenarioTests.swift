import Base
import Cycle
import GitStore
import PushProtocol
import Reconcile
import SyncStage
import Testing

/// The predecessor's scenarios of whole cycles (`cycle-no-echo`, `-partial-push`, `-export-keys`, `-roundtrip`), each
/// with its number there, on a bare repository.
@Suite("Scenarios of the predecessor")
struct ScenarioTests {
    @Test("no-echo 1: a wiki edit that was exported is not written back")
    func noEcho() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Note", ["One."], in: bench.space, by: bench.ada)
        bench.run()
        bench.wiki.setLines(page, ["Two."], by: bench.wren)
        let writes = bench.wiki.writes
        bench.run()
        bench.run()
        #expect(bench.wiki.writes == writes)
        #expect(bench.wiki.pages[page]?.lines == ["Two."])
        try bench.expectAgreement()
    }

    @Test("no-echo 2: a new page without content is exported and never written back")
    func emptyPage() throws {
        let bench = try Bench()
        bench.wiki.add("Empty", [], in: bench.space, by: bench.ada)
        bench.run()
        #expect(try bench.paths() == ["Empty.md"])
        #expect(bench.wiki.writes == 0)
        try bench.expectAgreement()
    }

    @Test("no-echo 3 and 4: git's edit of one block and the wiki's of another both stand")
    func bothSides() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Note", ["A.", "B.", "C."], in: bench.space, by: bench.ada)
        bench.run()
        try bench.push(["Note.md": "A from git.\nB.\nC.\n"])
        bench.wiki.setLines(page, ["A.", "B.", "C from the wiki."], by: bench.wren)
        let report = bench.run()
        #expect(bench.wiki.pages[page]?.lines == ["A from git.", "B.", "C from the wiki."])
        #expect(try bench.lines("Note.md") == ["A from git.", "B.", "C from the wiki."])
        #expect(report.lines.contains { $0.action == .merged && $0.note == "with the edits of Wren Writer" })
        try bench.expectAgreement()
    }

    @Test("no-echo 5: where both changed one block git's stands, the wiki's is in the page history, and it is said")
    func conflict() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Note", ["A.", "B.", "C."], in: bench.space, by: bench.ada)
        bench.run()
        try bench.push(["Note.md": "A from git.\nB.\nC.\n"])
        bench.wiki.setLines(page, ["A from the wiki.", "B.", "C from the wiki."], by: bench.wren)
        let report = bench.run()
        #expect(bench.wiki.pages[page]?.lines == ["A from git.", "B.", "C from the wiki."])
        #expect(bench.wiki.snapshots[page]?.contains(["A from the wiki.", "B.", "C from the wiki."]) == true)
        #expect(report.lines.first?.note?.contains("changed on both sides") == true)
        #expect(report.pull.conflicts == 1)
        try bench.expectAgreement()
    }

    @Test("no-echo 6: the wiki renames and edits while git edits the old path: both edits land under the new name")
    func renamedInWiki() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Old", ["A.", "-", "B."], in: bench.space, by: bench.ada)
        bench.run()
        try bench.push(["Old.md": "A.\n-\nB from git.\n"])
        bench.wiki.edit(page, by: bench.wren) {
            $0.title = "New"
            $0.lines = ["A from the wiki.", "-", "B."]
        }
        bench.run()
        #expect(try bench.paths() == ["New.md"])
        #expect(bench.wiki.pages[page]?.title == "New")
        #expect(bench.wiki.pages[page]?.lines == ["A from the wiki.", "-", "B from git."])
        try bench.expectAgreement()
    }

    @Test("no-echo 7 and 14: a new file and a new page of one name both live, and a foreign id does not travel")
    func bothNew() throws {
        let bench = try Bench()
        bench.wiki.add("Other", ["O."], in: bench.space, by: bench.ada)
        bench.run()
        let foreign = bench.wiki.add("Foreign", ["Secret."], in: .fresh())
        try bench.push(["New.md": "---\ndocmost_id: \(foreign)\n---\nFrom git.\n"])
        bench.wiki.add("New", ["From the wiki."], in: bench.space, by: bench.wren)
        let report = bench.run()
        #expect(bench.wiki.pages[foreign]?.lines == ["Secret."])
        #expect(Set(bench.wiki.live("New", in: bench.space).map(\.lines)) == [["From git."], ["From the wiki."]])
        #expect(try bench.paths().count == 3)
        #expect(report.lines.contains { $0.note?.contains("belongs to no page of this space") == true })
        try bench.expectAgreement()
    }

    @Test("no-echo 8 and 9: a lost final newline and added blank lines in git do not revert the wiki's last block")
    func blankLines() throws {
        for text in ["A.\nB.", "A.\n\n\n\nB.\n\n\n"] {
            let bench = try Bench()
            let page = bench.wiki.add("Note", ["A.", "B."], in: bench.space, by: bench.ada)
            bench.run()
            try bench.push(["Note.md": text])
            bench.wiki.setLines(page, ["A.", "B from the wiki."], by: bench.wren)
            bench.run()
            #expect(bench.wiki.pages[page]?.lines == ["A.", "B from the wiki."])
            try bench.expectAgreement()
        }
    }

    @Test("no-echo 10, 11, 13: a git edit stays with its page when the wiki gives that name to another page")
    func nameChangesHands() throws {
        let bench = try Bench()
        let first = bench.wiki.add("Plan", ["First.", "X."], in: bench.space, by: bench.ada)
        bench.run()
        try bench.push(["Plan.md": "First from git.\nX.\n"])
        bench.wiki.edit(first, by: bench.wren) { $0.title = "Old plan" }
        let second = bench.wiki.add("Plan", ["Second."], in: bench.space, by: bench.wren)
        bench.run()
        #expect(bench.wiki.pages[first]?.lines == ["First from git.", "X."])
        #expect(bench.wiki.pages[second]?.lines == ["Second."])
        #expect(try bench.lines("Old plan.md") == ["First from git.", "X."])
        #expect(try bench.lines("Plan.md") == ["Second."])
        try bench.expectAgreement()
    }

    @Test("no-echo 12: a page trashed in the wiki stays so when its sibling takes the name while git edits the sibling")
    func siblingTakesName() throws {
        let bench = try Bench()
        let gone = bench.wiki.add("Plan", ["Gone."], in: bench.space, by: bench.ada)
        let sibling = bench.wiki.add("Other", ["Stays."], in: bench.space, by: bench.ada)
        bench.run()
        try bench.push(["Other.md": "Stays.\nMore.\n"])
        bench.wiki.trashSubtree(gone, by: bench.wren)
        bench.wiki.edit(sibling, by: bench.wren) { $0.title = "Plan" }
        bench.run()
        #expect(bench.wiki.pages[gone]?.deleted != nil)
        #expect(try bench.lines("Plan.md") == ["Stays.", "More."])
        #expect(try bench.paths() == ["Plan.md"])
        try bench.expectAgreement()
    }

    @Test("no-echo 15 and 16: git renames and edits; the page is renamed, both edits stay", arguments: [false, true])
    func renamedInGit(isEditedInWiki: Bool) throws {
        let bench = try Bench()
        let page = bench.wiki.add("Old", ["A.", "B.", "C.", "D."], in: bench.space, by: bench.ada)
        bench.run()
        let text = try #require(bench.files()["Old.md"])
        try bench.push(["New.md": text.replacing("D.", with: "D from git.")], deleting: ["Old.md"])
        if isEditedInWiki { bench.wiki.setLines(page, ["A from the wiki.", "B.", "C.", "D."], by: bench.wren) }
        bench.run()
        let first = isEditedInWiki ? "A from the wiki." : "A."
        #expect(bench.wiki.pages[page]?.title == "New")
        #expect(bench.wiki.pages[page]?.lines == [first, "B.", "C.", "D from git."])
        #expect(try bench.paths() == ["New.md"])
        for _ in 0..<3 { try bench.expectAgreement() }
    }

    @Test("no-echo 17: a copied file with the same id becomes a new page, the original is untouched")
    func copy() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Note", ["A."], in: bench.space, by: bench.ada)
        bench.run()
        let text = try #require(bench.files()["Note.md"])
        #expect(text.contains("docmost_id"))
        try bench.push(["Copy.md": text + "More.\n"])
        bench.run()
        #expect(bench.wiki.pages[page]?.lines == ["A."])
        let copy = try #require(bench.wiki.live("Copy", in: bench.space).first)
        #expect(copy.lines == ["A.", "More."])
        try bench.push(["Copy.md": text + "Even more.\n"])
        bench.run()
        #expect(bench.wiki.pages[copy.id]?.lines == ["A.", "Even more."])
        try bench.expectAgreement()
    }

    @Test("no-echo 18 and 19: of a renamed file and an editor's copy, the renamed one stays the page")
    func renameAndCopy() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Meeting", ["A.", "B.", "C.", "D.", "E."], in: bench.space, by: bench.ada)
        bench.run()
        let text = try #require(bench.files()["Meeting.md"])
        try bench.push(
            ["Meeting notes.md": text, "Meeting 1.md": "X.\nY.\n" + text.replacing("E.\n", with: "F.\n")],
            deleting: ["Meeting.md"]
        )
        bench.run()
        #expect(bench.wiki.pages[page]?.title == "Meeting notes")
        #expect(bench.wiki.live("Meeting 1", in: bench.space).count == 1)
        try bench.expectAgreement()
    }

    @Test("no-echo 20: the wiki gives a page its first child while git edits it: the file becomes the folder's note")
    func firstChild() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Guide", ["A."], in: bench.space, by: bench.ada)
        bench.run()
        try bench.push(["Guide.md": "A.\nFrom git.\n"])
        bench.wiki.add("Child", ["C."], parent: page, in: bench.space, by: bench.wren)
        bench.run()
        #expect(bench.wiki.pages[page]?.lines == ["A.", "From git."])
        #expect(Set(try bench.paths()) == ["Guide/Guide.md", "Guide/Child.md"])
        try bench.expectAgreement()
    }

    @Test("no-echo 21: the wiki renames a folder's page while git edits a child")
    func folderRenamed() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Guide", ["A."], in: bench.space, by: bench.ada)
        let child = bench.wiki.add("Child", ["C."], parent: page, in: bench.space, by: bench.ada)
        bench.run()
        try bench.push(["Guide/Child.md": "C.\nFrom git.\n"])
        bench.wiki.edit(page, by: bench.wren) { $0.title = "Handbook" }
        bench.run()
        #expect(bench.wiki.pages[child]?.lines == ["C.", "From git."])
        #expect(Set(try bench.paths()) == ["Handbook/Handbook.md", "Handbook/Child.md"])
        #expect(try bench.log().first == "Wren Writer|Rename “Guide” to “Handbook”")
        try bench.expectAgreement()
    }
}
