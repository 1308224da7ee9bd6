import Base
import Cycle
import PushProtocol
import SyncStage
import Testing

/// What a person with a clone is told who pushes folders, and which commits follow.
@Suite("Folders that a push brings")
struct FolderReportTests {
    @Test("the pages of all new folders are one commit, and their lines say that git pull brings the files")
    func manyFolders() throws {
        let bench = try Bench()
        bench.wiki.add("Note", ["One."], in: bench.space, by: bench.ada)
        bench.run()
        let files = (0..<12).flatMap { folder in (0..<3).map { "Folder \(folder)/Page \($0).md" } }
        try bench.push(Dictionary(uniqueKeysWithValues: files.map { ($0, "Text of \($0).\n") }))
        let report = bench.run()
        #expect(report.push.created == 48)
        let notes = report.lines.filter { $0.note == "the page of the folder; git pull brings its file" }
        #expect(notes.count == 12)
        #expect(try bench.log().prefix(2).map { $0.split(separator: "|").last } == ["Create 12 pages", "work"])
        try bench.expectAgreement()
    }

    @Test("who renames a folder and not the page of it is told how, and the advice works")
    func folderRenamedAlone() throws {
        let bench = try Bench()
        let guide = bench.wiki.add("Guide", ["The guide."], in: bench.space, by: bench.ada)
        let install = bench.wiki.add("Install", ["Steps."], parent: guide, in: bench.space, by: bench.ada)
        bench.run()
        let old = try bench.files()
        let (note, child) = (try #require(old["Guide/Guide.md"]), try #require(old["Guide/Install.md"]))
        try bench.push(["Book/Guide.md": note, "Book/Install.md": child], deleting: Array(old.keys))
        let report = bench.run()
        let line = try #require(report.lines.first { $0.action == .created })
        #expect(line.path == "Book/Book.md")
        #expect(line.note?.hasSuffix("git pull, git mv -f \"Book/Guide.md\" \"Book/Book.md\", push") == true)
        #expect(try Set(bench.paths()) == ["Book/Book.md", "Book/Guide.md", "Book/Install.md"])

        try bench.push(["Book/Book.md": note], deleting: ["Book/Guide.md"], allowing: ["Book/Guide.md"])
        let second = bench.run()
        #expect(bench.wiki.pages[guide]?.title == "Book")
        #expect(bench.wiki.pages[guide]?.lines == ["The guide."])
        #expect(bench.wiki.pages[install]?.parent == guide)
        #expect(try Set(bench.paths()) == ["Book/Book.md", "Book/Install.md"])
        // Moved to the root and renamed: one line for it, and one for its child.
        #expect(
            second.lines.filter { $0.action == .moved }.map(\.path).sorted() == ["Book/Book.md", "Book/Install.md"]
        )
        #expect(second.push.moved == 2)
        try bench.expectAgreement()
    }

    @Test("a page that is moved and renamed at once is one line")
    func movedAndRenamed() throws {
        let bench = try Bench()
        let guide = bench.wiki.add("Guide", ["The guide."], in: bench.space, by: bench.ada)
        let page = bench.wiki.add("Note", ["One."], in: bench.space, by: bench.ada)
        bench.run()
        let note = try #require(bench.files()["Note.md"])
        try bench.push(["Guide/Other.md": note], deleting: ["Note.md"])
        let report = bench.run()
        #expect(report.lines.map { "\($0.action) \($0.path)" } == ["moved Guide/Other.md"])
        #expect(report.summary == "1 moved or renamed")
        #expect(bench.wiki.pages[page]?.parent == guide)
        #expect(bench.wiki.pages[page]?.title == "Other")
    }

    @Test("an edit beats the trash without the page above, and the line says where the file goes")
    func restoredAlone() throws {
        let bench = try Bench()
        let guide = bench.wiki.add("Guide", ["The guide."], in: bench.space, by: bench.ada)
        let page = bench.wiki.add("Install", ["Steps."], parent: guide, in: bench.space, by: bench.ada)
        bench.run()
        let file = try #require(bench.files()["Guide/Install.md"])
        bench.wiki.trashSubtree(guide, by: bench.wren)
        try bench.push(["Guide/Install.md": bench.edited(file) { $0.append("More.") }])
        let report = bench.run()
        let line = try #require(report.lines.first { $0.action == .restored })
        #expect(line.note == "the page above it stays in the trash; git pull brings the file to its new place")
        #expect(bench.wiki.pages[page]?.lines == ["Steps.", "More."])
        #expect(try bench.paths() == ["Install.md"])
        try bench.expectAgreement()
    }
}
