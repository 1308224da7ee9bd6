import Base
import Cycle
import Foundation
import GitStore
import PushProtocol
import Reconcile
import SyncStage
import TestSupport
import Testing

@Suite("Nothing for nothing")
struct QuietTests {
    @Test("idle cycles start no process, write no page, make no commit and touch no file")
    func idle() throws {
        let bench = try Bench()
        for number in 0..<20 { bench.wiki.add("Page \(number)", ["A."], in: bench.space, by: bench.ada) }
        bench.run()
        bench.run()
        bench.wiki.resetCounts()
        let before = try snapshot(bench)
        for _ in 0..<(ModelRun.isFull ? 1_000 : 100) { #expect(bench.run().outcome == .unchanged) }
        #expect(bench.wiki.writes == 0)
        #expect(bench.wiki.listings == 0)
        #expect(try snapshot(bench) == before)
    }

    private func snapshot(_ bench: Bench) throws -> [String: Date] {
        var times: [String: Date] = [:]
        for path in FileManager.default.enumerator(atPath: bench.directory.path)?.compactMap({ $0 as? String }) ?? [] {
            times[path] =
                try FileManager.default.attributesOfItem(atPath: bench.directory.file(path))[.modificationDate] as? Date
        }
        return times
    }

    @Test("300 foreign Markdown files are taken as they are, and 100 further cycles do nothing")
    func foreignFiles() throws {
        let bench = try Bench()
        bench.wiki.add("Home", ["A."], in: bench.space, by: bench.ada)
        bench.run()
        var files: [String: String] = [:]
        for number in 0..<300 {
            let folder = ["", "notes/", "notes/deep/er/"][number % 3]
            files["\(folder)File \(number).md"] = "  Odd   spacing \(number)\n\n\n\nsecond\r\n"
        }
        files["notes/notes.md"] = "N.\n"
        files["notes/deep/deep.md"] = "N.\n"
        files["notes/deep/er.md"] = "N.\n"
        files["image.png"] = "binary"
        files[".obsidian/app.md"] = "not a page"
        try bench.push(files)
        let main = bench.main
        let report = bench.run()
        #expect(report.push.created == 303)
        #expect(bench.main == main)
        for _ in 0..<100 { bench.run() }
        #expect(bench.main == main)
        #expect(bench.wiki.pages.count == 304)
        try bench.expectAgreement()
    }

    @Test("a row that is touched and says the same as before leaves a person's bytes as they are, and gets no id")
    func touched() throws {
        let bench = try Bench()
        bench.wiki.add("Home", ["A."], in: bench.space, by: bench.ada)
        bench.run()
        try bench.push(["Odd.md": "  Odd   spacing\n\n\n\nsecond\r\n"])
        bench.run()
        let page = try #require(bench.page(at: "Odd.md")?.id)
        let main = bench.main
        bench.wiki.edit(page, by: bench.wren) { _ in }
        bench.run()
        #expect(bench.main == main)
        try bench.expectAgreement()
    }

    @Test("files pushed before the first cycle become pages")
    func filesFirst() throws {
        let bench = try Bench()
        try bench.push(["A.md": "A.\n", "B/B.md": "B.\n", "B/C.md": "C.\n"])
        bench.wiki.add("W", ["W."], in: bench.space, by: bench.wren)
        bench.run()
        #expect(bench.wiki.pages.count == 4)
        #expect(Set(try bench.paths()) == ["A.md", "B/B.md", "B/C.md", "W.md"])
        try bench.expectAgreement()
    }

    @Test("a change of main that no record tells of is carried by the service user")
    func unrecorded() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Home", ["A."], in: bench.space, by: bench.ada)
        bench.run()
        try bench.push([.write(path: "Home.md", bytes: Array("A.\nB.\n".utf8))], recorded: false)
        bench.run()
        #expect(bench.wiki.pages[page]?.lines == ["A.", "B."])
        #expect(bench.wiki.pages[page]?.editor == bench.robot)
        try bench.expectAgreement()
    }

