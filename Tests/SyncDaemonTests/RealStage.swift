import Base
import Cycle
import Foundation
import GitStore
import JSON
import PageFile
import PageStore
import Postgres
import ProseMirror
import Reconcile
import Settings
import SyncStage
import Synchronization
import TestSupport
import Testing
import Vault
import YDoc

@testable import SyncDaemon

/// The stage on real servers: Docmost's rows on PostgreSQL, Redis, the daemon's engine, Markdown files.
///
/// The wiki's people change rows as Docmost's server does: content, Yjs state and search text together, with the state
/// only ever added to. Every stage has a space of its own, and so a lock of its own.
final class RealStage: SyncStage {
    let real: RealSpace
    let space: SpaceID = .fresh()
    let elsewhere: SpaceID
    let ada: UserID
    let wren: UserID
    private(set) var format: any PageFormat
    private var settings: Settings
    let database: PostgresConnection
    var clock: UInt64 { WallClock.milliseconds() }
    private(set) var engine: SpaceEngine
    private(set) var connections: WorkerConnections
    private let schema: Schema
    private var positions = 0
    private var knownHistory = 0
    private var historyLines: Set<String> = []

    init(_ variant: PostgresServer.Variant = .upstream, cap: Int = 1_000, more: [String: String] = [:]) throws {
        real = try RealSpace(
            variant,
            more: more.merging(["GIT_SYNC_MAX_DELETES_PER_CYCLE": "\(cap)"]) { own, _ in own }
        )
        elsewhere = try #require(SpaceID(SampleWorkspace.privateSpace))
        ada = try #require(UserID(SampleWorkspace.ada))
        wren = try #require(UserID(SampleWorkspace.wren))
        settings = real.settings
        format = MarkdownFormat(real.settings)
        schema = variant == .gitmost ? .fork : .upstream
        database = try PostgresConnection(url: real.sample.databaseURL)
        engine = real.engine
        connections = real.connections
        try real.sample.sql(
            """
            INSERT INTO spaces (id, name, slug, workspace_id, creator_id, settings)
            SELECT '\(space)', 'Stage', 'stage', workspace_id, creator_id, settings FROM spaces
            WHERE id = '\(SampleWorkspace.handbook)';
            INSERT INTO space_members (user_id, space_id, role, added_by_id)
            SELECT user_id, '\(space)', role, added_by_id FROM space_members
            WHERE space_id = '\(SampleWorkspace.handbook)';
            """
        )
    }

    var repository: Repository { engine.vault.repository(for: space) }
    var stateDirectory: String { engine.vault.stateDirectory(for: space) }

    // MARK: The engine

    @discardableResult
    func run() -> CycleReport { engine.runOnce(space, on: connections) }

    /// The process ends at a step. What a kill leaves besides (locks, descriptors) is the business of KilledCycleTests.
    func run(stoppingAfter steps: Int) {
        let stop = Cancellation()
        let passed = Mutex(0)
        let engine = SpaceEngine(settings: settings, stop: stop) { _ in
            let isOver = passed.withLock { passed in
                passed += 1
                return passed > steps
            }
            if isOver { stop.cancel("the process has ended") }
        }
        let connections = WorkerConnections(settings: settings, redis: engine.redis, settleSeconds: 0)
        _ = engine.runOnce(space, on: connections)
        restart()
    }

    func restart() { restart(with: settings) }

    /// A new process with some settings changed.
    func restart(_ changes: [String: String]) throws {
        restart(with: try Settings.read(environment: real.variables.merging(changes) { $1 }).settings)
    }

    private func restart(with settings: Settings) {
        self.settings = settings
        format = MarkdownFormat(settings)
        engine = SpaceEngine(settings: settings)
        connections = WorkerConnections(settings: settings, redis: engine.redis, settleSeconds: 0)
    }

    /// Real time does not pass: what waits for its time is told that it has come.
    func later(seconds: UInt64) {
        let path = CycleMemory.path(in: stateDirectory)
        var memory = CycleMemory(readingFrom: path)
        guard memory.failures.values.contains(where: { $0.next != nil }) || !memory.unstored.isEmpty else { return }
        for (file, failure) in memory.failures where failure.next != nil { memory.failures[file]?.next = 0 }
        memory.unstored = memory.unstored.mapValues { _ in 0 }
        if memory.write(to: path) { restart() }
    }

