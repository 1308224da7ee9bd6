import Base

extension Settings {
    /// Settings and what the operator should know about them.
    package struct Read: Sendable {
        package var settings: Settings
        /// One line each: values that were not understood and what holds instead.
        package let warnings: [String]
        /// The files that were read.
        package var files: [String] = []
    }

    /// Reads the settings; the process's environment wins over the file.
    ///
    /// - Parameters:
    ///   - environment: the variables of the process.
    ///   - file: the text of our file of settings, if there is one.
    ///   - beneath: the text of Docmost's own `.env`, if our file names it: everything else wins over it.
    package static func read(
        environment: [String: String],
        file: String? = nil,
        beneath: String? = nil
    ) throws(SettingsError) -> Read {
        var variables = beneath.map(EnvironmentFile.parse) ?? [:]
        for layer in [file.map(EnvironmentFile.parse) ?? [:], environment] {
            for (name, value) in layer where !value.isEmpty || variables[name] == nil { variables[name] = value }
        }
        var reader = Reader(variables: variables)
        let settings = try reader.settings()
        return Read(settings: settings, warnings: reader.warnings)
    }
}

extension Settings {
    /// The path of Docmost's own `.env`, which `DOCMOST_ENV_FILE` names: two files of settings need no copy of passwords.
    static func docmostFile(environment: [String: String], file: String?) -> String? {
        let name = "DOCMOST_ENV_FILE"
        let values = [environment[name], file.flatMap { EnvironmentFile.parse($0)[name] }]
        return values.lazy.compactMap(\.self).first { !$0.isEmpty }
    }
}

/// Takes typed values out of the variables and collects the warnings.
private struct Reader {
    let variables: [String: String]
    var warnings: [String] = []

    init(variables: [String: String]) { self.variables = variables }

    mutating func settings() throws(SettingsError) -> Settings {
        let enabled = flag("GIT_SYNC_ENABLED", default: false)
        if text("GIT_SYNC_REMOTE_TEMPLATE") != nil { warnings.append("GIT_SYNC_REMOTE_TEMPLATE has no effect yet") }
        return Settings(
            databaseURL: Secret(try required("DATABASE_URL")),
            redisURL: Secret(try required("REDIS_URL")),
            appSecret: text("APP_SECRET").map { Secret($0) },
            appURL: text("APP_URL"),
            isCloud: flag("CLOUD", default: false),
            isCollabRedisDisabled: flag("COLLAB_DISABLE_REDIS", default: false),
            isEnabled: enabled,
            isHTTPEnabled: flag("GIT_SYNC_HTTP_ENABLED", default: enabled),
            dataDirectory: dataDirectory(),
            pollIntervalMilliseconds: milliseconds("GIT_SYNC_POLL_INTERVAL_MS", default: 15_000),
            debounceMilliseconds: milliseconds("GIT_SYNC_DEBOUNCE_MS", default: 2_000),
            maxDeletesPerCycle: positive("GIT_SYNC_MAX_DELETES_PER_CYCLE", default: 20),
            serviceUser: serviceUser(),
            backendTimeoutMilliseconds: milliseconds("GIT_SYNC_BACKEND_TIMEOUT_MS", default: 120_000),
            lock: choice("GIT_SYNC_LOCK", default: .late),
            lockWaitMilliseconds: milliseconds("GIT_SYNC_LOCK_WAIT_MS", default: 45_000),
            maxPushBytes: positive("GIT_SYNC_MAX_PUSH_BYTES", default: 512 << 20),
            maxPageBytes: positive("GIT_SYNC_MAX_PAGE_BYTES", default: 4 << 20),
            maxPathBytes: positive("GIT_SYNC_MAX_PATH_BYTES", default: 1024),
            authorEmail: choice("GIT_SYNC_AUTHOR_EMAIL", default: .real),
            commentMarks: choice("GIT_SYNC_COMMENT_MARKS", default: .carry)
        )
    }

    /// The trimmed value; nil when it is missing or blank.
    private func text(_ name: String) -> String? {
        guard let value = variables[name] else { return nil }
        let trimmed = value.drop { $0.isWhitespace }
        let end = trimmed.lastIndex { !$0.isWhitespace }
        return end.map { String(trimmed[...$0]) }
    }

    private func required(_ name: String) throws(SettingsError) -> String {
        guard let value = text(name) else {
            throw SettingsError(
                "\(name) is not set: name Docmost's own .env as DOCMOST_ENV_FILE in \(Settings.usualFile), or set \(name) there"
            )
        }
        return value
    }

    private mutating func flag(_ name: String, default fallback: Bool) -> Bool {
        guard let value = text(name) else { return fallback }
        switch value.lowercased() {
        case "true": return true
        case "false": return false
        default:
            warnings.append("\(name)=\(value) is neither true nor false; taken as false")
            return false
        }
    }

    private mutating func positive(_ name: String, default fallback: Int) -> Int {
        guard let value = text(name) else { return fallback }
        if let number = Int(value), number > 0 { return number }
        warnings.append("\(name)=\(value) is not a positive whole number; \(fallback) is used")
        return fallback
    }

    /// A time; no wait of ours is longer than a day, and none ends in an overflow.
    private mutating func milliseconds(_ name: String, default fallback: Int) -> Int {
        let number = positive(name, default: fallback)
        if number <= 86_400_000 { return number }
        warnings.append("\(name)=\(number) is longer than a day; a day is used")
        return 86_400_000
    }

    private mutating func choice<Choice: RawRepresentable>(_ name: String, default fallback: Choice) -> Choice
    where Choice.RawValue == String {
        guard let value = text(name) else { return fallback }
        if let choice = Choice(rawValue: value.lowercased()) { return choice }
        warnings.append("\(name)=\(value) is not known; \(fallback.rawValue) is used")
        return fallback
    }

    private mutating func serviceUser() -> UserID? {
        guard let value = text("GIT_SYNC_SERVICE_USER_ID") else { return nil }
        if let id = UserID(value) { return id }
        warnings.append("GIT_SYNC_SERVICE_USER_ID=\(value) is not a UUID; there is no service user")
        return nil
    }

    private func dataDirectory() -> String {
        var directory = text("GIT_SYNC_DATA_DIR") ?? "\(text("DATA_DIR") ?? "./data")/git-sync"
        while directory.count > 1, directory.hasSuffix("/") { directory.removeLast() }
        return directory
    }
}