    @Test("poisoned files and pages are reported and hold nobody back; mended, they are synced")
    func poison() throws {
        let bench = try Bench()
        let pages = (0..<15).map { bench.wiki.add("Page \($0)", ["A."], in: bench.space, by: bench.ada) }
        for page in pages[..<8] { bench.wiki.pages[page]?.problem = "unknown node “hologram”" }
        let first = bench.run()
        #expect(first.warnings.count == 8)
        #expect(try bench.paths().count == 7)
        var files: [String: String] = [:]
        for number in 0..<22 { files["Poison \(number).md"] = "POISON\n" }
        files["Good.md"] = "G.\n"
        files["Page 14.md"] = "POISON\n"
        try bench.push(files)
        let second = bench.run()
        #expect(second.outcome == .ran)
        #expect(second.push.failures == 23)
        #expect(bench.wiki.live("Good", in: bench.space).count == 1)
        #expect(bench.wiki.pages[pages[14]]?.lines == ["A."])
        let main = bench.main
        let writes = bench.wiki.writes
        for _ in 0..<5 {
            bench.later(seconds: 7_200)
            bench.run()
        }
        #expect(bench.main == main)
        #expect(bench.wiki.writes == writes)
        // A cycle that has something else to do makes no empty pages of the files that wait.
        bench.wiki.edit(pages[12]) { $0.lines = ["Elsewhere."] }
        bench.run()
        try bench.push(["Another.md": "O.\n"])
        bench.run()
        #expect(bench.wiki.writes == writes + 1)
        for page in pages { bench.wiki.edit(page) { $0.problem = nil } }
        try bench.push(files.mapValues { _ in "Mended.\n" })
        bench.run()
        bench.later(seconds: 7_200)
        bench.run()
        try bench.expectAgreement()
        #expect(bench.lastReport.warnings.isEmpty)
    }

    @Test("rows whose parents form a circle, or are missing, or are trashed, all have one file")
    func oddTrees() throws {
        let bench = try Bench()
        let a = bench.wiki.add("A", ["A."], in: bench.space, by: bench.ada)
        let b = bench.wiki.add("B", ["B."], parent: a, in: bench.space, by: bench.ada)
        bench.wiki.pages[a]?.parent = b
        bench.wiki.add("Orphan", ["O."], parent: .fresh(), in: bench.space, by: bench.ada)
        bench.wiki.add("Orphan", ["O2."], parent: .fresh(), in: bench.space, by: bench.ada)
        bench.run()
        #expect(try bench.paths().count == 4)
        bench.run()
        #expect(try bench.paths().count == 4)
    }

    @Test("a row overwritten by a stalled server after our write gets git's change again")
    func stalledServer() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Note", ["A.", "-", "B."], in: bench.space, by: bench.ada)
        bench.run()
        try bench.push(["Note.md": "A.\n-\nB.\nFrom git.\n"])
        bench.run()
        #expect(bench.wiki.pages[page]?.lines == ["A.", "-", "B.", "From git."])
        bench.wiki.edit(page, by: bench.wren) {
            $0.lines = ["A, typed in a stalled server.", "-", "B."]
            $0.clocks = []
        }
        bench.run()
        bench.run()
        #expect(bench.wiki.pages[page]?.lines == ["A, typed in a stalled server.", "-", "B.", "From git."])
        try bench.expectAgreement()
    }

    @Test("an edit whose transaction commits late, with an older time, is seen")
    func lateCommit() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Note", ["A."], in: bench.space, by: bench.ada)
        bench.wiki.add("Other", ["A."], in: bench.space, by: bench.ada)
        bench.run()
        bench.wiki.pages[page]?.lines = ["Late."]
        bench.wiki.pages[page]?.updated += 5
        bench.run()
        #expect(try bench.lines("Note.md") == ["Late."])
        try bench.expectAgreement()
    }

    @Test("an open page gets its change live; main follows when the server has stored it, and nothing is written twice")
    func openPage() throws {
        let bench = try Bench()
        let page = bench.wiki.add("Note", ["A.", "-", "B."], in: bench.space, by: bench.ada)
        bench.run()
        bench.wiki.pages[page]?.live = ["A.", "-", "B.", "Typing"]
        try bench.push(["Note.md": "A from git.\n-\nB.\n"])
        bench.run()
        #expect(bench.wiki.pages[page]?.live == ["A from git.", "-", "B.", "Typing"])
        let writes = bench.wiki.writes
        bench.run()
        bench.wiki.store(page)
        bench.wiki.pages[page]?.live = nil
        bench.run()
        #expect(try bench.lines("Note.md") == ["A from git.", "-", "B.", "Typing"])
        #expect(bench.wiki.writes == writes)
        try bench.expectAgreement()
    }
}
