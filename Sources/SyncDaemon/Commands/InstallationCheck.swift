import Base
import PageStore
import Postgres
import Redis
import Settings
import SpaceLock

/// The checks, in the order in which an operator would make them.
struct InstallationCheck {
    let installation: Operator
    private(set) var findings: [Finding] = []

    init(installation: Operator) { self.installation = installation }

    mutating func run() {
        checkFiles()
        checkSwitches()
        checkPrograms()
        checkGit()
        checkDirectory()
        if checkRedis() { checkDaemon() }
        if checkDatabase() {
            checkServiceUser()
            checkSpaces()
        }
    }

    mutating func add(_ grade: Finding.Grade, _ subject: String, _ text: String, _ remedy: String? = nil) {
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
                "set it as Docmost has it"
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

    private mutating func checkRedis() -> Bool {
        do throws(RedisError) {
            let servers = try installation.redis.withConnection { (connection) throws(RedisError) in
                _ = try connection.command(["PING"])
                return try connection.command(["PUBSUB", "CHANNELS", "collabMsg:*"]).array?.count ?? 0
            }
            add(.works, "Redis", "answers; \(servers) live-document server\(servers == 1 ? "" : "s") of Docmost")
            return true
        } catch {
            add(.fails, "Redis", "\(error)", "does it run? REDIS_URL must be Docmost's")
            return false
        }
    }

    /// Not a failure: an operator checks before the daemon is started, too.
    private mutating func checkDaemon() {
        guard installation.isDaemonListening == false else {
            return add(.works, "daemon", "docmost-git-sync run is at work")
        }
        add(
            .warns,
            "daemon",
            "docmost-git-sync run is not at work: nothing is synced",
            "systemctl start docmost-git-sync"
        )
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
            add(.fails, "PostgreSQL", "\(error)", "does it run? DATABASE_URL must be Docmost's")
            return false
        }
    }

    private mutating func checkServiceUser() {
        guard let user = installation.settings.serviceUser else {
            add(
                .fails,
                "service user",
                "GIT_SYNC_SERVICE_USER_ID is not set: the wiki is not written",
                "make a user for it in Docmost, writer of every synced space; `docmost-git-sync users` shows its UUID"
            )
            return
        }
        do {
            guard let person = try installation.pages().people([user])[user], !person.isGone else {
                add(
                    .fails,
                    "service user",
                    "\(user) does not exist, or is deactivated",
                    "`docmost-git-sync users` shows the UUIDs"
                )
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
