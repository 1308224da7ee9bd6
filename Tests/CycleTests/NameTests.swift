import Base
import Cycle
import GitStore
import Reconcile
import SyncStage
import TestSupport
import Testing

/// What a file's name and place say about the page, and what they do not.
@Suite("Scenarios of the predecessor: names and moves")
struct NameTests {
    @Test("redteam-layout-title 4b: a file that has its name from us, suffix and all, says nothing about the title")
    func suffixIsNoTitle() throws {
        let bench = try Bench()
        for _ in 0..<2 { bench.wiki.add("Plan", ["P."], in: bench.space, by: bench.ada) }
        bench.wiki.add("Sub", ["S."], in: bench.space, by: bench.ada)
        bench.run()
        let path = try #require(bench.paths().first { $0.hasPrefix("Plan ~") })
        let second = try #require(bench.table().page(at: PagePath(path)))
        let text = try #require(bench.files()[path])
        try bench.push(["Sub/\(path)": text + "More.\n"], deleting: [path])
        bench.run()
        #expect(bench.wiki.pages[second]?.title == "Plan")
        #expect(bench.wiki.pages[second]?.lines == ["P.", "More."])
        try bench.expectAgreement()
    }

    @Test(
        "what a file's name says about a page's title",
        arguments: [
            ("Old", "Old", false), ("Old ~s1", "Old", false), ("Old ~s2", "Old", true), ("New", "Old", true),
            ("a-b", "a/b", false), ("a-c", "a/b", true), ("Untitled", "", false), ("_con", "con", false),
            ("_.git", ".git", false), ("Budget ~final", "Budget ~draft", true), ("old", "Old", true),
        ]
    )
    func news(stem: String, title: String, isNew: Bool) {
        #expect(LineFormat().names.isName(stem, of: title, slug: "s1", id: "an id") == !isNew)
    }

    @Test(
        "classify-rename-moves: a real title that ends in ~word is one",
        arguments: ["Budget ~draft", "Budget ~final"]
    )
    func realSuffix(title: String) throws {
        let bench = try Bench()
        let page = bench.wiki.add("Budget", ["B."], in: bench.space, by: bench.ada)
        bench.run()
        let text = try #require(bench.files()["Budget.md"])
        try bench.push(["\(title).md": text], deleting: ["Budget.md"])
        bench.run()
        #expect(bench.wiki.pages[page]?.title == title)
        try bench.expectAgreement()
    }

    /// Unicode joins such a sign with what follows it into one character, so that to a comparison by characters the
    /// file's name did not end in `.md`: the page was exported, and its file was then no page's.
    @Test(
        "a title that ends in a sign which joins the next character has a file like any other",
        arguments: ["Aya \u{06DD}", "Number \u{0600}", "\u{0301}x", "x\u{0301}", "x.md\u{0301}"]
    )
    func joiningSigns(title: String) throws {
        let bench = try Bench()
        let page = bench.wiki.add(title, ["A."], in: bench.space, by: bench.ada)
        bench.wiki.add("Child", ["C."], parent: page, in: bench.space, by: bench.ada)
        bench.run()
        bench.wiki.edit(page) { $0.lines = ["A.", "B."] }
        bench.run()
        #expect(bench.wiki.pages[page]?.deleted == nil)
        #expect(try bench.table().page(at: PagePath("\(title)/\(title).md")) == page)
        try bench.expectAgreement()
    }

    @Test("classify-rename-moves 4, apply-push-actions 15: a renamed folder renames its page, and writes no page below")
    func ancestorRenamed() throws {
        let bench = try Bench()
        let guide = bench.wiki.add("Guide", ["G."], in: bench.space, by: bench.ada)
        for number in 0..<5 { bench.wiki.add("Child \(number)", ["C."], parent: guide, in: bench.space, by: bench.ada) }
        bench.run()
        let files = try bench.files()
        let moved = files.map { ($0.key.replacing("Guide", with: "Handbook"), $0.value) }
        bench.wiki.resetCounts()
        try bench.push(Dictionary(uniqueKeysWithValues: moved), deleting: Array(files.keys))
        bench.run()
        #expect(bench.wiki.writes == 1)
        #expect(bench.wiki.pages[guide]?.title == "Handbook")
        try bench.expectAgreement()
    }

    @Test("apply-push-actions 4: a pure rename keeps what somebody is typing")
    func renameKeepsTyping() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Old", ["A."], in: bench.space, by: bench.ada)
        bench.run()
        bench.wiki.pages[page]?.live = ["A.", "Typing"]
        let text = try #require(bench.files()["Old.md"])
        try bench.push(["New.md": text], deleting: ["Old.md"])
        bench.run()
        #expect(bench.wiki.pages[page]?.title == "New")
        #expect(bench.wiki.pages[page]?.live == ["A.", "Typing"])
    }

    @Test("redteam-apply-push 1: a new file beside siblings of one title takes none of them over")
    func noAdoption() throws {
        let bench = try Bench()
        let pages = (0..<2).map { bench.wiki.add("Plan", ["Plan \($0)."], in: bench.space, by: bench.ada) }
        bench.run()
        try bench.push(["plan 2.md": "New.\n", "More/Plan.md": "Plan 0.\n"])
        bench.run()
        for (number, page) in pages.enumerated() { #expect(bench.wiki.pages[page]?.lines == ["Plan \(number)."]) }
        #expect(bench.wiki.live("Plan", in: bench.space).count == 3)
        try bench.expectAgreement()
    }

    @Test("cycle 7, weakness 9: a link in the place of a page's file is never read, and goes as a removed file would")
    func link() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Page", ["P."], in: bench.space, by: bench.ada)
        let other = bench.wiki.add("Other", ["O."], in: bench.space, by: bench.ada)
        bench.run()
        let main = try #require(bench.main)
        let target = try #require(try bench.repository.files(of: main).first { $0.path == "Other.md" })
        try bench.push([.link(path: "Page.md", id: target.id, mode: "120000")])
        bench.run()
        #expect(bench.wiki.pages[page]?.lines == ["P."])
        #expect(bench.wiki.pages[page]?.deleted != nil)
        #expect(bench.wiki.pages[other]?.lines == ["O."])
        #expect(bench.wiki.pages.count == 2)
    }

    @Test("reconcile 6, engine-gaps 6 and 7: pages that take each other's places in the wiki keep their files")
    func takeEachOthersPlaces() throws {
        let bench = try Bench()
        let one = bench.wiki.add("One", ["1."], in: bench.space, by: bench.ada)
        let two = bench.wiki.add("Two", ["2."], in: bench.space, by: bench.ada)
        let three = bench.wiki.add("Three", ["3."], in: bench.space, by: bench.ada)
        bench.run()
        bench.wiki.edit(one) { $0.title = "Two" }
        bench.wiki.edit(two) { $0.title = "Three" }
        bench.wiki.edit(three) { $0.title = "One" }
        bench.run()
        #expect(Set(try bench.files().keys.map { try bench.lines($0) ?? [] }) == [["1."], ["2."], ["3."]])
        try bench.expectAgreement()
    }
}
