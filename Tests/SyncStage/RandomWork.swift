internal import Base
internal import Cycle
internal import PushProtocol
internal import Reconcile
package import Testing

/// A person with a clone and people in the wiki, who do not talk to each other: random work from both sides, with cycles
/// in between, checked against what a reader of both sides expects.
///
/// The model is the lines that anybody wrote. Every line is unique, so it tells where a page's text went: each must be
/// in the wiki or in a page's history there, in the page it was first seen in, and in that page once.
package final class RandomWork {
    /// What is known of a line that somebody wrote.
    struct Line {
        /// The page that holds it.
        var home: PageID?
        /// How often somebody copied a file with it.
        var copies = 0
        /// Somebody deleted or overwrote it on purpose.
        var isForgiven = false
    }

    let stage: any SyncStage
    private let seed: UInt64
    var random: SeededNumbers
    private var story: [String] = []
    private(set) var problems: [String] = []
    private var words = 0
    var written: [String: Line] = [:]
    /// Files that were deleted, for returns.
    var deleted: [(path: String, text: String)] = []

    package init(_ stage: any SyncStage, seed: UInt64) throws {
        self.stage = stage
        self.seed = seed
        random = SeededNumbers(seed: seed)
        for _ in 0..<4 { try addPage() }
        try cycle()
    }

    /// Does so many operations and looks at both sides in the end; stops at the first problem.
    package func run(operations: Int, at: SourceLocation = #_sourceLocation) {
        var number = 0
        do {
            while number < operations, problems.isEmpty {
                try step()
                number += 1
            }
            if problems.isEmpty { try settle() }
        } catch { problems.append("\(error)") }
        guard !problems.isEmpty else { return }
        let report = problems.prefix(5).joined(separator: "; ")
        let end = story.suffix(ModelRun.storyLength).joined(separator: "\n")
        Issue.record("seed \(seed), operation \(number): \(report)\n\(end)", sourceLocation: at)
    }

    private func step() throws {
        switch random.below(10) {
        case 0..<3: try editWiki()
        case 3..<4: try shapeWiki()
        case 4..<7: try pushSomething()
        case 7:
            try cycle()
            try pushSomething()
        case 8:
            switch random.below(8) {
            case 0:
                stage.restart()
                tell("restart")
            case 1:
                let steps = random.below(25)
                tell("a cycle that is stopped after \(steps) steps")
                stage.run(stoppingAfter: steps)
            default: break
            }
            try cycle()
        default: try cycle()
        }
    }

    func tell(_ what: String) { story.append(what) }

    func newLine() -> String {
        words += 1
        let line = "Line \(words)."
        written[line] = Line()
        return line
    }

    /// Text that goes with what somebody deleted on purpose may go.
    func forgive(_ lines: some Sequence<String>) { for line in lines { written[line]?.isForgiven = true } }

    func cycle() throws {
        stage.later(seconds: 4_000)
        let report = stage.run()
        tell("cycle: \(report.outcome) \(report.summary)")
        for line in report.lines { tell("  \(line.action) \(line.path) \(line.note ?? "")") }
        if case .failed(let message) = report.outcome { problems.append(message) }
        try checkText()
        problems += try stage.agreedTreeProblems()
    }

    private func checkText() throws {
        let pages = try stage.pages()
        var everything = try stage.history()
        var holders: [String: [PageID]] = [:]
        for page in pages.values {
            everything.formUnion(page.lines)
            guard !page.isTrashed else { continue }
            for line in page.lines { holders[line, default: []].append(page.id) }
        }
        for (line, known) in written {
            if !known.isForgiven, !everything.contains(line) { problems.append("lost: \(line)") }
            guard let holders = holders[line] else { continue }
            if Set(holders).count != holders.count { problems.append("doubled in a page: \(line)") }
            if holders.count > known.copies + 1 { problems.append("in \(holders.count) pages: \(line)") }
            guard known.copies == 0, let holder = holders.first else { continue }
            if let home = known.home, home != holder { problems.append("\(line) is in page \(holder), not in \(home)") }
            written[line]?.home = holder
        }
    }

    /// After two quiet cycles both sides must say the same.
    private func settle() throws {
        try cycle()
        try cycle()
        problems += try stage.disagreements()
        let table = try stage.table()
        for page in try stage.live() {
            guard let entry = table[page.id], let parent = page.parent else { continue }
            if table.parent(of: entry.path, id: page.id) != parent {
                problems.append("\(entry.path) is not below its parent")
            }
        }
        let main = stage.main
        let stamp = try stage.stamp()
        try cycle()
        if main != stage.main { problems.append("not quiet: \(try stage.log().prefix(2))") }
        if try stage.stamp() != stamp { problems.append("not quiet: the wiki was written to") }
    }
}