    // MARK: The wiki

    func pages() throws -> [PageID: StagePage] {
        let rows = try database.query(
            """
            SELECT p.id, p.space_id, p.title, p.parent_page_id, p.deleted_at IS NOT NULL AS trashed, p.content,
                   EXISTS (SELECT 1 FROM page_access a WHERE a.page_id = p.id) AS restricted FROM pages p
            """
        )
        let pages = try rows.map { (row) throws(PostgresError) -> (StagePage, [UInt8]?) in
            var page = StagePage(id: try row.id("id"), space: try row.id("space_id"), title: "", lines: [])
            page.title = try row.optionalText("title") ?? ""
            page.parent = try row.optionalID("parent_page_id")
            page.isTrashed = try row.bool("trashed")
            page.isRestricted = try row.bool("restricted")
            return (page, try row.optionalBytes("content"))
        }
        return try pages.reduce(into: [:]) { result, pair in
            var page = pair.0
            page.lines = try pair.1.map(Self.lines) ?? []
            result[page.id] = page
        }
    }

    static func lines(_ content: [UInt8]) throws -> [String] {
        try Node(parsing: content).children.map { $0.children.compactMap(\.text).joined() }.filter { !$0.isEmpty }
    }

    static func document(_ lines: [String]) -> Node {
        Node(
            "doc",
            content: (lines.isEmpty ? [""] : lines).map { Node("paragraph", content: $0.isEmpty ? nil : [.text($0)]) }
        )
    }

    func history() throws -> Set<String> {
        let rows = try database.query(
            "SELECT content FROM page_history ORDER BY created_at, id OFFSET $1",
            [.int(knownHistory)]
        )
        for content in try rows.map({ (row) throws(PostgresError) in try row.optionalBytes("content") }) {
            knownHistory += 1
            if let content { historyLines.formUnion(try Self.lines(content)) }
        }
        return historyLines
    }

    func stamp() throws -> String {
        let row = try database.query("SELECT concat(count(*), ' ', max(xmin::text::bigint)) AS stamp FROM pages").first
        return try row?.text("stamp") ?? ""
    }

    func make(_ page: StagePage) throws -> PageID {
        positions += 1
        let document = Self.document(page.lines)
        let state = try YDoc.new(from: document, schema: schema)
        let slug = String("\(page.id)".filter { $0 != "-" }.suffix(10))
        try database.query(
            """
            INSERT INTO pages (id, slug_id, title, content, ydoc, text_content, parent_page_id, space_id, workspace_id,
                               creator_id, last_updated_by_id, position)
            SELECT $1, $2, $3, $4, $5, $6, $7::uuid, $8, s.workspace_id, $9, $9, $10 FROM spaces s WHERE s.id = $8
            """,
            [
                .id(page.id), .text(slug), .text(page.title), .json(state.document().json.bytes()),
                .bytes(state.encodeState()), .text(page.lines.joined(separator: "\n\n")), .id(page.parent),
                .id(page.space), .id(ada), .text("a" + String(100_000 + positions)),
            ]
        )
        return page.id
    }

    /// A later time than the row has: two edits of one page are never made in one millisecond.
    static let now =
        "updated_at = greatest(date_trunc('milliseconds', clock_timestamp()), updated_at + interval '1 ms')"

    /// The Yjs state that a server reads when somebody opens the page.
    func state(of page: PageID) throws -> YDoc {
        let found = try database.query("SELECT content, ydoc FROM pages WHERE id = $1", [.id(page)]).first
        let row = try #require(found)
        if let ydoc = try row.optionalBytes("ydoc") { return try YDoc(decoding: ydoc) }
        let content = try row.optionalBytes("content")
        return try YDoc.new(from: content.map { try Node(parsing: $0) } ?? Self.document([]), schema: schema)
    }

    /// What a server stores that holds a state, after somebody has typed in it.
    ///
    /// - Parameter connection: another one than the stage's, to have the change in a transaction of its own.
    func store(
        _ lines: [String],
        in page: PageID,
        over state: YDoc,
        on connection: PostgresConnection? = nil
    ) throws {
        var state = state
        _ = try state.diff(to: Self.document(lines), schema: schema)
        let now = connection == nil ? Self.now : "updated_at = date_trunc('milliseconds', now())"
        try (connection ?? database).query(
            "UPDATE pages SET content = $2, ydoc = $3, text_content = $4, last_updated_by_id = $5, \(now) WHERE id = $1",
            [
                .id(page), .json(state.document().json.bytes()), .bytes(state.encodeState()),
                .text(lines.joined(separator: "\n\n")), .id(wren),
            ]
        )
    }

