import Base
import Cycle
import GitStore
import Processes
import PushProtocol
import Reconcile
import TestSupport
import Testing

/// A space with a real bare repository and a wiki in memory; people push files and edit pages.
final class Bench {
    let directory: TemporaryDirectory
    let repository: Repository
    let wiki: MemoryWiki
    let space: SpaceID
    let robot = UserID.fresh()
    let ada = UserID.fresh()
    let wren = UserID.fresh()
    var cycle: SpaceCycle
    var maxDeletes = 20
    /// Throws when the step with that number comes; nil never.
    var killAt: Int?
    var onStep: (CycleStep) -> Void = { _ in }
    private(set) var stepsTaken: [CycleStep] = []
    var clock: UInt64 = 1_700_000_000_000
    var lastReport = CycleReport()

    init(wiki: MemoryWiki = MemoryWiki(), space: SpaceID = .fresh()) throws {
        directory = try TemporaryDirectory("cycle")
        repository = Repository(path: directory.file("space.git"))
        self.wiki = wiki
        self.space = space
        let placeholder = CycleSettings(serviceUser: .fresh())
        try repository.git(["init", "-q", "--bare", "-b", "main", repository.path])
        cycle = SpaceCycle(
            space: space,
            repository: repository,
            stateDirectory: directory.path,
            format: LineFormat(),
            settings: placeholder
        )
        wiki.people[ada] = WikiPerson(name: "Ada Admin", email: "ada@example.org")
        wiki.people[wren] = WikiPerson(name: "Wren Writer", email: "wren@example.org")
        restart()
    }

    /// A new process: nothing is remembered but what is durable.
    func restart() {
        var settings = CycleSettings(maxDeletes: maxDeletes, serviceUser: robot)
        let box = ClockBox()
        self.box = box
        box.value = clock
        settings.now = { box.value }
        settings.pageURL = { slug, _ in "https://wiki.example.org/p/\(slug)" }
        cycle = SpaceCycle(
            space: space,
            repository: repository,
            stateDirectory: directory.path,
            format: LineFormat(),
            settings: settings
        ) { [unowned self] step throws(CycleError) in
            stepsTaken.append(step)
            onStep(step)
            if let killAt, stepsTaken.count > killAt { throw CycleError("killed at \(step)") }
        }
    }

    private var box = ClockBox()

    func later(seconds: UInt64) {
        clock += seconds * 1000
        box.value = clock
    }

    @discardableResult
    func run() -> CycleReport {
        stepsTaken = []
        lastReport = cycle.runOnce(wiki)
        return lastReport
    }

    // MARK: - Git's side

    var main: ObjectID? { repository.resolve("refs/heads/main") }

    /// The files of main, as text.
    func files() throws -> [String: String] {
        guard let main else { return [:] }
        let reader = ObjectReader(repository)
        var files: [String: String] = [:]
        for entry in try repository.files(of: main) {
            files[entry.path] = String(decoding: try reader.blob(entry.id), as: UTF8.self)
        }
        return files
    }

    func paths() throws -> [String] {
        guard let main else { return [] }
        return try repository.files(of: main).map(\.path)
    }

    /// The lines of a file without its frontmatter.
    func lines(_ path: String) throws -> [String]? {
        guard let text = try files()[path] else { return nil }
        return LineFormat.lines(try LineFormat().document(in: Array(text.utf8), links: PageLinks(path: PagePath(path))))
    }

