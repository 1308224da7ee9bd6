import Base
import Cycle
import Reconcile
import Testing

extension Disaster {
    /// Rows that go, by a person's hand or by accident.
    static let fromTheWiki: [Disaster] =
        [1, 3, 30].map { count in
            Disaster(
                "a database is emptied that had \(count) pages: no file goes, and all is well when it is back",
                pages: count,
                isSampled: count == 30
            ) {
                try $0.stage.loseRows($0.pages)
                let main = $0.stage.main
                let report = $0.stage.run()
                #expect($0.stage.main == main)
                #expect(report.held.count == count)
                $0.stage.restart()
                $0.stage.run()
                #expect($0.stage.main == main)
                try $0.stage.returnRows()
                $0.stage.run()
                #expect($0.stage.held.isEmpty)
                try $0.stage.expectAgreement()
            }
        } + [
            Disaster("half a backup is put back: no file goes beyond the cap", pages: 20, isSampled: true) {
                try $0.stage.loseRows($0.pages[..<12])
                let main = $0.stage.main
                #expect($0.stage.run().held.count == 12)
                #expect($0.stage.main == main)
                try $0.stage.returnRows()
                $0.stage.run()
                try $0.stage.expectAgreement()
            },
            Disaster(
                "fewer pages than the cap are gone from the database, and were not in the trash: held",
                isSampled: true
            ) {
                try $0.stage.loseRows($0.pages[..<2])
                let main = $0.stage.main
                let report = $0.stage.run()
                #expect(report.held.count == 2 && report.held.allSatisfy { $0.reason.contains("older backup") })
                #expect($0.stage.main == main)
                try $0.stage.push(["Page 7.md": $0.stage.edited($0.text("Page 7.md")) { $0.append("More.") }])
                $0.stage.run()
                #expect(try $0.lines($0.pages[7]) == ["Text 7.", "More."])
                #expect(try $0.stage.paths().count == 8)
                try $0.stage.returnRows()
                $0.stage.run()
                #expect($0.stage.held.isEmpty)
                try $0.stage.expectAgreement()
                try $0.stage.loseRows([$0.pages[3]])
                $0.stage.run()
                #expect($0.stage.allowHeld())
                $0.stage.run()
                #expect(try $0.stage.paths().count == 7)
                try $0.stage.expectAgreement()
            },
            Disaster("the file of a page that is gone from the database is removed: nothing is held any more", pages: 4)
            {
                try $0.stage.loseRows([$0.pages[1]])
                #expect($0.stage.run().held.count == 1)
                try $0.stage.push([:], deleting: ["Page 1.md"])
                #expect($0.stage.run().held.isEmpty)
                try $0.expectPaths(["Page 0.md", "Page 2.md", "Page 3.md"])
                try $0.expectTrashed(0)
                try $0.stage.expectAgreement()
            },
            Disaster("the database of another installation is put in: the old files stay beside the new ones") {
                try $0.stage.loseRows($0.pages)
                for number in 0..<8 { try $0.stage.add("Page \(number)", ["Other \(number)."]) }
                $0.stage.run()
                #expect($0.stage.held.count == 8)
                let texts = try $0.stage.files().values
                for number in 0..<8 { #expect(texts.contains { $0.contains("Text \(number).") }) }
            },
            Disaster(
                "more pages than the cap are trashed in the wiki: held until the operator's word",
                pages: 20
            ) {
                for page in $0.pages[..<9] { try $0.stage.trash(page, alone: false) }
                #expect($0.stage.run().held.count == 9)
                #expect(try $0.stage.paths().count == 20)
                #expect($0.stage.allowHeld())
                $0.stage.run()
                #expect(try $0.stage.paths().count == 11)
                try $0.stage.expectAgreement()
            },
            Disaster("pages are trashed in the wiki, held, and restored there: nothing is held any more", pages: 12) {
                for page in $0.pages[..<9] { try $0.stage.trash(page, alone: false) }
                #expect($0.stage.run().held.count == 9)
                for page in $0.pages[..<9] { try $0.stage.restore(page) }
                $0.stage.run()
                #expect($0.stage.held.isEmpty)
                try $0.stage.expectAgreement()
            },
            Disaster("somebody edits the file of a page whose removal is held: the page comes back", pages: 12) {
                for page in $0.pages[..<9] { try $0.stage.trash(page, alone: false) }
                $0.stage.run()
                try $0.stage.push(["Page 0.md": $0.stage.edited($0.text("Page 0.md")) { $0.append("Wanted.") }])
                $0.stage.run()
                #expect(try $0.stage.page($0.pages[0])?.isTrashed == false)
                #expect(try $0.lines($0.pages[0]) == ["Text 0.", "Wanted."])
                #expect($0.stage.held.count == 8)
            },
            Disaster("every page is trashed in the wiki, fewer than the cap: held all the same", pages: 3) {
                for page in $0.pages { try $0.stage.trash(page, alone: false) }
                #expect($0.stage.run().held.count == 3)
                #expect(try $0.stage.paths().count == 3)
            },
            Disaster("a page is trashed in the wiki and restored: its file goes and comes back", pages: 3) {
                try $0.stage.trash($0.pages[0], alone: false)
                $0.stage.run()
                #expect(try $0.stage.log().first == "Wren Writer|Trash “Page 0”")
                try $0.expectPaths(["Page 1.md", "Page 2.md"])
                try $0.stage.restore($0.pages[0])
                $0.stage.run()
                try $0.expectPaths(["Page 0.md", "Page 1.md", "Page 2.md"])
                try $0.stage.expectAgreement()
            },
            Disaster(
                "a page is moved to another space: it leaves this repository and is not trashed",
                pages: 3
            ) {
                try $0.stage.moveElsewhere($0.pages[0])
                $0.stage.run()
                try $0.expectPaths(["Page 1.md", "Page 2.md"])
                try $0.expectTrashed(0)
                try $0.stage.expectAgreement()
            },
            Disaster("more pages than the cap are moved to another space: they leave, and none is trashed", pages: 12) {
                for page in $0.pages[..<9] { try $0.stage.moveElsewhere(page) }
                $0.stage.run()
                #expect(try $0.stage.paths().count == 3)
                try $0.expectTrashed(0)
                try $0.stage.expectAgreement()
            },
            Disaster(
                "a file is edited whose page is in another space by now: nothing changes there",
                pages: 3
            ) {
                try $0.stage.moveElsewhere($0.pages[0])
                try $0.stage.push(["Page 0.md": "Intruder.\n"])
                let report = $0.stage.run()
                #expect(try $0.lines($0.pages[0]) == ["Text 0."])
                $0.expectTold("not in this space", report)
                try $0.stage.expectAgreement()
            },
            Disaster("a trashed page was moved to another space: its returning file is a new page here", pages: 4) {
                let text = try $0.text("Page 2.md")
                try $0.stage.push([:], deleting: ["Page 2.md"])
                $0.stage.run()
                try $0.stage.moveElsewhere($0.pages[2])
                try $0.stage.push(["Page 2.md": text])
                $0.stage.run()
                #expect(try $0.stage.page($0.pages[2])?.isTrashed == true)
                #expect(try $0.live("Page 2").map(\.lines) == [["Text 2."]])
                try $0.stage.expectAgreement()
            },
            Disaster(
                "more pages than the cap are restricted: they leave main untrashed, and return with their ids",
                pages: 12
            ) {
                for page in $0.pages[..<9] { try $0.stage.restrict(page, true) }
                $0.stage.run()
                #expect(try $0.stage.paths().count == 3)
                try $0.expectTrashed(0)
                for page in $0.pages[..<9] { try $0.stage.restrict(page, false) }
                $0.stage.run()
                #expect(try $0.stage.paths().count == 12)
                try $0.expectPages(12)
                try $0.stage.expectAgreement()
            },
            Disaster(
                "a page is gone for good whose file was edited meanwhile: made again under its id",
                pages: 3
            ) {
                try $0.stage.loseRows([$0.pages[0]])
                try $0.stage.push(["Page 0.md": $0.stage.edited($0.text("Page 0.md")) { $0.append("Still wanted.") }])
                $0.stage.run()
                #expect(try $0.lines($0.pages[0]) == ["Text 0.", "Still wanted."])
                try $0.stage.expectAgreement()
            },
        ]
}
