import Base
import Settings
import Testing

@Suite("Settings")
struct SettingsTests {
    static let required = ["DATABASE_URL": "postgresql://h/d", "REDIS_URL": "redis://h"]

    private func read(_ more: [String: String], file: String? = nil) throws -> Settings.Read {
        try Settings.read(environment: Self.required.merging(more) { $1 }, file: file)
    }

    @Test("the defaults are those of the documentation")
    func defaults() throws {
        let read = try read([:])
        let settings = read.settings
        #expect(read.warnings.isEmpty)
        #expect(!settings.isEnabled)
        #expect(!settings.isHTTPEnabled)
        #expect(settings.dataDirectory == "./data/git-sync")
        #expect(settings.pollIntervalMilliseconds == 15_000)
        #expect(settings.debounceMilliseconds == 2_000)
        #expect(settings.maxDeletesPerCycle == 20)
        #expect(settings.backendTimeoutMilliseconds == 120_000)
        #expect(settings.lock == .late)
        #expect(settings.lockWaitMilliseconds == 45_000)
        #expect(settings.maxPushBytes == 512 << 20)
        #expect(settings.maxPageBytes == 4 << 20)
        #expect(settings.maxPathBytes == 1024)
        #expect(settings.serviceUser == nil)
    }

    @Test(
        "booleans are true and false in any case; anything else is false, with a warning",
        arguments: [
            ("true", true, 0), ("TRUE", true, 0), ("False", false, 0), ("1", false, 1), ("yes", false, 1),
            ("", false, 0),
        ]
    )
    func booleans(text: String, expected: Bool, warnings: Int) throws {
        let read = try read(["GIT_SYNC_ENABLED": text])
        #expect(read.settings.isEnabled == expected)
        #expect(read.warnings.count == warnings)
    }

    @Test("ours wins over Docmost's .env, the environment over both, and what is blank is not set")
    func layers() throws {
        let read = try Settings.read(
            environment: ["APP_URL": "https://environment"],
            file: "GIT_SYNC_ENABLED=true\nREDIS_URL=\nAPP_SECRET=ours\nAPP_URL=https://ours",
            beneath: "DATABASE_URL=postgresql://h/d\nREDIS_URL=redis://h\nAPP_SECRET=theirs\nGIT_SYNC_ENABLED=false"
        )
        #expect(read.settings.isEnabled)
        #expect(read.settings.redisURL.revealed == "redis://h")
        #expect(read.settings.appSecret?.revealed == "ours")
        #expect(read.settings.appURL == "https://environment")
    }

    @Test("the host follows the master switch unless it has a value of its own")
    func http() throws {
        #expect(try read(["GIT_SYNC_ENABLED": "true"]).settings.isHTTPEnabled)
        #expect(try !read(["GIT_SYNC_ENABLED": "true", "GIT_SYNC_HTTP_ENABLED": "false"]).settings.isHTTPEnabled)
    }

    @Test(
        "a number that does not parse or is not positive falls back, with a warning",
        arguments: ["0", "-1", "x", "1.5", "9e3"]
    )
    func numbers(text: String) throws {
        let read = try read(["GIT_SYNC_POLL_INTERVAL_MS": text])
        #expect(read.settings.pollIntervalMilliseconds == 15_000)
        #expect(read.warnings == ["GIT_SYNC_POLL_INTERVAL_MS=\(text) is not a positive whole number; 15000 is used"])
    }

    /// Whoever wrote the greatest number there is for "never" got a program that ended at its first wait.
    @Test("a time of more than a day is a day, with a warning", arguments: ["86400001", "9223372036854775807"])
    func longTimes(text: String) throws {
        let names = [
            "GIT_SYNC_POLL_INTERVAL_MS", "GIT_SYNC_DEBOUNCE_MS", "GIT_SYNC_BACKEND_TIMEOUT_MS", "GIT_SYNC_LOCK_WAIT_MS",
        ]
        let read = try read(Dictionary(uniqueKeysWithValues: names.map { ($0, text) }))
        let settings = read.settings
        let times = [
            settings.pollIntervalMilliseconds, settings.debounceMilliseconds, settings.backendTimeoutMilliseconds,
            settings.lockWaitMilliseconds,
        ]
        #expect(times == Array(repeating: 86_400_000, count: 4))
        #expect(Set(read.warnings) == Set(names.map { "\($0)=\(text) is longer than a day; a day is used" }))
    }

    @Test("a missing required setting is one clear line and status 78", arguments: ["DATABASE_URL", "REDIS_URL"])
    func missing(name: String) {
        var variables = Self.required
        variables[name] = "  "
        #expect { try Settings.read(environment: variables) } throws: {
            let text = "\($0)"
            return text.hasPrefix("\(name) is not set") && !text.contains("\n")
        }
        #expect(SettingsError.exitStatus == 78)
    }

    @Test("the environment wins over the file, and an empty variable does not hide the file's")
    func precedence() throws {
        let read = try read(
            ["APP_URL": "https://env", "APP_SECRET": ""],
            file: "APP_URL=https://file\nAPP_SECRET=from-file"
        )
        #expect(read.settings.appURL == "https://env")
        #expect(read.settings.appSecret?.revealed == "from-file")
    }

    @Test("secrets do not show in a description")
    func secrets() throws {
        let settings = try read(["APP_SECRET": "hunter2", "DATABASE_URL": "postgresql://u:hunter2@h/d"]).settings
        #expect(!"\(settings)".contains("hunter2"))
    }

    @Test("a service user that is no UUID, and a remote template, are warned about")
    func warnings() throws {
        #expect(try read(["GIT_SYNC_SERVICE_USER_ID": "bot", "GIT_SYNC_REMOTE_TEMPLATE": "x"]).warnings.count == 2)
    }

    @Test("the data directory follows DATA_DIR and loses its last slash")
    func directory() throws {
        #expect(try read(["DATA_DIR": "/var/lib/docmost"]).settings.dataDirectory == "/var/lib/docmost/git-sync")
        #expect(try read(["GIT_SYNC_DATA_DIR": "/srv/git//"]).settings.dataDirectory == "/srv/git")
    }
}