    func setLines(of page: PageID, to lines: [String]) throws { try store(lines, in: page, over: state(of: page)) }

    func setTitle(of page: PageID, to title: String) throws {
        try database.query(
            "UPDATE pages SET title = $2, last_updated_by_id = $3, \(Self.now) WHERE id = $1",
            [.id(page), .text(title), .id(wren)]
        )
    }

    func setParent(of page: PageID, to parent: PageID?) throws {
        try database.query(
            "UPDATE pages SET parent_page_id = $2::uuid, \(Self.now) WHERE id = $1",
            [.id(page), .id(parent)]
        )
    }

    /// The page and what lies below it, as Docmost's queries find it.
    private func subtree(_ condition: String = "true") -> String {
        """
        WITH RECURSIVE sub AS (SELECT id FROM pages WHERE id = $1
          UNION SELECT p.id FROM pages p JOIN sub s ON p.parent_page_id = s.id WHERE \(condition))
        """
    }

    func trash(_ page: PageID, alone: Bool) throws {
        try database.query(
            """
            \(subtree(alone ? "false" : "p.deleted_at IS NULL")) UPDATE pages
            SET deleted_at = date_trunc('milliseconds', now()), deleted_by_id = $2
            WHERE id IN (SELECT id FROM sub) AND deleted_at IS NULL
            """,
            [.id(page), .id(wren)]
        )
    }

    func restore(_ page: PageID) throws {
        try database.query(
            """
            \(subtree()) UPDATE pages SET deleted_at = NULL, deleted_by_id = NULL WHERE id IN (SELECT id FROM sub)
            """,
            [.id(page)]
        )
        try database.query(
            """
            UPDATE pages p SET parent_page_id = NULL WHERE p.id = $1 AND NOT EXISTS (
              SELECT 1 FROM pages q WHERE q.id = p.parent_page_id AND q.deleted_at IS NULL)
            """,
            [.id(page)]
        )
    }

    func move(_ page: PageID, toSpace space: SpaceID) throws {
        try database.query("UPDATE pages SET parent_page_id = NULL WHERE id = $1", [.id(page)])
        try database.query(
            "\(subtree()) UPDATE pages SET space_id = $2, \(Self.now) WHERE id IN (SELECT id FROM sub)",
            [.id(page), .id(space)]
        )
    }

    func restrict(_ page: PageID, _ isRestricted: Bool) throws {
        let sql =
            isRestricted
            ? """
            INSERT INTO page_access (page_id, space_id, workspace_id, access_level, creator_id)
            SELECT id, space_id, workspace_id, 'restricted', creator_id FROM pages WHERE id = $1
            """ : "DELETE FROM page_access WHERE page_id = $1"
        try database.query(sql, [.id(page)])
    }

    func loseRows(_ pages: some Sequence<PageID>) throws {
        try database.query("CREATE TABLE IF NOT EXISTS lost_pages AS TABLE pages WITH NO DATA")
        try database.query("INSERT INTO lost_pages SELECT * FROM pages WHERE id = ANY($1)", [.ids(pages)])
        try database.query("DELETE FROM pages WHERE id = ANY($1)", [.ids(pages)])
    }

    func returnRows() throws {
        try database.query("INSERT INTO pages SELECT * FROM lost_pages")
        try database.query("DELETE FROM lost_pages")
    }

    func setRight(of user: UserID, _ mayWrite: Bool) throws {
        try database.query(
            "UPDATE space_members SET role = $3 WHERE user_id = $1 AND space_id = $2",
            [.id(user), .id(space), .text(mayWrite ? "writer" : "reader")]
        )
    }

    // MARK: Files

    func edited(_ file: String, _ change: (inout [String]) -> Void) -> String {
        var head = ""
        var body = Substring(file)
        if file.hasPrefix("---\n"), let end = file.range(of: "\n---\n") {
            head = String(file[..<end.upperBound]) + "\n"
            body = file[end.upperBound...]
        }
        var lines = body.split(separator: "\n").map(String.init)
        change(&lines)
        return head + lines.joined(separator: "\n\n") + "\n"
    }
}
