import Base
import Cycle
import GitStore
import Processes
import Reconcile
import SyncStage
import Testing

@Suite("Killed at every step")
struct CrashTests {
    /// One cycle with everything in it: creates, a folder, a rename, a move, a merge, a deletion, and wiki edits.
    private func busyBench() throws -> (Bench, [PageID]) {
        let bench = try Bench()
        let guide = bench.wiki.add("Guide", ["G."], in: bench.space, by: bench.ada)
        let child = bench.wiki.add("Child", ["C.", "D.", "E."], parent: guide, in: bench.space, by: bench.ada)
        let gone = bench.wiki.add("Gone", ["X."], in: bench.space, by: bench.ada)
        let edited = bench.wiki.add("Edited", ["One.", "-", "Two."], in: bench.space, by: bench.ada)
        bench.run()
        let text = try #require(bench.files()["Guide/Child.md"])
        try bench.push(
            [
                "Moved.md": text + "F.\n", "Edited.md": "One from git.\n-\nTwo.\n", "Folder/Leaf.md": "L.\n",
                "Guide/New.md": "N.\n",
            ],
            deleting: ["Guide/Child.md", "Gone.md"]
        )
        bench.wiki.setLines(edited, ["One.", "-", "Two from the wiki."], by: bench.wren)
        bench.wiki.edit(guide, by: bench.wren) { $0.title = "Handbook" }
        bench.wiki.add("Fresh", ["F."], parent: guide, in: bench.space, by: bench.wren)
        return (bench, [guide, child, gone, edited])
    }

    private func expectWhole(_ bench: Bench, _ pages: [PageID], killedAt number: Int) throws {
        let wiki = bench.wiki
        let at = Comment(rawValue: "killed after step \(number)")
        #expect(wiki.pages[pages[1]]?.title == "Moved", at)
        #expect(wiki.pages[pages[1]]?.parent == nil, at)
        #expect(wiki.pages[pages[1]]?.lines == ["C.", "D.", "E.", "F."], at)
        #expect(wiki.pages[pages[2]]?.deleted != nil, at)
        #expect(wiki.pages[pages[3]]?.lines == ["One from git.", "-", "Two from the wiki."], at)
        for title in ["Folder", "Leaf", "New", "Fresh"] { #expect(wiki.live(title, in: bench.space).count == 1, at) }
        #expect(wiki.pages.count == 8, at)
        let expected: Set = [
            "Edited.md", "Folder/Folder.md", "Folder/Leaf.md", "Handbook/Fresh.md", "Handbook/Handbook.md",
            "Handbook/New.md", "Moved.md",
        ]
        #expect(Set(try bench.paths()) == expected, at)
        try bench.expectAgreement()
    }

    @Test("the next cycle, in a new process, does the rest: nothing lost, nothing doubled")
    func everyStep() throws {
        var number = 0
        while true {
            let (bench, pages) = try busyBench()
            bench.killAt = number
            let report = bench.run()
            let wasKilled = if case .failed = report.outcome { true } else { false }
            bench.killAt = nil
            bench.restart()
            bench.run()
            bench.run()
            try expectWhole(bench, pages, killedAt: number)
            guard wasKilled else { break }
            number += 1
        }
        #expect(number > 15)
    }

    @Test("the same in one process that goes on")
    func goesOn() throws {
        for number in stride(from: 1, to: 24, by: 3) {
            let (bench, pages) = try busyBench()
            bench.killAt = number
            bench.run()
            bench.killAt = nil
            bench.run()
            bench.run()
            try expectWhole(bench, pages, killedAt: number)
        }
    }

    @Test("killed between the refs: main has moved, the base has not")
    func betweenRefs() throws {
        let (bench, pages) = try busyBench()
        let reconciled = bench.repository.resolve("refs/docmost/reconciled")
        var base: ObjectID?
        bench.onStep = { if $0 == .beforePublishing { base = bench.repository.resolve("refs/docmost/wiki") } }
        bench.run()
        bench.onStep = { _ in }
        try bench.repository.git(["update-ref", "refs/docmost/wiki", "\(try #require(base))"])
        if let reconciled {
            try bench.repository.git(["update-ref", "refs/docmost/reconciled", "\(reconciled)"])
        } else {
            try bench.repository.git(["update-ref", "-d", "refs/docmost/reconciled"])
        }
        bench.restart()
        bench.run()
        bench.run()
        try expectWhole(bench, pages, killedAt: -1)
    }

    @Test("main moved by somebody right after it was published: the next cycle carries that too")
    func pushBehindTheCycle() throws {
        let bench = try Bench()
        bench.wiki.add("Guide", ["G."], in: bench.space, by: bench.ada)
        var pushes = 0
        bench.onStep = { [unowned bench] in
            guard $0 == .afterPublishing, pushes == 0 else { return }
            pushes += 1
            #expect(throws: Never.self) { try bench.push(["Late.md": "came late\n"]) }
        }
        bench.run()
        #expect(pushes == 1 && bench.wiki.live("Late", in: bench.space).isEmpty)
        bench.run()
        #expect(bench.wiki.live("Late", in: bench.space).count == 1)
        try bench.expectAgreement()
    }

    @Test("a base from an older backup than main and wiki makes no page twice")
    func olderBase() throws {
        let (bench, pages) = try busyBench()
        let base = try #require(bench.repository.resolve("refs/docmost/wiki"))
        bench.run()
        try bench.repository.git(["update-ref", "refs/docmost/wiki", "\(base)"])
        bench.restart()
        bench.run()
        bench.run()
        try expectWhole(bench, pages, killedAt: -1)
    }

    @Test("the file of a push becomes a page with the same id, whenever and however often that is worked out")
    func sameID() throws {
        let bench = try Bench()
        bench.wiki.add("Home", ["A."], in: bench.space, by: bench.ada)
        bench.run()
        let base = try #require(bench.repository.resolve("refs/docmost/wiki"))
        try bench.push(["New.md": "N.\n", "Folder/Leaf.md": "L.\n"])
        bench.run()
        let before = Set(bench.wiki.pages.keys)
        // Everything that came of the push is lost, except the push.
        for title in ["New", "Folder", "Leaf"] {
            for page in bench.wiki.live(title, in: bench.space) { bench.wiki.pages[page.id] = nil }
        }
        try bench.repository.git(["update-ref", "refs/heads/main", bench.pushedTip()])
        try bench.repository.git(["update-ref", "refs/docmost/wiki", "\(base)"])
        try bench.repository.git(["update-ref", "-d", "refs/docmost/reconciled"])
        bench.restart()
        bench.run()
        #expect(Set(bench.wiki.pages.keys) == before)
    }
}

extension Bench {
    /// Main as the last push left it.
    fileprivate func pushedTip() throws -> String {
        try repository.git(["log", "--format=%H", "-1", "--grep=^work$", "main"]).text.filter { !$0.isNewline }
    }
}
