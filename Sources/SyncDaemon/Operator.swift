import ArgumentParser
import Base
import Glibc
import PageStore
import Postgres
import PushProtocol
import Redis
import Settings
import SpaceLock
import Vault

/// What every subcommand that touches the installation takes.
struct InstallationOptions: ParsableArguments {
    @Option(
        name: .customLong("env-file"),
        help: "The file of settings, or Docmost's .env. (default: $DOCMOST_GIT_ENV_FILE, or \(Settings.usualFile))"
    )
    var environmentFile: String?

    /// Reads the settings, says what was not understood, and ends with status 78 when they cannot be used. Root goes on
    /// as the user whom the repositories belong to.
    func read() throws -> Settings.Read {
        let read = try readAsWeAre()
        try OwnUser.become(ownerOf: read.settings.dataDirectory)
        return read
    }

    private func readAsWeAre() throws -> Settings.Read {
        do throws(SettingsError) {
            let read = try Settings.ofThisProcess(environmentFile: environmentFile)
            for warning in read.warnings { printError("warning: \(warning)") }
            return read
        } catch {
            printError("docmost-git-sync: \(error)")
            throw ExitCode(SettingsError.exitStatus)
        }
    }
}

/// The installation as an operator's command sees it: connections are made when they are first used.
final class Operator {
    let settings: Settings
    /// The files that the settings came from.
    let settingsFiles: [String]
    let vault: Vault
    lazy var redis = RedisPool(url: settings.redisURL.revealed)
    private var open: PostgresConnection?

    init(_ settings: Settings, files: [String] = []) {
        self.settings = settings
        settingsFiles = files
        vault = Vault(dataDirectory: settings.dataDirectory)
    }

    convenience init(_ options: InstallationOptions) throws {
        let read = try options.read()
        self.init(read.settings, files: read.files)
    }

    func postgres() throws -> PostgresConnection {
        if let open { return open }
        let made = try PostgresConnection(url: settings.databaseURL.revealed)
        open = made
        return made
    }

    func pages() throws -> PageStore { PageStore(try postgres()) }

    /// Whether a daemon hears pushes; nil when Redis does not answer.
    var isDaemonListening: Bool? {
        try? redis.withConnection { (connection) throws(RedisError) in
            let reply = try connection.command(["PUBSUB", "NUMSUB", RedisArgument(WakeUp.channel)])
            return (reply.array?.last?.integer ?? 0) > 0
        }
    }

    /// A space by its UUID or slug, opted in or not; ends the command when there is none.
    func space(_ text: String) throws -> SpaceRow {
        guard let found = try find(text) else {
            throw CommandFailure("there is no space \(text); `docmost-git-sync spaces list` shows them")
        }
        return found
    }

    /// A space by its UUID or slug; nil when there is none.
    func find(_ text: String) throws -> SpaceRow? {
        let found = try spaces().filter { space in
            SpaceID(text).map { $0 == space.id } ?? (space.slug.lowercased() == text.lowercased())
        }
        // A slug is unique in its workspace only.
        guard found.count < 2 else {
            throw CommandFailure("\(found.count) workspaces have a space \(text); name it by its UUID (`spaces list`)")
        }
        return found.first
    }

    /// Every space of the database with its switch; one that is marked as deleted is none.
    func spaces() throws -> [SpaceRow] {
        let hasSettings = try pages().features().hasSpaceSettings
        let flag = hasSettings ? "coalesce(settings->'gitSync'->>'enabled' = 'true', false)" : "false"
        let rows = try postgres().query(
            """
            SELECT s.id, s.slug, coalesce(s.name, '') AS name, \(flag) AS enabled,
                   (SELECT count(*) FROM pages p WHERE p.space_id = s.id AND p.deleted_at IS NULL) AS pages
            FROM spaces s WHERE s.deleted_at IS NULL ORDER BY lower(s.slug), s.id
            """
        )
        return try rows.map { (row) throws(PostgresError) in
            SpaceRow(
                id: try row.id("id"),
                slug: try row.text("slug"),
                name: try row.text("name"),
                isEnabled: try row.bool("enabled"),
                pages: try row.int("pages")
            )
        }
    }
}

/// One space as the operator sees it.
struct SpaceRow {
    let id: SpaceID
    let slug: String
    let name: String
    let isEnabled: Bool
    let pages: Int
}

/// A command that could not do its work: one line on standard error, status 1.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension LockOutcome {
    /// The value, or why an operator's command could not have the space.
    func get(_ space: String) throws(CommandFailure) -> Value {
        switch self {
        case .value(let value): return value
        case .inProgress, .lockHeld: throw CommandFailure("\(space) is busy; try again in a moment")
        case .unavailable(let error):
            throw CommandFailure("\(space) cannot be locked: \(error); docmost-git-sync check looks at Redis")
        }
    }
}

/// Prints lines in which names of people, spaces and pages stand: a terminal shows them and does not obey them.
func printSafely(_ text: String) {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) { print(terminalText(String(line))) }
}

/// Writes a line to standard error.
func printError(_ text: String) {
    let bytes = Array("\(text)\n".utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
}
