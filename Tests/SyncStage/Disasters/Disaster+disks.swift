import Base
import Cycle
import GitStore
import Processes
import Reconcile
import Testing

extension Disaster {
    /// Refs, objects and backups that are not what they were.
    static let fromDisks: [Disaster] = [
        Disaster(
            "the table of identities is damaged: nothing is removed, nothing trashed, no page made twice"
        ) {
            let repository = $0.stage.repository
            let base = try #require(repository.resolve("refs/docmost/wiki"))
            let importer = try Importer(repository)
            let robot = Signature(name: "x", email: "x", seconds: 1)
            let edits = try repository.files(of: base, in: ".docmost/pages").map {
                Importer.Edit.write(path: ".docmost/pages/\($0.path)", bytes: Array("{\"id\":\n".utf8))
            }
            let broken = try importer.commit(
                parents: [base],
                edits: edits,
                author: robot,
                committer: robot,
                message: "disk\n"
            )
            var transaction = RefTransaction()
            for ref in try importer.finish() { transaction.delete(ref) }
            transaction.update("refs/docmost/wiki", from: base, to: broken)
            try transaction.commit(in: repository, reason: "test")
            $0.stage.restart()
            #expect($0.stage.run().outcome == .ran)
            try $0.expectTrashed(0)
            try $0.expectPages(8)
            try $0.stage.expectAgreement()
        },
        Disaster("the base is lost: no page is made twice") {
            try $0.stage.repository.git(["update-ref", "-d", "refs/docmost/wiki"])
            $0.stage.restart()
            $0.stage.run()
            try $0.expectPages(8)
            try $0.stage.expectAgreement()
        },
        Disaster("main is lost: nothing is trashed, and the files come back") {
            try $0.stage.repository.git(["update-ref", "-d", "refs/heads/main"])
            $0.stage.restart()
            $0.stage.run()
            try $0.expectTrashed(0)
            try $0.expectPages(8)
            #expect(try $0.stage.paths().count == 8)
            try $0.stage.expectAgreement()
        },
        Disaster("all refs are lost: the space is exported anew, with the same ids") {
            let refs = try $0.stage.repository.git(["for-each-ref", "--format=%(refname)"]).text
            for ref in refs.split(separator: "\n") { try $0.stage.repository.git(["update-ref", "-d", String(ref)]) }
            $0.stage.restart()
            $0.stage.run()
            try $0.expectTrashed(0)
            try $0.expectPages(8)
            try $0.stage.expectAgreement()
        },
        Disaster(
            "main is set back to an older backup: no newer page is trashed, no newer text taken back",
            isSampled: true
        ) {
            let old = try #require($0.stage.main)
            let newer = try $0.stage.add("Newer", ["N."])
            try $0.stage.setLines(of: $0.pages[0], to: ["Newest text."])
            $0.stage.run()
            try $0.stage.repository.git(["update-ref", "refs/heads/main", "\(old)"])
            $0.stage.restart()
            $0.stage.run()
            try $0.expectTrashed(0)
            #expect(try $0.stage.page(newer)?.isTrashed == false)
            #expect(try $0.lines($0.pages[0]) == ["Newest text."])
            try $0.stage.expectAgreement()
        },
        Disaster(
            "the whole repository is set back to an older backup: the wiki's newer pages come again",
            isSampled: true
        ) {
            let refs = ["refs/heads/main", "refs/docmost/wiki"]
            let repository = $0.stage.repository
            let old = refs.map { repository.resolve($0) }
            try $0.stage.add("Newer", ["N."])
            try $0.stage.setLines(of: $0.pages[0], to: ["Newest text."])
            $0.stage.run()
            for (ref, id) in zip(refs, old) { try repository.git(["update-ref", ref, "\(try #require(id))"]) }
            $0.stage.restart()
            $0.stage.run()
            try $0.expectTrashed(0)
            try $0.expectPages(9)
            #expect(try $0.stage.lines("Page 0.md") == ["Newest text."])
            try $0.stage.expectAgreement()
        },
        Disaster("what cycles remember is lost: held deletions are held again", pages: 12) {
            try $0.stage.push([:], deleting: $0.files(0..<8))
            $0.stage.run()
            #expect($0.stage.forgetMemory())
            $0.stage.restart()
            $0.stage.run()
            try $0.expectTrashed(0)
            #expect($0.stage.held.count == 8)
        },
    ]
}
