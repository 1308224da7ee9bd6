import Base
import Cycle
import PushProtocol
import Reconcile
import Testing

/// A way to lose pages by deletion, and what must be left after it.
package struct Disaster: Sendable, CustomTestStringConvertible {
    /// What happens, and what it must lead to.
    package let name: String
    /// How many flat pages the space has: “Page 0” with the line “Text 0.”, and so on.
    package let pages: Int
    /// The most deletions that need nobody's word.
    package let cap: Int
    /// Whether every run tries it on Docmost's rows as well, whichever others it tries there.
    package let isSampled: Bool
    private let body: @Sendable (DisasterScene) throws -> Void

    init(
        _ name: String,
        pages: Int = 8,
        cap: Int = 5,
        isSampled: Bool = false,
        _ body: @escaping @Sendable (DisasterScene) throws -> Void
    ) {
        self.name = name
        self.pages = pages
        self.cap = cap
        self.isSampled = isSampled
        self.body = body
    }

    package var testDescription: String { name }

    /// Lets it happen on a stage that was made with this disaster's cap.
    package func strike(_ stage: any SyncStage) throws {
        let pages = try (0..<pages).map { try stage.add("Page \($0)", ["Text \($0)."]) }
        stage.run()
        try body(DisasterScene(stage: stage, pages: pages))
    }

    package static let all = fromGit + fromNames + fromTrees + fromBothSides + fromTheWiki + fromDisks
}

/// A space in which something is about to go wrong.
struct DisasterScene {
    let stage: any SyncStage
    let pages: [PageID]

    /// The files of some of the flat pages.
    func files(_ numbers: some Sequence<Int>) -> [String] { numbers.map { "Page \($0).md" } }

    func text(_ path: String) throws -> String { try #require(stage.files()[path], "\(path)") }

    func lines(_ page: PageID) throws -> [String]? { try stage.page(page)?.lines }

    /// The live pages of that title.
    func live(_ title: String) throws -> [StagePage] { try stage.live().filter { $0.title == title } }

    func expectTrashed(_ count: Int, _ at: SourceLocation = #_sourceLocation) throws {
        #expect(try stage.trashed() == count, sourceLocation: at)
    }

    func expectPages(_ count: Int, _ at: SourceLocation = #_sourceLocation) throws {
        #expect(try stage.pages().count == count, sourceLocation: at)
    }

    func expectPaths(_ paths: Set<String>, _ at: SourceLocation = #_sourceLocation) throws {
        #expect(Set(try stage.paths()) == paths, sourceLocation: at)
    }

    /// Whether somebody was told so.
    func expectTold(_ text: String, _ report: CycleReport, _ at: SourceLocation = #_sourceLocation) {
        #expect(report.lines.contains { $0.note?.contains(text) == true }, "\(report.lines)", sourceLocation: at)
    }
}
