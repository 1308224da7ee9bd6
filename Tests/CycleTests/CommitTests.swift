import Base
import Cycle
import GitStore
import Processes
import SyncStage
import Testing

/// What people read in `git log` and `git blame`: who changed the wiki, and when.
@Suite("Commits of the wiki's edits")
struct CommitTests {
    private static let day: Int64 = 86_400_000_000
    /// A noon, so that hours do not change the day.
    private static let noon: Int64 = 1_700_006_400_000_000 / day * day + day / 2

    /// One line a commit, oldest first: who, when, who has committed, subject.
    private func commits(_ bench: Bench, since: ObjectID? = nil) throws -> [String] {
        let range = since.map { "\($0)..main" } ?? "main"
        return try bench.repository.git(["log", "--reverse", "--format=%an|%at|%cn|%s", range]).text
            .split(separator: "\n").map(String.init)
    }

    @Test("the first export is one commit per author and day, dated by the day's last edit, oldest first")
    func firstExport() throws {
        let bench = try Bench()
        let edits: [(UserID, Int64, Int64)] = [
            (bench.ada, 0, 0), (bench.ada, 0, 3), (bench.wren, 0, 1), (bench.ada, 1, 0), (bench.wren, 5, 2),
            (bench.wren, 5, -4),
        ]
        for (number, (author, day, hour)) in edits.enumerated() {
            let page = bench.wiki.add("Page \(number)", ["Text."], in: bench.space, by: author)
            bench.wiki.pages[page]?.updated = Self.noon + day * Self.day + hour * 3_600_000_000
        }
        bench.run()
        let first = Self.noon / 1_000_000
        #expect(
            try commits(bench) == [
                "Wren Writer|\(first + 3600)|docmost-git|Create “Page 2”",
                "Ada Admin|\(first + 3 * 3600)|docmost-git|Create 2 pages",
                "Ada Admin|\(first + 86_400)|docmost-git|Create “Page 3”",
                "Wren Writer|\(first + 5 * 86_400 + 2 * 3600)|docmost-git|Create 2 pages",
            ]
        )
        try bench.expectAgreement()
    }

    @Test("afterwards each page's burst of edits is one commit, by who made the last of them and at its time")
    func edits() throws {
        let bench = try Bench()
        let one = bench.wiki.add("One", ["1."], in: bench.space, by: bench.ada)
        let two = bench.wiki.add("Two", ["2."], in: bench.space, by: bench.ada)
        bench.run()
        let before = bench.main
        bench.wiki.setLines(one, ["1.", "More."], by: bench.ada)
        bench.wiki.setLines(one, ["1.", "More.", "Most."], by: bench.wren)
        bench.wiki.setLines(two, ["Two."], by: bench.ada)
        let times = [one, two].map { (bench.wiki.pages[$0]?.updated ?? 0) / 1_000_000 }
        bench.run()
        #expect(
            try commits(bench, since: before) == [
                "Wren Writer|\(times[0])|docmost-git|Edit “One”", "Ada Admin|\(times[1])|docmost-git|Edit “Two”",
            ]
        )
    }

    @Test("trash is by who trashed, a title by who gave it; what the rows name nobody for is by docmost-git")
    func whoElse() throws {
        let bench = try Bench()
        let titles = ["Gone", "Named", "Moved", "Hidden", "Stays"]
        let pages = titles.map { bench.wiki.add($0, ["Text."], in: bench.space, by: bench.ada) }
        bench.run()
        let before = bench.main
        bench.wiki.trashSubtree(pages[0], by: bench.wren)
        let trashed = (bench.wiki.pages[pages[0]]?.deleted ?? 0) / 1_000_000
        bench.run()
        bench.wiki.edit(pages[1], by: bench.wren) { $0.title = "Renamed" }
        let named = (bench.wiki.pages[pages[1]]?.updated ?? 0) / 1_000_000
        bench.run()
        bench.wiki.edit(pages[2]) { $0.parent = pages[4] }
        bench.run()
        bench.wiki.pages[pages[3]]?.isRestricted = true
        bench.wiki.restrictions += 1
        bench.run()
        bench.wiki.restoreSubtree(pages[0])
        bench.run()
        var lines = try commits(bench, since: before)
        #expect(lines.count == 5, "\(lines)")
        let restored = lines.popLast() ?? ""
        #expect(restored.hasPrefix("docmost-git|") && restored.hasSuffix("|Restore “Gone”"), "\(restored)")
        #expect(lines.first == "Wren Writer|\(trashed)|docmost-git|Trash “Gone”")
        #expect(lines.dropFirst().first == "Wren Writer|\(named)|docmost-git|Rename “Named” to “Renamed”")
        #expect(lines.dropFirst(2).first?.hasPrefix("docmost-git|") == true, "\(lines)")
        #expect(lines.last?.hasPrefix("docmost-git|") == true && lines.last?.hasSuffix("Remove “Hidden”") == true)
    }

    @Test(
        "a hostile name breaks no commit, as author and as co-author, and forges no other",
        arguments: [
            "", " ", "<>", "...", "Eve\nauthor Mallory <m@example.org> 1 +0000\n",
            "Eve\r\n\r\nCo-authored-by: Mallory <m@x>",
            "a\u{0}b", "名前 🦊", String(repeating: "long ", count: 5_000), "\u{202E}live\u{1B}[31m", "Eve <e@x> 99 +0000",
            "\u{0301}", "\\\"';,",
        ]
    )
    func hostileNames(name: String) throws {
        let bench = try Bench()
        bench.wiki.people[bench.ada] = WikiPerson(name: name, email: "\(name)@example.org")
        let page = bench.wiki.add("Page", ["1."], in: bench.space, by: bench.ada)
        bench.run()
        bench.wiki.setLines(page, ["2."], by: bench.wren)
        bench.wiki.contributorsOf[page] = [bench.ada, bench.wren]
        let report = bench.run()
        #expect(report.outcome == .ran, "\(report)")
        #expect(try bench.repository.git(["fsck", "--strict", "--no-dangling"]).text.isEmpty)
        #expect(try commits(bench).count == 2)
        let authors = try bench.repository.git(["log", "--format=%an", "main"]).text.split(separator: "\n")
        #expect(authors.count == 2 && authors.first == "Wren Writer", "\(authors)")
        let trailers = try bench.repository.git(["log", "-1", "--format=%(trailers:key=Co-authored-by)", "main"]).text
        #expect(trailers.split(separator: "\n").count == 1, "\(trailers)")
        try bench.expectAgreement()
    }

    @Test("with noreply no commit has anybody's address")
    func noreply() throws {
        let bench = try Bench()
        bench.usesRealAddresses = false
        bench.restart()
        let page = bench.wiki.add("Page", ["1."], in: bench.space, by: bench.ada)
        bench.run()
        bench.wiki.setLines(page, ["2."], by: bench.wren)
        bench.wiki.contributorsOf[page] = [bench.ada, bench.wren]
        bench.run()
        let log = try bench.repository.git(["log", "--format=%an <%ae> %cn <%ce>%n%B", "main"]).text
        #expect(log.contains("Wren Writer <\(bench.wren)@users.noreply.docmost-git>"), "\(log)")
        #expect(log.contains("Co-authored-by: Ada Admin <\(bench.ada)@users.noreply.docmost-git>"), "\(log)")
        #expect(!log.contains("example.org"), "\(log)")
    }
}
