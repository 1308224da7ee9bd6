import Base
import Cycle
import GitStore
import Processes
import Reconcile
import Testing

extension Disaster {
    /// One side deletes while the other works, and what was deleted returns.
    static let fromBothSides: [Disaster] = [
        Disaster("git deletes what the wiki edits: the edit stands", pages: 3) {
            try $0.stage.push([:], deleting: ["Page 1.md"])
            try $0.stage.setLines(of: $0.pages[1], to: ["Newer."])
            let report = $0.stage.run()
            try $0.expectTrashed(0)
            #expect(try $0.stage.lines("Page 1.md") == ["Newer."])
            $0.expectTold("edited in the wiki", report)
            try $0.stage.expectAgreement()
        },
        Disaster("git deletes what the wiki renames or moves: both stand", pages: 3) {
            try $0.stage.push([:], deleting: ["Page 0.md", "Page 1.md"])
            try $0.stage.setTitle(of: $0.pages[0], to: "Renamed")
            try $0.stage.setParent(of: $0.pages[1], to: $0.pages[2])
            $0.stage.run()
            try $0.expectTrashed(0)
            try $0.expectPaths(["Renamed.md", "Page 2/Page 2.md", "Page 2/Page 1.md"])
            try $0.stage.expectAgreement()
        },
        Disaster("the wiki deletes what git edits: the page comes back with the edit", pages: 3) {
            let edited = $0.stage.edited(try $0.text("Page 1.md")) { $0.append("From git.") }
            try $0.stage.push(["Page 1.md": edited])
            try $0.stage.trash($0.pages[1], alone: false)
            $0.stage.run()
            #expect(try $0.stage.page($0.pages[1])?.isTrashed == false)
            #expect(try $0.lines($0.pages[1]) == ["Text 1.", "From git."])
            try $0.stage.expectAgreement()
        },
        Disaster("the wiki deletes a page whose file git only moves: it goes, and leaves no second page", pages: 3) {
            try $0.stage.push(["bare/.keep": "", "Page 1.md": $0.text("Page 1.md")])
            $0.stage.run()
            try $0.stage.push(["Page 1/Page 1.md": $0.text("Page 1.md")], deleting: ["Page 1.md"])
            try $0.stage.trash($0.pages[1], alone: false)
            $0.stage.run()
            $0.stage.run()
            try $0.expectTrashed(1)
            try $0.expectPages(3)
            try $0.expectPaths(["bare/.keep", "Page 0.md", "Page 2.md"])
        },
        Disaster(
            "the wiki restricts a page whose file git moves: its text leaves main, and makes no second page",
            pages: 3,
            isSampled: true
        ) {
            try $0.stage.push(["Page 1/Page 1.md": $0.text("Page 1.md")], deleting: ["Page 1.md"])
            try $0.stage.restrict($0.pages[1], true)
            $0.stage.run()
            $0.stage.run()
            try $0.expectPages(3)
            try $0.expectPaths(["Page 0.md", "Page 2.md"])
        },
        Disaster(
            "a page returns from the trash to a name that is another's by now: each keeps its text and its file",
            pages: 3,
            isSampled: true
        ) {
            try $0.stage.trash($0.pages[0], alone: false)
            $0.stage.run()
            try $0.stage.add("Page 0", ["Second."])
            $0.stage.run()
            let edited = $0.stage.edited(try $0.text("Page 0.md")) { $0.append("From git.") }
            try $0.stage.push(["Page 0.md": edited])
            try $0.stage.restore($0.pages[0])
            $0.stage.run()
            #expect(try $0.stage.lines("Page 0.md") == ["Second.", "From git."])
            #expect(try $0.lines($0.pages[0]) == ["Text 0."])
            try $0.expectPages(4)
            try $0.stage.expectAgreement()
        },
        Disaster("both sides bring a page back, git to another place: it is one page, at git's place", pages: 3) {
            let guide = try $0.stage.add("Guide", ["G."])
            let child = try $0.stage.add("Child", ["C."], parent: guide)
            $0.stage.run()
            let bare = $0.stage.edited("") { $0 = ["C.", "Own words."] }
            try $0.stage.push(["Guide/Child.md": bare])
            $0.stage.run()
            try $0.stage.push([:], deleting: ["Guide/Child.md", "Guide/Guide.md"])
            $0.stage.run()
            try $0.stage.push(["Guide/Child.md": bare])
            try $0.stage.restore(guide)
            $0.stage.run()
            $0.stage.run()
            #expect(try $0.stage.live().filter { $0.lines == ["C.", "Own words."] }.map(\.id) == [child])
            try $0.stage.expectAgreement()
        },
        Disaster(
            "a page returns in a folder that differs only in case from another's: one page, on both sides",
            pages: 1
        ) {
            let guide = try $0.stage.add("Guide", ["G."])
            let child = try $0.stage.add("Child", ["C."], parent: guide)
            $0.stage.run()
            let text = try $0.text("Guide/Child.md")
            try $0.stage.push([:], deleting: ["Guide/Child.md"])
            $0.stage.run()
            try $0.stage.push(["GUIDE.md": $0.text("Guide/Guide.md")], deleting: ["Guide/Guide.md"])
            $0.stage.run()
            try $0.stage.push(["Guide/Child.md": text])
            try $0.stage.restore(child)
            $0.stage.run()
            $0.stage.run()
            #expect(try $0.stage.live().filter { $0.lines == ["C."] }.map(\.id) == [child])
            try $0.stage.expectAgreement()
        },
        Disaster(
            "both sides bring a page back, and the wiki renames it: one page with one file",
            pages: 3,
            isSampled: true
        ) {
            let text = try $0.text("Page 1.md")
            try $0.stage.push([:], deleting: ["Page 1.md"])
            $0.stage.run()
            try $0.stage.push(["Page 1.md": text])
            try $0.stage.restore($0.pages[1])
            try $0.stage.setTitle(of: $0.pages[1], to: "Renamed")
            $0.stage.run()
            $0.stage.run()
            try $0.expectPaths(["Page 0.md", "Page 2.md", "Renamed.md"])
            try $0.expectPages(3)
            try $0.stage.expectAgreement()
        },
        Disaster("a copy of a trashed page is moved: it stays a page of its own", pages: 3) {
            try $0.stage.push(["Copy.md": $0.text("Page 0.md")])
            $0.stage.run()
            let copy = try #require(try $0.live("Copy").first?.id)
            try $0.stage.push([:], deleting: ["Page 0.md"])
            $0.stage.run()
            try $0.stage.push(["Moved.md": $0.text("Copy.md")], deleting: ["Copy.md"])
            $0.stage.run()
            #expect(try $0.stage.page(copy)?.title == "Moved")
            try $0.expectTrashed(1)
            try $0.stage.push([:], deleting: ["Moved.md"], allowing: ["Moved.md"])
            $0.stage.run()
            try $0.expectTrashed(2)
            try $0.stage.push(["Moved.md": $0.stage.repository.git(["show", "main~1:Moved.md"]).text])
            $0.stage.run()
            #expect(try $0.stage.page(copy)?.isTrashed == false)
            try $0.expectTrashed(1)
            try $0.stage.expectAgreement()
        },
        Disaster("a deletion is reverted: the same page comes back", pages: 4, isSampled: true) {
            let text = try $0.text("Page 2.md")
            try $0.stage.push([:], deleting: ["Page 2.md"])
            $0.stage.run()
            try $0.expectTrashed(1)
            try $0.stage.push(["Page 2.md": text])
            let report = $0.stage.run()
            try $0.expectTrashed(0)
            try $0.expectPages(4)
            #expect(report.push.restored == 1)
            #expect(try $0.lines($0.pages[2]) == ["Text 2."])
            try $0.stage.expectAgreement()
        },
        Disaster("a deletion is reverted under another name: the same page comes back with that title", pages: 4) {
            let text = try $0.text("Page 2.md")
            try $0.stage.push([:], deleting: ["Page 2.md"])
            $0.stage.run()
            try $0.stage.push(["Second life.md": text])
            $0.stage.run()
            try $0.expectPages(4)
            #expect(try $0.stage.page($0.pages[2])?.title == "Second life")
            try $0.stage.expectAgreement()
        },
        Disaster(
            "a file without an id returns to where a trashed page was: that page comes back with its text",
            pages: 4
        ) {
            try $0.stage.push([:], deleting: ["Page 2.md"])
            $0.stage.run()
            try $0.stage.push(["Page 2.md": $0.stage.edited("") { $0 = ["Text 2.", "And more."] }])
            $0.stage.run()
            try $0.expectPages(4)
            #expect(try $0.lines($0.pages[2]) == ["Text 2.", "And more."])
            try $0.stage.expectAgreement()
        },
        Disaster("a page is deleted and made again by two pushes before one cycle: it is the same page", pages: 4) {
            let again = $0.stage.edited(try $0.text("Page 2.md")) { $0.append("Back.") }
            try $0.stage.push([:], deleting: ["Page 2.md"])
            try $0.stage.push(["Page 2.md": again])
            $0.stage.run()
            try $0.expectPages(4)
            try $0.expectTrashed(0)
            #expect(try $0.lines($0.pages[2]) == ["Text 2.", "Back."])
            try $0.stage.expectAgreement()
        },
        Disaster("both sides delete the same page: once, and nothing else", pages: 4) {
            try $0.stage.push([:], deleting: ["Page 2.md"])
            try $0.stage.trash($0.pages[2], alone: false)
            #expect($0.stage.run().push.failures == 0)
            try $0.expectTrashed(1)
            try $0.stage.expectAgreement()
        },
        Disaster(
            "who pushed a deletion loses the right before the cycle: nothing is trashed until it is back",
            pages: 4,
            isSampled: true
        ) {
            try $0.stage.push([:], deleting: ["Page 2.md"], by: $0.stage.wren)
            try $0.stage.setRight(of: $0.stage.wren, false)
            #expect($0.stage.run().push.failures == 1)
            $0.stage.later(seconds: 3_600)
            $0.stage.restart()
            $0.stage.run()
            try $0.expectTrashed(0)
            try $0.stage.setRight(of: $0.stage.wren, true)
            $0.stage.later(seconds: 3_600)
            $0.stage.run()
            try $0.expectTrashed(1)
        },
    ]
}
