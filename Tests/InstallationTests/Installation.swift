import Foundation
import Synchronization
import TestSupport

/// What an operator has: PostgreSQL, Redis, nginx, the responder and the daemon, each a process of its own.
final class Installation: Sendable {
    static let isFull = ProcessInfo.processInfo.environment["DOCMOST_GIT_FULL"] == "1"

    let site: Site
    /// git's settings of the tests, for questions about repositories that belong to somebody else.
    private let git: GitClient
    private let daemons = Mutex<[ServerProcess]>([])
    private let number = Mutex(0)
    private let place: Place

    /// Starts everything and waits for the first export.
    ///
    /// - Parameters:
    ///   - pages: titles of the pages that are there from the start, with the paragraphs "top", "middle" and "end".
    ///   - prepare: called before the daemon is started.
    init(
        _ frontEnd: FrontEnd = .nginxStream,
        postgres: PostgresServer? = nil,
        pages: [String] = ["Alpha", "Beta", "Gamma"],
        settings: [String: String] = [:],
        prepare: (Site) throws -> Void = { _ in }
    ) throws {
        place = try Place()
        let workspace = try postgres.map { try SampleWorkspace(databaseURL: $0.createDatabase()) } ?? SampleWorkspace()
        let ours = [
            "GIT_SYNC_SERVICE_USER_ID": SampleWorkspace.robot, "GIT_SYNC_DEBOUNCE_MS": "100",
            "GIT_SYNC_POLL_INTERVAL_MS": "1000",
        ]
        let redis = try Self.redisServers.withLock { try $0.take() }
        site = try Site(frontEnd, workspace: workspace, redis: redis, settings: ours.merging(settings) { $1 })
        git = try GitClient()
        try FileManager.default.copyItem(
            atPath: builtProduct("docmost-git-sync"),
            toPath: site.directory.file("bin/docmost-git-sync")
        )
        for (number, title) in pages.enumerated() {
            try workspace.insertPage(title: title, paragraphs: ["top", "middle", "end"], position: "a\(number)")
        }
        try prepare(site)
        try startDaemon()
        try waitUntil("the first export is there\n\(daemonLog)", seconds: 60) { try main() != nil }
        // A page without a lock counts as closed once Redis has been up for a while.
        try waitUntil("Redis has settled") { try site.redis.uptime() > 16 }
    }

    /// As many installations at once as two cores carry.
    private final class Place: Sendable {
        private static let places = DispatchSemaphore(value: 3)

        init() throws {
            guard Self.places.wait(timeout: .now() + 1800) == .success else { throw ServerFailure("no place is free") }
        }

        deinit { Self.places.signal() }
    }

    private static let redisServers = Mutex(RedisServers())

    /// A page without a lock counts as closed once Redis has been up for 15 s; so they are started ahead.
    private struct RedisServers {
        private var ready: [RedisServer] = []
        private var hasStarted = false

        mutating func take() throws -> RedisServer {
            if !hasStarted { for _ in 0..<10 { ready.append(try RedisServer()) } }
            hasStarted = true
            // Whoever comes later must not wait either.
            ready.append(try RedisServer())
            return ready.removeFirst()
        }
    }

    // MARK: - The daemon

    /// Starts a daemon beside those that run.
    func startDaemon() throws {
        let count = number.withLock { number in
            number += 1
            return number
        }
        let started = try ServerProcess(
            command(["run"]),
            log: site.directory.file("daemon\(count).log"),
            user: WebServer.user
        )
        daemons.withLock { $0.append(started) }
    }

    /// kill -9 of every daemon that runs.
    func killDaemons() throws {
        for daemon in daemons.withLock({ $0 }) {
            try daemon.signal(SIGKILL)
            daemon.stop()
        }
        daemons.withLock { $0 = [] }
    }

    /// The orderly stop of every daemon that runs.
    func stopDaemons() {
        for daemon in daemons.withLock({ $0 }) { daemon.stop() }
        daemons.withLock { $0 = [] }
    }

    /// The daemon that was started last.
    var daemonProcess: Int32? { try? daemons.withLock { $0.last }?.processID() }

    /// What the running daemons have logged.
    var daemonLog: String { daemons.withLock { $0 }.map(\.log).joined(separator: "\n") }

    /// Runs one of the operator's commands.
    func operate(_ arguments: String...) throws -> (status: Int32, output: String) {
        try runProgramResult(ServerProcess.asUser(WebServer.user, command(arguments)))
    }

    /// The words of a command line; other tests change the environment of this process, so it is left out.
    private func command(_ arguments: [String]) -> [String] {
        ["env", "-i", site.directory.file("bin/docmost-git-sync")] + arguments
            + ["--env-file", site.directory.file("env")]
    }

    // MARK: - The repository

    /// Main's tip; nil before the first export.
    func main() throws -> String? {
        let result = try git.run(["--git-dir=\(site.repository())", "rev-parse", "-q", "--verify", "refs/heads/main"])
        return result.status == 0 ? result.output.trimmingCharacters(in: .newlines) : nil
    }

    /// Runs git on the repository of the space.
    func onServer(_ arguments: String...) throws -> String {
        let result = try git.run(["--git-dir=\(site.repository())"] + arguments)
        guard result.status == 0 else { throw ServerFailure("git \(arguments): \(result.output)") }
        return result.output
    }

    /// The page files on main: title and paragraphs, and the title of the folder's page.
    func files() throws -> Set<PageText> {
        let copy = try GitClient()
        try copy("clone", "-q", "file://\(site.repository())", "copy")
        let root = copy.path("copy")
        let names = try FileManager.default.subpathsOfDirectory(atPath: root).filter {
            $0.hasSuffix(".md") && !$0.hasPrefix(".")
        }
        return Set(
            try names.map { name in
                PageText(path: name, file: try String(contentsOfFile: "\(root)/\(name)", encoding: .utf8))
            }
        )
    }

    // MARK: - The wiki

    /// The living pages of the space.
    func pages() throws -> Set<PageText> {
        let json = try site.workspace.sql(
            """
            SELECT coalesce(json_agg(json_build_array(p.title, q.title, p.text_content)), '[]') FROM pages p
            LEFT JOIN pages q ON q.id = p.parent_page_id
            WHERE p.deleted_at IS NULL AND p.space_id = '\(Site.space)'
            """
        )
        let rows = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[Any]] ?? []
        let found = rows.map { row in
            PageText(title: row[0] as? String ?? "", parent: row[1] as? String, text: row[2] as? String ?? "")
        }
        // Two equal pages would be one in a set.
        guard Set(found).count == found.count else { throw ServerFailure("doubled pages: \(found)") }
        return Set(found)
    }
}

/// A page as both sides must have it.
struct PageText: Hashable, CustomStringConvertible {
    let title: String
    let parent: String?
    let paragraphs: [String]

    init(title: String, parent: String?, text: String) {
        self.title = title
        self.parent = parent
        paragraphs = text.components(separatedBy: "\n\n").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
            .filter { !$0.isEmpty }
    }

    /// The page of a file.
    init(path: String, file: String) {
        var folders = path.split(separator: "/").map(String.init)
        let title = String((folders.popLast() ?? "").dropLast(3))
        if folders.last == title { folders.removeLast() }
        var text = file
        if text.hasPrefix("---\n"), let end = text.range(of: "\n---\n") { text = String(text[end.upperBound...]) }
        self.init(title: title, parent: folders.last, text: text)
    }

    var description: String { "\(parent.map { "\($0)/" } ?? "")\(title): \(paragraphs.joined(separator: "/"))" }
}
