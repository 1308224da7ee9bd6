import Base
import Cycle
import Foundation
import GitStore
import Reconcile
import TestSupport
import Testing

/// Random work from both sides, with cycles in between, checked against what a reader of both sides expects.
@Suite("Random work from both sides", .serialized)
struct ModelTests {
    /// `MODEL_OPERATIONS` and `MODEL_SEED` choose a longer run or repeat a failed one.
    static let operations = ProcessInfo.processInfo.environment["MODEL_OPERATIONS"].flatMap { Int($0) } ?? 400
    static let seeds: [UInt64] =
        ProcessInfo.processInfo.environment["MODEL_SEED"].flatMap { UInt64($0) }.map { [$0] }
        ?? (0..<4).map { _ in UInt64.random(in: 0..<1_000_000) }

    @Test("both sides agree, ids stay, no text is lost", arguments: seeds)
    func agree(seed: UInt64) throws {
        let model = try RandomWork(seed: seed)
        let count = Self.operations / Self.seeds.count
        for number in 0..<count {
            do {
                try model.step()
            } catch {
                Issue.record("seed \(seed), operation \(number): \(error)")
                return
            }
            if model.problems.isEmpty { continue }
            Issue.record(
                "seed \(seed), operation \(number): \(model.problems.joined(separator: "; "))\n\(model.story.suffix(12).joined(separator: "\n"))"
            )
            return
        }
        try model.settle()
        #expect(
            model.problems.isEmpty,
            "seed \(seed): \(model.problems)\n\(model.story.suffix(12).joined(separator: "\n"))"
        )
    }
}

/// A person with a clone and people in the wiki, who do not talk to each other.
final class RandomWork {
    let bench: Bench
    let elsewhere = SpaceID.fresh()
    var random: SeededNumbers
    var story: [String] = []
    var problems: [String] = []
    private var words = 0
    /// Every line anybody wrote, with whether somebody deleted it on purpose.
    private var written: [String: Bool] = [:]

    init(seed: UInt64) throws {
        bench = try Bench()
        bench.maxDeletes = 1_000
        bench.restart()
        random = SeededNumbers(seed: seed)
        for _ in 0..<4 { addPage() }
        cycle()
    }

    func step() throws {
        switch random.below(10) {
        case 0..<3: editWiki()
        case 3..<4: shapeWiki()
        case 4..<7: try pushSomething()
        case 7:
            cycle()
            try pushSomething()
        case 8:
            if random.below(4) == 0 {
                bench.restart()
                story.append("restart")
            }
            cycle()
        default: cycle()
        }
    }

    func cycle() {
        bench.later(seconds: 4_000)
        let report = bench.run()
        story.append("cycle: \(report.outcome) \(report.summary)")
        if case .failed(let message) = report.outcome { problems.append(message) }
        findLostText()
    }

    /// After a cycle everything that anybody wrote is in the wiki, or in a page's history there.
    private func findLostText() {
        let everything = Set(bench.wiki.pages.values.flatMap(\.lines)).union(
            bench.wiki.snapshots.values.joined().joined()
        )
        for (line, isDeleted) in written where !isDeleted && !everything.contains(line) {
            problems.append("lost: \(line)")
        }
    }

    /// After two quiet cycles both sides must say the same.
    func settle() throws {
        cycle()
        cycle()
        let table = try bench.table()
        let files = try bench.files()
        for page in bench.wiki.pages.values where page.space == bench.space && page.deleted == nil {
            guard let entry = table[page.id], entry.state == .live else {
                problems.append("“\(page.title)” is not in the table")
                continue
            }
            let text = files[entry.path.text] ?? ""
            let lines = LineFormat.lines(
                try LineFormat().document(in: Array(text.utf8), links: PageLinks(path: entry.path))
            )
            if lines != page.lines { problems.append("\(entry.path): \(lines) on main, \(page.lines) in the wiki") }
            if let parent = bench.wiki.pages[page.id]?.parent, table.parent(of: entry.path, id: page.id) != parent {
                problems.append("\(entry.path) is not below its parent")
            }
        }
        for path in files.keys where PagePath(path).isPage && table.page(at: PagePath(path)) == nil {
            problems.append("\(path) is no page")
        }
        let keys = files.keys.map { LineFormat().names.collisionKey($0) }
        if Set(keys).count != keys.count { problems.append("paths that differ only in case: \(files.keys.sorted())") }
        let main = bench.main
        let writes = bench.wiki.writes
        cycle()
        if main != bench.main || writes != bench.wiki.writes {
            problems.append("not quiet: \(try bench.log().prefix(2))")
        }
    }

