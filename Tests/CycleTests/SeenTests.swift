import Base
import Cycle
import PushProtocol
import Reconcile
import SyncStage
import Testing

@Suite("Pages that some people must not see, and pages that go elsewhere")
struct SeenTests {
    @Test("an id of another space, of a restricted page, of one below it and of no page at all get one answer")
    func oneAnswer() throws {
        let bench = try Bench()
        bench.wiki.add("Open", ["O."], in: bench.space, by: bench.ada)
        let foreign = bench.wiki.add("Foreign", ["F."], in: bench.elsewhere)
        let secret = bench.wiki.add("Secret", ["S."], in: bench.space, by: bench.ada)
        let below = bench.wiki.add("Below", ["B."], parent: secret, in: bench.space, by: bench.ada)
        bench.restrict(secret, true)
        bench.run()
        let ids = [foreign, secret, below, PageID.fresh()]
        var answers: [[String]] = []
        for (number, id) in ids.enumerated() {
            try bench.push(["Guess \(number).md": "---\ndocmost_id: \(id)\n---\nGuess.\n"])
            let lines = bench.run().lines
            answers.append(lines.map { "\($0.action) \($0.path.filter { !$0.isNumber }) \($0.note ?? "")" })
            #expect(bench.wiki.live("Guess \(number)", in: bench.space).count == 1)
        }
        #expect(answers.first?.isEmpty == false && Set(answers).count == 1, "\(answers)")
        for (id, line) in zip(ids, ["F.", "S.", "B."]) { #expect(bench.wiki.pages[id]?.lines == [line]) }
        try bench.expectAgreement()
    }

    @Test("the wiki restricts a page whose file git edits: its text leaves main, and no second page holds it")
    func restrictedWhileEdited() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Secret", ["S."], in: bench.space, by: bench.ada)
        bench.wiki.add("Open", ["O."], in: bench.space, by: bench.ada)
        bench.run()
        let file = try #require(bench.files()["Secret.md"])
        try bench.push(["Secret.md": file + "From git.\n", "Open.md": "O.\nMore.\n"])
        bench.restrict(page, true)
        bench.run()
        bench.later(seconds: 7_200)
        bench.run()
        #expect(try bench.paths() == ["Open.md"])
        #expect(bench.wiki.pages.count == 2)
        #expect(try bench.lines("Open.md") == ["O.", "More."])
        bench.restrict(page, false)
        bench.run()
        #expect(try Set(bench.paths()) == ["Open.md", "Secret.md"])
        try bench.expectAgreement()
    }

    @Test(
        "git deletes, moves or renames the file of a page that has just gone to another space: there it stays as it is"
    )
    func goneElsewhere() throws {
        for change in 0..<3 {
            let bench = try Bench()
            let page = bench.wiki.add("Page", ["P."], in: bench.space, by: bench.ada)
            bench.wiki.add("Other", ["O."], in: bench.space, by: bench.ada)
            bench.run()
            let file = try #require(bench.files()["Page.md"])
            let files = [[:], ["Other/Page.md": file], ["Renamed.md": file]][change]
            try bench.push(files, deleting: ["Page.md"])
            bench.moveToOtherSpace(page)
            let before = bench.wiki.pages[page]
            bench.run()
            bench.run()
            #expect(bench.wiki.pages[page] == before)
            #expect(bench.wiki.pages.count == 2)
            #expect(try bench.paths().allSatisfy { $0.hasPrefix("Other") })
            try bench.expectAgreement()
        }
    }

    @Test("a page goes to another space and comes back between two cycles: nothing has happened")
    func thereAndBack() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Page", ["P."], in: bench.space, by: bench.ada)
        bench.wiki.add("Other", ["O."], in: bench.space, by: bench.ada)
        bench.run()
        let main = bench.main
        bench.moveToOtherSpace(page)
        bench.wiki.moveToSpace(page, bench.space)
        bench.run()
        #expect(bench.main == main)
        try bench.expectAgreement()
    }

    @Test("a new file is pushed into the folder of a page that has just gone to another space: it is not lost")
    func newBelowGone() throws {
        let bench = try Bench()
        let guide = bench.wiki.add("Guide", ["G."], in: bench.space, by: bench.ada)
        bench.wiki.add("Child", ["C."], parent: guide, in: bench.space, by: bench.ada)
        bench.wiki.add("Other", ["O."], in: bench.space, by: bench.ada)
        bench.run()
        try bench.push(["Guide/New.md": "N.\n"])
        bench.moveToOtherSpace(guide)
        bench.run()
        bench.run()
        let new = try #require(bench.wiki.live("New", in: bench.space).first)
        #expect(new.lines == ["N."])
        #expect(new.parent.map { bench.wiki.pages[$0]?.space } != bench.elsewhere)
        #expect(bench.wiki.live("Child", in: bench.elsewhere).count == 1)
        try bench.expectAgreement()
    }

    @Test(
        "somebody pushes a file under the name of a page that is hidden: two pages, which keep their files once both are seen"
    )
    func nameOfHidden() throws {
        let bench = try Bench()
        let secret = bench.wiki.add("Plan", ["Secret."], in: bench.space, by: bench.ada)
        bench.wiki.add("Below", ["B."], parent: secret, in: bench.space, by: bench.ada)
        bench.restrict(secret, true)
        bench.run()
        try bench.push(["Plan.md": "Open.\n", "Plan/Below.md": "Open too.\n"])
        let report = bench.run()
        #expect(report.push.created == 2 && report.push.failures == 0, "\(report.lines)")
        let before = try bench.files()
        bench.restrict(secret, false)
        bench.run()
        let files = try bench.files()
        #expect(before.keys.allSatisfy { files[$0] != nil }, "\(files.keys)")
        #expect(bench.wiki.pages[secret]?.lines == ["Secret."])
        #expect(bench.wiki.live("Plan", in: bench.space).count == 2)
        #expect(bench.wiki.live("Below", in: bench.space).count == 2)
        try bench.expectAgreement()
    }

    @Test(
        "the page above is restricted while git makes a page below it: the new page is not lost, and tells nothing of the other"
    )
    func madeBelowHidden() throws {
        let bench = try Bench()
        let guide = bench.wiki.add("Guide", ["G."], in: bench.space, by: bench.ada)
        bench.wiki.add("Child", ["C."], parent: guide, in: bench.space, by: bench.ada)
        bench.wiki.add("Open", ["O."], in: bench.space, by: bench.ada)
        bench.run()
        try bench.push(["Guide/New.md": "N.\n"])
        bench.restrict(guide, true)
        bench.run()
        bench.run()
        #expect(bench.wiki.live("New", in: bench.space).map(\.lines) == [["N."]])
        #expect(try !bench.paths().contains("Guide/Child.md"))
        #expect(try bench.files().values.allSatisfy { !$0.contains("G.\n") && !$0.contains("C.\n") })
        try bench.expectAgreement()
        bench.restrict(guide, false)
        bench.run()
        #expect(bench.wiki.live("New", in: bench.space).count == 1)
        try bench.expectAgreement()
    }
}

extension Bench {
    fileprivate func moveToOtherSpace(_ page: PageID) { wiki.moveToSpace(page, elsewhere) }
}
