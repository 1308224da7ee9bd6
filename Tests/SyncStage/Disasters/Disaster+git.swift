import Cycle
import GitStore
import Reconcile
import Testing

extension Disaster {
    /// A push that takes files away.
    static let fromGit: [Disaster] =
        [2, 5, 20, 40].map { count in
            Disaster(
                "the tree of \(count) pages is emptied: nothing is trashed, later neither",
                pages: count,
                isSampled: count == 20
            ) {
                try $0.stage.push([.deleteAll])
                let report = $0.stage.run()
                try $0.expectTrashed(0)
                #expect(report.held.count == count)
                $0.expectTold("allow-deletes", report)
                $0.stage.later(seconds: 9_999)
                $0.stage.restart()
                $0.stage.run()
                try $0.expectTrashed(0)
            }
        } + [
            Disaster(
                "the wrong branch is pushed, with none of the pages: its files are new pages, the others stay",
                isSampled: true
            ) {
                try $0.stage.push([.deleteAll, .write(path: "src/README.md", bytes: Array("Code.\n".utf8))])
                let report = $0.stage.run()
                try $0.expectTrashed(0)
                #expect(report.held.count == 8)
                #expect(try $0.live("README").count == 1)
            },
            Disaster(
                "more files than the cap are removed: held, and everything else of the push goes on",
                pages: 12,
                isSampled: true
            ) {
                try $0.stage.push(["Page 11.md": "Changed.\n", "New.md": "N.\n"], deleting: $0.files(0..<6))
                let report = $0.stage.run()
                try $0.expectTrashed(0)
                #expect(report.held.count == 6)
                #expect(try $0.lines($0.pages[11]) == ["Changed."])
                #expect(try $0.live("New").count == 1)
            },
            Disaster("as many files as the cap are removed: just those pages are trashed", pages: 12) {
                try $0.stage.push([:], deleting: $0.files(0..<5))
                #expect($0.stage.run().push.deleted == 5)
                try $0.expectTrashed(5)
                try $0.stage.expectAgreement()
            },
            Disaster("deletions are allowed with a push: exactly those of that push", pages: 20) {
                let first = $0.files(0..<8)
                try $0.stage.push([:], deleting: first, allowing: first)
                $0.stage.run()
                try $0.expectTrashed(8)
                try $0.stage.push([:], deleting: $0.files(8..<15))
                $0.stage.run()
                try $0.expectTrashed(8)
            },
            Disaster("an allowance names pages that the push does not delete: they stay") {
                try $0.stage.push(["Page 7.md": "Changed.\n"], allowing: $0.files(0..<8))
                $0.stage.run()
                try $0.expectTrashed(0)
                try $0.stage.push([:], deleting: $0.files(0..<6))
                $0.stage.run()
                try $0.expectTrashed(0)
            },
            Disaster("the operator allows what is held: only that is trashed", pages: 20, isSampled: true) {
                try $0.stage.push([:], deleting: $0.files(0..<8))
                $0.stage.run()
                #expect($0.stage.allowHeld())
                $0.stage.run()
                try $0.expectTrashed(8)
                #expect($0.stage.held.isEmpty)
                try $0.stage.expectAgreement()
            },
            Disaster("the files of held deletions come back: nothing is held, nothing trashed", pages: 10) {
                let before = try $0.stage.files()
                try $0.stage.push([:], deleting: $0.files(0..<8))
                $0.stage.run()
                try $0.stage.push(before)
                $0.stage.run()
                #expect($0.stage.held.isEmpty)
                try $0.expectTrashed(0)
                try $0.stage.expectAgreement()
            },
            Disaster("a second push edits beside held deletions: they stay held, the edit arrives", pages: 10) {
                try $0.stage.push([:], deleting: $0.files(0..<8))
                $0.stage.run()
                try $0.stage.push(["Page 9.md": "Edited.\n"])
                $0.stage.run()
                try $0.expectTrashed(0)
                #expect($0.stage.held.count == 8)
                #expect(try $0.lines($0.pages[9]) == ["Edited."])
            },
            Disaster("deletions beyond the cap come without a record, as by hand on the server: held") {
                try $0.stage.push($0.files(0..<6).map { .delete(path: $0) }, recorded: false)
                $0.stage.run()
                try $0.expectTrashed(0)
                #expect($0.stage.held.count == 6)
            },
            Disaster(
                "every file is renamed to another extension: held, and back again they are the same pages"
            ) {
                let before = try $0.stage.files()
                let renamed = Dictionary(
                    uniqueKeysWithValues: before.map { ($0.key.replacing(".md", with: ".txt"), $0.value) }
                )
                try $0.stage.push(renamed, deleting: Array(before.keys))
                $0.stage.run()
                try $0.expectTrashed(0)
                try $0.stage.push(before, deleting: Array(renamed.keys))
                $0.stage.run()
                try $0.expectPages(8)
                #expect($0.stage.held.isEmpty)
                try $0.stage.expectAgreement()
            },
            Disaster("every file is emptied: the pages live, and their text is in the page history") {
                try $0.stage.push(Dictionary(uniqueKeysWithValues: $0.files(0..<8).map { ($0, "") }))
                $0.stage.run()
                try $0.expectTrashed(0)
                let history = try $0.stage.history()
                for number in 0..<8 { #expect(history.contains("Text \(number).")) }
                try $0.stage.expectAgreement()
            },
        ]
}
