import Base
import Cycle
import Reconcile
import Testing

extension Disaster {
    /// Pages with pages below them.
    static let fromTrees: [Disaster] = [
        Disaster(
            "a folder's note is removed and its children are left: refused, with both remedies",
            pages: 1,
            isSampled: true
        ) {
            let guide = try $0.stage.add("Guide", ["G."])
            let child = try $0.stage.add("Child", ["C."], parent: guide)
            $0.stage.run()
            try $0.stage.push([:], deleting: ["Guide/Guide.md"])
            let report = $0.stage.run()
            try $0.expectTrashed(0)
            #expect(try $0.stage.page(child)?.parent == guide)
            $0.expectTold("delete them too, or move them first", report)
            try $0.expectPaths(["Guide/Guide.md", "Guide/Child.md", "Page 0.md"])
            try $0.stage.expectAgreement()
        },
        Disaster("a folder is removed with everything in it: just that, leaves first", pages: 1) {
            let guide = try $0.stage.add("Guide", ["G."])
            let child = try $0.stage.add("Child", ["C."], parent: guide)
            try $0.stage.add("Grandchild", ["C."], parent: child)
            $0.stage.run()
            try $0.stage.push([:], deleting: ["Guide/Guide.md", "Guide/Child/Child.md", "Guide/Child/Grandchild.md"])
            $0.stage.run()
            try $0.expectTrashed(3)
            #expect(try $0.live("Page 0").count == 1)
            try $0.stage.expectAgreement()
        },
        Disaster("a folder of more pages than the cap is removed: held", pages: 2) {
            let guide = try $0.stage.add("Guide", ["G."])
            for number in 0..<6 { try $0.stage.add("Child \(number)", ["C."], parent: guide) }
            $0.stage.run()
            try $0.stage.push([:], deleting: $0.stage.paths().filter { $0.hasPrefix("Guide/") })
            $0.stage.run()
            try $0.expectTrashed(0)
            #expect($0.stage.held.count == 7)
        },
        Disaster("a page with a restricted subpage is removed: refused", pages: 1, isSampled: true) {
            let guide = try $0.stage.add("Guide", ["G."])
            let secret = try $0.stage.add("Secret", ["S."], parent: guide)
            try $0.stage.restrict(secret, true)
            $0.stage.run()
            try $0.expectPaths(["Guide.md", "Page 0.md"])
            try $0.stage.push([:], deleting: ["Guide.md"])
            let report = $0.stage.run()
            try $0.expectTrashed(0)
            $0.expectTold("not in the repository", report)
            try $0.stage.expectAgreement()
        },
        Disaster("a page that got a subpage in the wiki meanwhile is removed: refused", pages: 1, isSampled: true) {
            let guide = try $0.stage.add("Guide", ["G."])
            $0.stage.run()
            try $0.stage.add("Unseen", ["U."], parent: guide)
            try $0.stage.push([:], deleting: ["Guide.md"])
            $0.stage.run()
            try $0.expectTrashed(0)
            try $0.expectPaths(["Guide/Guide.md", "Guide/Unseen.md", "Page 0.md"])
            try $0.stage.expectAgreement()
        },
        Disaster("another page was moved below a page in the wiki meanwhile, which is removed: refused", pages: 3) {
            try $0.stage.setParent(of: $0.pages[1], to: $0.pages[0])
            try $0.stage.push([:], deleting: ["Page 0.md"])
            $0.stage.run()
            try $0.expectTrashed(0)
            try $0.expectPaths(["Page 0/Page 0.md", "Page 0/Page 1.md", "Page 2.md"])
            try $0.stage.expectAgreement()
        },
        Disaster("a page with a restricted subpage is moved by a push: refused, its file goes back", pages: 1) {
            let guide = try $0.stage.add("Guide", ["G."])
            let secret = try $0.stage.add("Secret", ["S."], parent: guide)
            try $0.stage.restrict(secret, true)
            $0.stage.run()
            try $0.stage.push(["Page 0/Guide.md": $0.text("Guide.md")], deleting: ["Guide.md"])
            $0.stage.run()
            #expect(try $0.stage.page(guide)?.parent == nil)
            try $0.expectPaths(["Guide.md", "Page 0.md"])
            try $0.stage.expectAgreement()
        },
        Disaster(
            "children are moved out and the note removed in one push: the children live",
            pages: 1
        ) {
            let guide = try $0.stage.add("Guide", ["G."])
            let child = try $0.stage.add("Child", ["C."], parent: guide)
            $0.stage.run()
            let text = try $0.text("Guide/Child.md")
            try $0.stage.push(["Child.md": text], deleting: ["Guide/Guide.md", "Guide/Child.md"])
            $0.stage.run()
            let moved = try #require(try $0.stage.page(child))
            #expect(!moved.isTrashed && moved.parent == nil)
            #expect(try $0.stage.page(guide)?.isTrashed == true)
            try $0.stage.expectAgreement()
        },
        Disaster("a page is moved below one that the same push removes: neither is trashed", pages: 3) {
            try $0.stage.push(["Page 1/Page 0.md": $0.text("Page 0.md")], deleting: ["Page 0.md", "Page 1.md"])
            $0.stage.run()
            #expect(try $0.stage.page($0.pages[0])?.isTrashed == false)
            try $0.stage.expectAgreement()
        },
        Disaster("parent and child exchange places: both live", pages: 1) {
            let parent = try $0.stage.add("Parent", ["P."])
            let child = try $0.stage.add("Child", ["C."], parent: parent)
            $0.stage.run()
            let (one, two) = (try $0.text("Parent/Parent.md"), try $0.text("Parent/Child.md"))
            try $0.stage.push(
                ["Child/Child.md": two, "Child/Parent.md": one],
                deleting: ["Parent/Parent.md", "Parent/Child.md"]
            )
            $0.stage.run()
            try $0.expectTrashed(0)
            #expect(try $0.stage.page(parent)?.parent == child)
            #expect(try $0.stage.page(child)?.parent == nil)
            try $0.stage.expectAgreement()
        },
        Disaster("a folder is renamed with everything in it: no page is made or lost", pages: 1) {
            let guide = try $0.stage.add("Guide", ["G."])
            for number in 0..<6 { try $0.stage.add("Child \(number)", ["C."], parent: guide) }
            $0.stage.run()
            let files = try $0.stage.files().filter { $0.key.hasPrefix("Guide/") }
            let moved = files.map { ($0.key.replacing("Guide", with: "Handbook"), $0.value) }
            try $0.stage.push(Dictionary(uniqueKeysWithValues: moved), deleting: Array(files.keys))
            $0.stage.run()
            try $0.expectTrashed(0)
            try $0.expectPages(8)
            #expect(try $0.stage.page(guide)?.title == "Handbook")
            try $0.stage.expectAgreement()
        },
        Disaster(
            "the wiki trashes a folder's page alone: its children stay with the nearest living ancestor",
            pages: 0
        ) {
            let top = try $0.stage.add("Top", ["T."])
            let guide = try $0.stage.add("Guide", ["G."], parent: top)
            try $0.stage.add("Child", ["C."], parent: guide)
            $0.stage.run()
            try $0.stage.trash(guide, alone: true)
            $0.stage.run()
            try $0.expectPaths(["Top/Top.md", "Top/Child.md"])
            try $0.expectTrashed(1)
        },
    ]
}
