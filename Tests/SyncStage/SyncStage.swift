package import Base
package import Cycle
package import GitStore
package import Reconcile

/// A space seen from both of its sides, for tests that ask the same of two wikis: the one in memory, and Docmost's rows
/// on PostgreSQL. People edit the wiki, people push files, and cycles run in between.
package protocol SyncStage: AnyObject {
    var space: SpaceID { get }
    /// Another space of the same wiki.
    var elsewhere: SpaceID { get }
    var repository: Repository { get }
    /// Where the cycle keeps what it remembers.
    var stateDirectory: String { get }
    var format: any PageFormat { get }
    /// Milliseconds since 1970, as the next push states them.
    var clock: UInt64 { get }
    /// Writers of the space.
    var ada: UserID { get }
    var wren: UserID { get }

    // MARK: The wiki

    /// All pages of all spaces.
    func pages() throws -> [PageID: StagePage]
    /// Every line that the pages' histories hold.
    func history() throws -> Set<String>
    /// Changes whenever a page's row does.
    func stamp() throws -> String
    @discardableResult
    func make(_ page: StagePage) throws -> PageID
    func setLines(of page: PageID, to lines: [String]) throws
    func setTitle(of page: PageID, to title: String) throws
    func setParent(of page: PageID, to parent: PageID?) throws
    /// Docmost's own trash takes the live subtree along.
    func trash(_ page: PageID, alone: Bool) throws
    func restore(_ page: PageID) throws
    func move(_ page: PageID, toSpace space: SpaceID) throws
    func restrict(_ page: PageID, _ isRestricted: Bool) throws
    /// Removes rows for good, as a broken backup would; `returnRows` puts them back.
    func loseRows(_ pages: some Sequence<PageID>) throws
    func returnRows() throws
    /// Takes the right to change the space from a person, or gives it back.
    func setRight(of user: UserID, _ mayWrite: Bool) throws

    // MARK: Files

    /// A file's text with its paragraphs changed; whatever stands before them stays.
    func edited(_ file: String, _ change: (inout [String]) -> Void) -> String

    // MARK: The engine

    @discardableResult
    func run() -> CycleReport
    /// A cycle that is cut off after some steps, where the stage can do that.
    func run(stoppingAfter steps: Int)
    /// A new process: nothing is remembered but what is durable.
    func restart()
    /// What was put off is due.
    func later(seconds: UInt64)
}

/// A page as people see it in the wiki.
package struct StagePage: Equatable, Sendable {
    package var id: PageID
    package var space: SpaceID
    package var title: String
    package var parent: PageID?
    package var lines: [String]
    package var isTrashed = false
    package var isRestricted = false

    package init(id: PageID = .fresh(), space: SpaceID, title: String, parent: PageID? = nil, lines: [String]) {
        self.id = id
        self.space = space
        self.title = title
        self.parent = parent
        self.lines = lines
    }
}

extension SyncStage {
    package var names: Names { format.names }

    @discardableResult
    package func add(_ title: String, _ lines: [String], parent: PageID? = nil) throws -> PageID {
        try make(StagePage(space: space, title: title, parent: parent, lines: lines))
    }

    package func moveElsewhere(_ page: PageID) throws { try move(page, toSpace: elsewhere) }

    package func page(_ id: PageID) throws -> StagePage? { try pages()[id] }

    /// The live pages of the space, in a fixed order.
    package func live() throws -> [StagePage] {
        try pages().values.filter { $0.space == space && !$0.isTrashed }.sorted { $0.id < $1.id }
    }

    package func trashed() throws -> Int { try pages().values.count(where: \.isTrashed) }

    // MARK: The memory of the cycle

    /// The deletions that wait for somebody's word.
    package var held: [PageID: String] { CycleMemory(readingFrom: CycleMemory.path(in: stateDirectory)).held }

    /// Empties what the cycle remembers beside the refs.
    func forgetMemory() -> Bool { CycleMemory().write(to: CycleMemory.path(in: stateDirectory)) }

    /// The operator's word for everything that is held.
    package func allowHeld() -> Bool {
        let path = CycleMemory.path(in: stateDirectory)
        var memory = CycleMemory(readingFrom: path)
        memory.allowed = Set(memory.held.keys)
        return memory.write(to: path)
    }
}