    /// Commits edits and pushes them, as the person would through the git host.
    func push(
        _ edits: [Importer.Edit],
        by user: UserID? = nil,
        allowing paths: [String] = [],
        recorded: Bool = true
    ) throws {
        let old = main
        let importer = try Importer(repository)
        let who = Signature(name: "Person", email: "p@example.org", seconds: Int(clock / 1000))
        let new = try importer.commit(
            parents: old.map { [$0] } ?? [],
            edits: edits,
            author: who,
            committer: who,
            message: "work\n"
        )
        let leftovers = try importer.finish()
        var transaction = RefTransaction()
        if recorded {
            let journal = PushJournal(repository)
            let record = PushRecord(
                push: .fresh(),
                user: user ?? ada,
                name: "Person",
                email: "p@example.org",
                time: clock,
                old: old,
                new: new,
                allowedDeletions: paths
            )
            let newest = journal.newest
            let commit = try journal.write(record, on: newest)
            transaction = journal.moves(for: record, commit: commit, on: newest)
        } else {
            transaction.update("refs/heads/main", from: old, to: new)
        }
        for ref in leftovers { transaction.delete(ref) }
        try transaction.commit(in: repository, reason: "push")
    }

    func push(_ files: [String: String], deleting: [String] = [], by user: UserID? = nil, allowing: [String] = [])
        throws
    {
        let deletions = deleting.map { Importer.Edit.delete(path: $0) }
        let writes = files.sorted { $0.key < $1.key }.map {
            Importer.Edit.write(path: $0.key, bytes: Array($0.value.utf8))
        }
        try push(deletions + writes, by: user, allowing: allowing)
    }

    /// The base's table as it is on disk.
    func table() throws -> PagesTable {
        var table = PagesTable()
        guard let base = repository.resolve("refs/docmost/wiki") else { return table }
        let reader = ObjectReader(repository)
        for entry in try repository.files(of: base) where entry.path.hasPrefix(".docmost/pages/") {
            for page in PagesTable.decode(try reader.blob(entry.id)).entries { table[page.id] = page }
        }
        return table
    }

    func log() throws -> [String] {
        try repository.git(["log", "--format=%an|%s", "main"]).text.split(separator: "\n").map(String.init)
    }

    /// The message of main's newest commit.
    func message() throws -> String { try repository.git(["log", "-1", "--format=%B", "main"]).text }

    func page(at path: String) throws -> MemoryWiki.Page? {
        try table().page(at: PagePath(path)).flatMap { wiki.pages[$0] }
    }

    /// Both sides say the same, and another cycle has nothing to do.
    func expectAgreement(_ at: SourceLocation = #_sourceLocation) throws {
        let table = try table()
        let files = try files()
        for page in wiki.pages.values where page.space == space && page.deleted == nil && !isHidden(page) {
            guard let entry = table[page.id] else {
                Issue.record("page “\(page.title)” is not in the table", sourceLocation: at)
                continue
            }
            let text = files[entry.path.text].map { Array($0.utf8) }
            let lines = try text.map {
                LineFormat.lines(try LineFormat().document(in: $0, links: PageLinks(path: entry.path)))
            }
            #expect(lines == page.lines, "\(entry.path)", sourceLocation: at)
            #expect(entry.title == page.title, sourceLocation: at)
        }
        let live = table.entries.values.filter { $0.state == .live }
        for entry in live { #expect(files[entry.path.text] != nil, "no file \(entry.path)", sourceLocation: at) }
        #expect(Set(live.map(\.path)).count == live.count, "two pages have one path", sourceLocation: at)
        for path in files.keys where PagePath(path).isPage {
            #expect(table.page(at: PagePath(path)) != nil, "\(path) is no page", sourceLocation: at)
        }
        let main = main
        let writes = wiki.writes
        let report = run()
        let log = try log().prefix(3)
        #expect(self.main == main, "another cycle commits: \(log)", sourceLocation: at)
        #expect(wiki.writes == writes, "another cycle writes to the wiki", sourceLocation: at)
        #expect(report.outcome == .ran || report.outcome == .unchanged, "\(report.outcome)", sourceLocation: at)
    }

    func isHidden(_ page: MemoryWiki.Page) -> Bool {
        var next: PageID? = page.id
        var seen: Set<PageID> = []
        while let id = next, let row = wiki.pages[id], seen.insert(id).inserted {
            if row.isRestricted { return true }
            next = row.parent
        }
        return false
    }
}

final class ClockBox: @unchecked Sendable {
    // Tests run a bench on one thread at a time.
    var value: UInt64 = 0
}