    // MARK: - The wiki

    private var live: [MemoryWiki.Page] {
        bench.wiki.pages.values.filter { $0.space == bench.space && $0.deleted == nil }.sorted { $0.id < $1.id }
    }

    func newLine() -> String {
        words += 1
        let line = "Line \(words)."
        written[line] = false
        return line
    }

    private func newTitle() -> String {
        let titles = [
            "Alpha", "Beta", "Gamma", "alpha", "Delta: one/two", "", "Beta", "con", "Über", ".dot", "Zeta ~9",
        ]
        return random.below(3) == 0 ? titles[random.below(titles.count)] : "Page \(random.below(40))"
    }

    private func addPage() {
        let parent = random.below(2) == 0 ? nil : random.pick(live)?.id
        let id = bench.wiki.add(newTitle(), [newLine(), newLine()], parent: parent, in: bench.space, by: bench.ada)
        story.append("wiki: add “\(bench.wiki.pages[id]?.title ?? "")”")
    }

    private func editWiki() {
        guard let page = random.pick(live), random.below(5) > 0 else { return addPage() }
        let line = newLine()
        let position = random.below(page.lines.count + 1)
        bench.wiki.edit(page.id, by: bench.wren) { $0.lines.insert(line, at: position) }
        story.append("wiki: edit “\(page.title)” + \(line)")
    }

    private func shapeWiki() {
        guard let page = random.pick(live) else { return addPage() }
        switch random.below(8) {
        case 0..<2:
            let title = newTitle()
            bench.wiki.edit(page.id, by: bench.wren) { $0.title = title }
            story.append("wiki: retitle “\(page.title)” to “\(title)”")
        case 2..<5:
            let below = bench.wiki.subtree(page.id)
            let parent = random.below(3) == 0 ? nil : random.pick(live.filter { !below.contains($0.id) })?.id
            bench.wiki.pages[page.id]?.parent = parent
            bench.wiki.pages[page.id]?.updated = bench.wiki.tick()
            story.append(
                "wiki: move “\(page.title)” under “\(parent.flatMap { bench.wiki.pages[$0]?.title } ?? "root")”"
            )
        case 5:
            for id in bench.wiki.subtree(page.id) { forgive(bench.wiki.pages[id]?.lines ?? []) }
            bench.wiki.trashSubtree(page.id, by: bench.ada)
            story.append("wiki: trash “\(page.title)”")
        case 6:
            guard let gone = random.pick(bench.wiki.pages.values.filter { $0.deleted != nil }.sorted { $0.id < $1.id })
            else { return }
            bench.wiki.restoreSubtree(gone.id)
            story.append("wiki: restore “\(gone.title)”")
        default:
            // Text pushed to a page that is leaving stays in the history of main; this person pushes nothing then.
            cycle()
            bench.wiki.moveToSpace(page.id, elsewhere)
            cycle()
            story.append("wiki: move “\(page.title)” to another space")
        }
    }

    /// Text that goes with what somebody deleted on purpose may go.
    func forgive(_ lines: [String]) { for line in lines { written[line] = true } }
}

/// Reproducible numbers (SplitMix64).
struct SeededNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }

    mutating func pick<Element>(_ values: [Element]) -> Element? { values.isEmpty ? nil : values[below(values.count)] }
}
