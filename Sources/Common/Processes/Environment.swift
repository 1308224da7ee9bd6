/// The environment of a child, built from nothing: what is not named here does not reach it.
///
/// Secrets of our own process (DATABASE_URL, APP_SECRET) and look-alikes sent by clients stay out by construction.
package struct Environment: Sendable, Equatable {
    package private(set) var variables: [String: String]

    /// A search path and nothing else.
    package init() { variables = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] }

    /// What every git of ours gets: no configuration but the repository's, no prompt, no pager, plain messages.
    ///
    /// `LC_ALL=C.UTF-8` keeps messages in English and paths in UTF-8.
    package static let git: Environment = {
        var environment = Environment()
        environment["HOME"] = "/nonexistent"
        environment["LC_ALL"] = "C.UTF-8"
        environment["GIT_CONFIG_NOSYSTEM"] = "1"
        environment["GIT_CONFIG_GLOBAL"] = "/dev/null"
        environment["GIT_TERMINAL_PROMPT"] = "0"
        environment["GIT_PAGER"] = "cat"
        environment["GIT_OPTIONAL_LOCKS"] = "0"
        return environment
    }()

    /// Sets a variable, or removes it with nil. A value ends at its first NUL, as the kernel would end it.
    package subscript(name: String) -> String? {
        get { variables[name] }
        set { variables[name] = newValue.map { String($0.prefix { $0 != "\0" }) } }
    }

    package mutating func merge(_ more: [String: String]) {
        for (name, value) in more { self[name] = value }
    }

    /// Adds settings at command scope (git-config(1), GIT_CONFIG_COUNT), after those that are there already.
    package mutating func addGitConfiguration(_ settings: [(key: String, value: String)]) {
        var count = self["GIT_CONFIG_COUNT"].flatMap { Int($0) } ?? 0
        for setting in settings {
            self["GIT_CONFIG_KEY_\(count)"] = setting.key
            self["GIT_CONFIG_VALUE_\(count)"] = setting.value
            count += 1
        }
        self["GIT_CONFIG_COUNT"] = String(count)
    }
}
