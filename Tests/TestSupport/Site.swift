import Foundation
import Synchronization

/// A whole installation on loopback: PostgreSQL, Redis, a repository, the responder, and a web server in front of it.
package final class Site: Sendable {
    package let frontEnd: FrontEnd
    package let workspace: SampleWorkspace
    package let redis: RedisServer
    package let directory: TemporaryDirectory
    package let web: WebServer
    private let running: Mutex<ServerProcess?>
    private let workers: Int

    package static let space = SampleWorkspace.handbook

    package init(
        _ frontEnd: FrontEnd,
        workspace: SampleWorkspace? = nil,
        redis: RedisServer? = nil,
        settings: [String: String] = [:],
        workers: Int = 8
    ) throws {
        self.frontEnd = frontEnd
        self.workspace = try workspace ?? SampleWorkspace()
        self.redis = try redis ?? RedisServer()
        directory = try TemporaryDirectory("docmost-git-site")
        try makeShared(directory.path)
        try FileManager.default.createDirectory(atPath: directory.file("data"), withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: directory.file("bin"), withIntermediateDirectories: true)
        for name in ["docmost-git-fcgi", "docmost-git-hook"] {
            try FileManager.default.copyItem(atPath: builtProduct(name), toPath: directory.file("bin/\(name)"))
        }
        try Self.writeEnvironment(directory.file("env"), self.workspace, self.redis, directory.file("data"), settings)
        try makeShared(directory.file("data"))
        self.workers = workers
        running = Mutex(try frontEnd.startsResponder ? nil : Self.startResponder(directory, workers))
        let paths = WebServer.Paths(
            socket: directory.file("fcgi.sock"),
            programs: directory.file("bin"),
            environmentFile: directory.file("env")
        )
        web = try WebServer(frontEnd, paths: paths)
    }

    package var dataDirectory: String { directory.file("data") }
    package var base: String { "http://127.0.0.1:\(web.port)/git" }

    /// The responder as a process of ours; nil where the web server starts it.
    package var responder: ServerProcess? { running.withLock { $0 } }

    /// Starts another responder in the place of one that has ended.
    package func restartResponder() throws {
        running.withLock { $0?.stop() }
        let started = try Self.startResponder(directory, workers)
        running.withLock { $0 = started }
    }

    /// The URL of a repository with somebody's credentials in it.
    package func url(_ space: String = Site.space, user: String = "wren", password: String = SampleWorkspace.password)
        -> String
    {
        let escaped = password.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return "http://\(user)%40example.org:\(escaped)@127.0.0.1:\(web.port)/git/\(space).git"
    }

    package func repository(_ space: String = Site.space) -> String { directory.file("data/\(space).git") }

    /// What the responder has logged, where it is ours.
    package var log: String { (responder?.log ?? "") + web.errors }

    private static func writeEnvironment(
        _ path: String,
        _ workspace: SampleWorkspace,
        _ redis: RedisServer,
        _ data: String,
        _ settings: [String: String]
    ) throws {
        let values = [
            "DATABASE_URL": workspace.databaseURL, "REDIS_URL": redis.url, "GIT_SYNC_ENABLED": "true",
            "GIT_SYNC_DATA_DIR": data, "APP_SECRET": "0123456789abcdef0123456789abcdef",
            "APP_URL": "http://wiki.example.org",
        ].merging(settings) { $1 }
        let text = values.map { "\($0)=\($1)" }.joined(separator: "\n")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private static func startResponder(_ directory: TemporaryDirectory, _ workers: Int) throws -> ServerProcess {
        let socket = directory.file("fcgi.sock")
        // One that was killed has left its socket, which would be taken for the new one's.
        try? FileManager.default.removeItem(atPath: socket)
        let server = try ServerProcess(
            [
                // Other tests change the environment of this process, and it would win over the file.
                "env", "-i", directory.file("bin/docmost-git-fcgi"), "--socket", socket, "--env-file",
                directory.file("env"),
                "--workers", String(workers),
            ],
            log: directory.file("responder.log"),
            user: WebServer.user
        )
        try waitUntil("the responder listens: \(server.log)") { FileManager.default.fileExists(atPath: socket) }
        return server
    }
}
