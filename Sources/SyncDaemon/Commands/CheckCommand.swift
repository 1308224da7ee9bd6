import ArgumentParser
import Base
import GitStore
import Glibc
import PageStore
import Postgres
import Processes
import Redis
import Settings
import SpaceLock
import Vault

/// Says what works, what does not, and how to mend it.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks settings, database, Redis, git, directories and users, and says how to mend what is wrong."
    )
    @OptionGroup var installation: InstallationOptions

    func run() throws {
        var check = InstallationCheck(installation: try Operator(installation))
        check.run()
        for finding in check.findings { print(finding.line) }
        let failures = check.findings.count { $0.grade == .fails }
        print(failures == 0 ? "ready" : "\(failures) thing\(failures == 1 ? "" : "s") to mend")
        if failures > 0 { throw ExitCode.failure }
    }
}

/// One line of the check.
struct Finding {
    enum Grade: String { case works = "ok", warns = "note", fails = "FAIL" }

    let grade: Grade
    let subject: String
    let text: String
    let remedy: String?

    var line: String {
        "\(grade.rawValue.padding(to: 4))  \(subject.padding(to: 12))  \(text)\(remedy.map { "\n      → \($0)" } ?? "")"
    }
}

/// The checks, in the order in which an operator would make them.
struct InstallationCheck {
    let installation: Operator
    private(set) var findings: [Finding] = []

    init(installation: Operator) { self.installation = installation }

    mutating func run() {
        checkSwitches()
        checkGit()
        checkDirectory()
        checkRedis()
        if checkDatabase() {
            checkServiceUser()
            checkSpaces()
        }
    }

    private mutating func add(_ grade: Finding.Grade, _ subject: String, _ text: String, _ remedy: String? = nil) {
        findings.append(Finding(grade: grade, subject: subject, text: text, remedy: remedy))
    }

    private mutating func checkSwitches() {
        let settings = installation.settings
        if settings.isEnabled {
            add(.works, "settings", "GIT_SYNC_ENABLED=true, host \(settings.isHTTPEnabled ? "on" : "off")")
        } else {
            add(
                .fails,
                "settings",
                "GIT_SYNC_ENABLED is not true: nothing is served or synced",
                "set GIT_SYNC_ENABLED=true"
            )
        }
        if settings.appSecret == nil {
            add(
                .warns,
                "settings",
                "APP_SECRET is not set: pages that somebody has open wait until they are closed",
                "give Docmost's .env with --env-file"
            )
        }
        if settings.isCollabRedisDisabled {
            add(
                .fails,
                "settings",
                "COLLAB_DISABLE_REDIS=true: whether a page is open cannot be seen, so bodies stay pending",
                "remove COLLAB_DISABLE_REDIS from Docmost's settings"
            )
        }
    }

    private mutating func checkGit() {
        do {
            let version =
                try runChecked(Command("git", ["version"])).text.split(separator: " ").dropFirst(2).first ?? ""
            let numbers = version.split(separator: ".").prefix(2).compactMap { Int($0) }
            let isNewEnough = numbers.count == 2 && (numbers[0], numbers[1]) >= (2, 39)
            let text = "git \(version.filter { !$0.isNewline })"
            if isNewEnough { add(.works, "git", text) } else { add(.fails, "git", text, "git 2.39 or newer is needed") }
            let path = try runChecked(Command("git", ["--exec-path"])).text.filter { !$0.isNewline }
            if access("\(path)/git-http-backend", X_OK) != 0 {
                add(.fails, "git", "\(path)/git-http-backend is missing", "install the complete git package")
            }
        } catch {
            add(.fails, "git", "\(error)", "install git 2.39 or newer")
        }
    }

    private mutating func checkDirectory() {
        let path = installation.settings.dataDirectory
        var status = stat()
        guard stat(path, &status) == 0 else {
            add(
                .fails,
                "directory",
                "\(path): \(String(cString: strerror(errno)))",
                "mkdir -p \(path), owned by the programs' user"
            )
            return
        }
        guard access(path, R_OK | W_OK | X_OK) == 0 else {
            add(
                .fails,
                "directory",
                "\(path) is not writable for uid \(geteuid())",
                "run all programs as one user, the owner"
            )
            return
        }
        if let bytes = Vault(dataDirectory: path).freeBytes {
            let free = bytes >> 20
            let grade: Finding.Grade = free < 512 ? .warns : .works
            add(grade, "directory", "\(path), \(free) MiB free", free < 512 ? "pushes fail when the disk is full" : nil)
        }
        if status.st_uid != geteuid() {
            add(
                .warns,
                "directory",
                "\(path) belongs to uid \(status.st_uid), this is uid \(geteuid())",
                "run all programs as one user, or share a group"
            )
        }
    }

    private mutating func checkRedis() {
        do throws(RedisError) {
            let servers = try installation.redis.withConnection { (connection) throws(RedisError) in
                _ = try connection.command(["PING"])
                return try connection.command(["PUBSUB", "CHANNELS", "collabMsg:*"]).array?.count ?? 0
            }
            add(.works, "Redis", "answers; \(servers) live-document server\(servers == 1 ? "" : "s") of Docmost")
        } catch {
            add(.fails, "Redis", "\(error)", "REDIS_URL must be Docmost's")
        }
    }

    private mutating func checkDatabase() -> Bool {
        do {
            let features = try installation.pages().features()
            add(
                .works,
                "PostgreSQL",
                "\(features.isFork ? "gitmost" : "Docmost") with migration \(features.lastMigration)"
            )
            if !features.hasSpaceSettings {
                add(.fails, "Docmost", "too old: spaces have no settings", "Docmost v0.25.3 or newer is needed")
            }
            return true
        } catch {
            add(.fails, "PostgreSQL", "\(error)", "DATABASE_URL must be Docmost's")
            return false
        }
    }

    private mutating func checkServiceUser() {
        guard let user = installation.settings.serviceUser else {
            add(
                .fails,
                "service user",
                "GIT_SYNC_SERVICE_USER_ID is not set: the wiki is not written",
                "make a user for it in Docmost, writer of every synced space, and set its UUID"
            )
            return
        }
        do {
            guard let person = try installation.pages().people([user])[user], !person.isGone else {
                add(.fails, "service user", "\(user) does not exist, or is deactivated", "set the UUID of a live user")
                return
            }
            add(.works, "service user", "\(person.name ?? "") <\(person.email)>")
        } catch {
            add(.fails, "service user", "\(error)")
        }
    }

    private mutating func checkSpaces() {
        do {
            let enabled = try installation.spaces().filter(\.isEnabled)
            if enabled.isEmpty {
                add(.warns, "spaces", "none is opted in", "docmost-git-sync spaces enable SLUG")
            }
            let lock = SpaceLock(store: RedisLeases(installation.redis))
            for space in enabled {
                if case .foreign(let value)? = try? lock.owner(of: space.id) {
                    add(
                        .fails,
                        space.slug,
                        "its lock is held by another program (\(value))",
                        "switch off git-sync in gitmost: two engines must not sync one space"
                    )
                }
                if let user = installation.settings.serviceUser,
                    try !isWriter(user, in: space.id, on: installation.postgres())
                {
                    add(
                        .fails,
                        space.slug,
                        "the service user is no writer of it",
                        "add it as writer in the space's members"
                    )
                } else {
                    add(.works, space.slug, "opted in, \(space.pages) pages")
                }
            }
        } catch {
            add(.fails, "spaces", "\(error)")
        }
    }
}
