import Base
import Cycle
import Reconcile
import Testing

extension Disaster {
    /// A push that changes what files are called, or whom they say they are.
    static let fromNames: [Disaster] = [
        Disaster("everything is renamed at once, with edits: renames, and no deletion", pages: 30, isSampled: true) {
            let files = try $0.stage.files()
            let renamed = files.map { ("X " + $0.key, $0.value + "\nMore.\n") }
            try $0.stage.push(Dictionary(uniqueKeysWithValues: renamed), deleting: Array(files.keys))
            $0.stage.run()
            try $0.expectTrashed(0)
            try $0.expectPages(30)
            try $0.stage.expectAgreement()
        },
        Disaster("everything is moved into a folder: moves, and no deletion", pages: 30) {
            let files = try $0.stage.files()
            let moved = files.map { ("All/" + $0.key, $0.value) }
            try $0.stage.push(Dictionary(uniqueKeysWithValues: moved), deleting: Array(files.keys))
            $0.stage.run()
            try $0.expectTrashed(0)
            try $0.expectPages(31)
            try $0.stage.expectAgreement()
        },
        Disaster("only the case of all names changes: renames, and no deletion") {
            let files = try $0.stage.files()
            let renamed = files.map { ("PAGE" + $0.key.dropFirst(4), $0.value) }
            try $0.stage.push(Dictionary(uniqueKeysWithValues: renamed), deleting: Array(files.keys))
            $0.stage.run()
            try $0.expectTrashed(0)
            try $0.expectPages(8)
            #expect(try $0.stage.page($0.pages[3])?.title == "PAGE 3")
            try $0.stage.expectAgreement()
        },
        Disaster("files without ids are moved and renamed in one push: found by their content", pages: 3) {
            try $0.stage.push((0..<10).reduce(into: [:]) { $0["File \($1).md"] = "Content number \($1) of a file.\n" })
            $0.stage.run()
            let files = try $0.stage.files().filter { $0.key.hasPrefix("File") }
            let moved = files.map { ("Sub/" + $0.key.replacing("File", with: "Renamed"), $0.value) }
            try $0.stage.push(Dictionary(uniqueKeysWithValues: moved), deleting: Array(files.keys))
            $0.stage.run()
            try $0.expectTrashed(0)
            try $0.expectPages(14)
            try $0.stage.expectAgreement()
        },
        Disaster("all files lose their ids: they are still their pages") {
            let bare = try $0.stage.files().mapValues { $0.replacing(#/docmost_id: .*/#, with: "tags: x") }
            try $0.stage.push(bare)
            $0.stage.run()
            try $0.expectTrashed(0)
            try $0.expectPages(8)
            try $0.stage.expectAgreement()
        },
        Disaster("all files lose their ids and are renamed: found by their content") {
            let files = try $0.stage.files()
            let bare = files.map { ("X " + $0.key, $0.value.replacing(#/docmost_id: .*/#, with: "tags: x")) }
            try $0.stage.push(Dictionary(uniqueKeysWithValues: bare), deleting: Array(files.keys))
            let report = $0.stage.run()
            // Git pairs files that are alike; a pair that it does not see is a new page, and its old page is kept.
            #expect(try $0.stage.trashed() + report.push.created <= 2 * 5)
            for number in 0..<8 {
                #expect(try $0.stage.pages().values.contains { !$0.isTrashed && $0.lines == ["Text \(number)."] })
            }
        },
        Disaster("every file says that it is one and the same page: each stays its own") {
            let scene = $0
            let claims = try $0.stage.files().mapValues {
                $0.replacing(#/docmost_id: .*/#, with: "docmost_id: \(scene.pages[0])")
            }
            try $0.stage.push(claims)
            $0.stage.run()
            try $0.expectTrashed(0)
            try $0.expectPages(8)
            for number in 0..<8 { #expect(try $0.lines($0.pages[number]) == ["Text \(number)."]) }
            try $0.stage.expectAgreement()
        },
        Disaster("the files exchange their ids, as if all were renamed in a circle: no page and no text is lost") {
            var files = try $0.stage.files()
            let old = files.sorted { $0.key < $1.key }.map(\.value)
            for (index, path) in files.keys.sorted().enumerated() {
                let other = old[(index + 1) % old.count].split(separator: "\n")[1]
                files[path] = old[index].replacing(#/docmost_id: .*/#, with: other)
            }
            try $0.stage.push(files)
            $0.stage.run()
            try $0.expectTrashed(0)
            try $0.expectPages(8)
            let texts = try $0.stage.live().flatMap(\.lines)
            #expect(texts.sorted() == (0..<8).map { "Text \($0)." })
            try $0.stage.expectAgreement()
        },
        Disaster("two files exchange their names: the pages exchange their titles, and keep their text") {
            let (one, two) = (try $0.text("Page 1.md"), try $0.text("Page 2.md"))
            try $0.stage.push(["Page 1.md": two, "Page 2.md": one])
            $0.stage.run()
            try $0.expectTrashed(0)
            try $0.expectPages(8)
            #expect(Set(try $0.stage.live().map(\.lines)).isSuperset(of: [["Text 1."], ["Text 2."]]))
            try $0.stage.expectAgreement()
        },
        Disaster("a page is copied, and its first file removed in the next push: the copy is the page", pages: 4) {
            let text = try $0.text("Page 2.md")
            try $0.stage.push(["Moved.md": text])
            try $0.stage.push([:], deleting: ["Page 2.md"])
            $0.stage.run()
            #expect(try $0.stage.live().filter { $0.lines == ["Text 2."] }.count == 1)
            try $0.stage.expectAgreement()
        },
        Disaster(
            "a page's file is moved into a dot folder: deleted, under the cap, and it comes back from there",
            pages: 4
        ) {
            let text = try $0.text("Page 2.md")
            try $0.stage.push([".trash/Page 2.md": text], deleting: ["Page 2.md"])
            $0.stage.run()
            #expect(try $0.stage.page($0.pages[2])?.isTrashed == true)
            try $0.stage.push(["Page 2.md": text], deleting: [".trash/Page 2.md"])
            $0.stage.run()
            #expect(try $0.stage.page($0.pages[2])?.isTrashed == false)
            try $0.stage.expectAgreement()
        },
        Disaster("all pages are moved into a dot folder: held") {
            let files = try $0.stage.files()
            let moved = files.map { (".archive/" + $0.key, $0.value) }
            try $0.stage.push(Dictionary(uniqueKeysWithValues: moved), deleting: Array(files.keys))
            $0.stage.run()
            try $0.expectTrashed(0)
            #expect($0.stage.held.count == 8)
        },
    ]
}
