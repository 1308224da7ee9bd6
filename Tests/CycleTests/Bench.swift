import Base
import Cycle
import GitStore
import Processes
import Reconcile
import SyncStage
import TestSupport

/// A space with a real bare repository and a wiki in memory; people push files and edit pages.
final class Bench {
    let directory: TemporaryDirectory
    let repository: Repository
    let wiki: MemoryWiki
    let space: SpaceID
    let elsewhere = SpaceID.fresh()
    /// Rows that a broken backup lacks.
    var lost: [PageID: MemoryWiki.Page] = [:]
    let robot = UserID.fresh()
    let ada = UserID.fresh()
    let wren = UserID.fresh()
    var cycle: SpaceCycle
    var maxDeletes = 20
    var usesRealAddresses = true
    /// Whether each push is first asked for its plan; how many were, and where the two differed.
    var foretells = false
    var foretold = 0
    var surprises: [String] = []
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
        var settings = CycleSettings(
            maxDeletes: maxDeletes,
            serviceUser: robot,
            usesRealAddresses: usesRealAddresses
        )
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

    /// Sets the clock of the machine.
    func jump(to milliseconds: UInt64) {
        clock = milliseconds
        box.value = clock
    }

    @discardableResult
    func run() -> CycleReport {
        stepsTaken = []
        lastReport = foretells && killAt == nil ? runForetold() : cycle.runOnce(wiki)
        return lastReport
    }

    /// The message of main's newest commit.
    func message() throws -> String { try repository.git(["log", "-1", "--format=%B", "main"]).text }

    func page(at path: String) throws -> MemoryWiki.Page? {
        try table().page(at: PagePath(path)).flatMap { wiki.pages[$0] }
    }
}

final class ClockBox: @unchecked Sendable {
    // Tests run a bench on one thread at a time.
    var value: UInt64 = 0
}
