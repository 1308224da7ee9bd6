import Base
import GitStore
import Processes
import SyncStage
import Testing

@testable import Cycle

/// The tree of `refs/docmost/wiki`: what both sides agree on, without a second copy of main's folders.
@Suite("the agreed tree", .serialized)
struct AgreedTreeTests {
    private let bench: Bench

    init() throws {
        bench = try Bench()
        for name in ["Guide", "Notes", "Plan"] { bench.wiki.add(name, ["\(name)."], in: bench.space, by: bench.ada) }
        bench.run()
    }

    @Test("is main's own tree when both sides are the same, after an edit on either side")
    func isShared() throws {
        #expect(try object("refs/docmost/wiki:.docmost/agreed") == object("main^{tree}"))
        bench.wiki.setLines(try guide(), ["Guide, edited."], by: bench.wren)
        bench.run()
        #expect(try object("refs/docmost/wiki:.docmost/agreed") == object("main^{tree}"))
        try bench.push(["Notes.md": "Notes, pushed.\n", "picture.png": "not a page"])
        bench.run()
        #expect(try object("refs/docmost/wiki:.docmost/agreed") == object("main^{tree}"))
        #expect(try rootNames() == [".docmost"])
        try bench.expectAgreement()
    }

    @Test("keeps what is agreed while deletions are held and another file waits")
    func keepsHeldFiles() throws {
        bench.maxDeletes = 1
        bench.restart()
        let agreed = try files()
        try bench.push(["Plan.md": "Plan, pushed.\n"], deleting: ["Guide.md", "Notes.md"])
        bench.run()
        #expect(bench.lastReport.held.count == 2)
        #expect(try bench.agreedTreeProblems() == [])
        let now = try files()
        #expect(now["Guide.md"] == agreed["Guide.md"] && now["Notes.md"] == agreed["Notes.md"])
        #expect(try "\(object("main:Plan.md"))" == now["Plan.md"])
    }

    @Test("an older base, with its files at the root, gets the new form with the next change, and loses nothing")
    func olderForm() throws {
        try makeOlder()
        #expect(try rootNames().contains("Guide.md"))
        bench.restart()
        bench.run()
        #expect(try rootNames().contains("Guide.md"), "an idle cycle has written")
        bench.wiki.setLines(try guide(), ["Guide, edited."], by: bench.wren)
        bench.run()
        #expect(try rootNames() == [".docmost"])
        try bench.expectAgreement()
        bench.restart()
        try bench.expectAgreement()
    }

    @Test("in a folder of 3,000 pages edits, new pages and titles of one cycle arrive, one commit each")
    func largeFolder() throws {
        let pages = (0..<3_000).map { bench.wiki.add("Page \($0)", ["A."], in: bench.space, by: bench.ada) }
        bench.run()
        bench.later(seconds: 1)
        for page in pages[10..<13] { bench.wiki.setLines(page, ["Edited \(page)."], by: bench.wren) }
        bench.wiki.add("New page", ["N."], in: bench.space, by: bench.ada)
        bench.wiki.setLines(pages[13], ["Edited last."], by: bench.wren)
        bench.wiki.edit(pages[14]) { $0.title = "Another title" }
        let before = try bench.log().count
        bench.run()
        #expect(try bench.log().count == before + 6)
        #expect(try object("refs/docmost/wiki:.docmost/agreed") == object("main^{tree}"))
        try bench.repository.git(["fsck", "--strict", "--no-dangling"])
        try bench.push(["Page 13.md": "Pushed.\n"])
        bench.wiki.setLines(pages[15], ["Edited beside a push."], by: bench.wren)
        bench.run()
        try bench.expectAgreement()
    }

    private func guide() throws -> PageID { try #require(try bench.page(at: "Guide.md")).id }

    private func object(_ name: String) throws -> ObjectID {
        try #require(ObjectID(try bench.repository.git(["rev-parse", name]).text.prefix(40)))
    }

    private func rootNames() throws -> [String] {
        try bench.repository.git(["ls-tree", "--name-only", "refs/docmost/wiki"]).text.split(separator: "\n").map {
            String($0)
        }
    }

    private func files() throws -> [String: String] {
        let base = try #require(bench.repository.resolve("refs/docmost/wiki"))
        let files = try bench.repository.files(of: base, in: ".docmost/agreed")
        return Dictionary(uniqueKeysWithValues: files.map { ($0.path, "\($0.id)") })
    }

    /// Writes the base as it was before its files had a folder of their own.
    private func makeOlder() throws {
        let base = try #require(bench.repository.resolve("refs/docmost/wiki"))
        let who = Signature(name: "docmost-git", email: "git@example.org", seconds: 1)
        let importer = try Importer(bench.repository)
        var edits = try bench.repository.files(of: base, in: ".docmost/agreed").map {
            Importer.Edit.link(path: $0.path, id: $0.id, mode: $0.mode)
        }
        edits.append(.delete(path: ".docmost/agreed"))
        let message = try ObjectReader(bench.repository).commit(base).message
        let older = try importer.commit(parents: [base], edits: edits, author: who, committer: who, message: message)
        var transaction = RefTransaction()
        for ref in try importer.finish() { transaction.delete(ref) }
        transaction.update("refs/docmost/wiki", from: base, to: older)
        try transaction.commit(in: bench.repository, reason: "test")
    }
}
