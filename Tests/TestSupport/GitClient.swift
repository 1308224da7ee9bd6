import Foundation

/// git as a person runs it: with a home of its own, and without questions.
package struct GitClient {
    package let directory: TemporaryDirectory

    package init() throws {
        directory = try TemporaryDirectory("docmost-git-client")
        // Repositories of a site may belong to the web server's user.
        try write("[safe]\n\tdirectory = *\n", to: ".gitconfig")
    }

    private var environment: [String: String] {
        [
            "HOME": directory.path, "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8",
            "GIT_AUTHOR_NAME": "Wren", "GIT_AUTHOR_EMAIL": "wren@example.org", "GIT_COMMITTER_NAME": "Wren",
            "GIT_COMMITTER_EMAIL": "wren@example.org", "GIT_TRACE_REDACT": "1",
        ]
    }

    /// Runs git in a folder of the client and returns what it printed; throws when it fails.
    @discardableResult
    package func callAsFunction(_ arguments: String..., in folder: String = ".") throws -> String {
        let result = try run(arguments, in: folder)
        guard result.status == 0 else {
            throw ServerFailure("git \(arguments.joined(separator: " ")): exit \(result.status)\n\(result.output)")
        }
        return result.output
    }

    /// Runs git and returns how it ended as well.
    package func run(_ arguments: [String], in folder: String = ".", seconds: Int = FullSizes.isOn ? 900 : 240) throws
        -> (
            status: Int32, output: String
        )
    {
        // Bounded: a transfer that hangs is a failed test and not a hung one.
        try runProgramResult(
            ["timeout", "-k", "5", "\(seconds)", "git"] + arguments,
            environment: environment,
            directory: path(folder)
        )
    }

    package func path(_ name: String) -> String { directory.file(name) }

    package func write(_ text: String, to name: String) throws {
        let target = URL(fileURLWithPath: path(name))
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try text.write(to: target, atomically: true, encoding: .utf8)
    }
}

extension Site {
    /// Makes the repository of a space with one commit in it, as the daemon leaves it.
    package func makeRepository(_ space: String = Site.space, files: [String: String] = ["Home.md": "Hello.\n"]) throws
    {
        let client = try GitClient()
        try client("init", "-q", "-b", "main", "seed")
        for (name, text) in files { try client.write(text, to: "seed/\(name)") }
        try client("add", "-A", in: "seed")
        try client("commit", "-q", "-m", "First export", in: "seed")
        try install(seed: client.path("seed"), space)
    }

    /// Turns a repository of the tests into the one of a space.
    package func install(seed: String, _ space: String = Site.space) throws {
        let target = repository(space)
        try runProgram(["git", "clone", "-q", "--bare", seed, target])
        for (key, value) in [
            "http.receivepack": "true", "http.uploadpack": "true", "uploadpack.allowFilter": "true",
            "receive.advertisePushOptions": "true", "transfer.hideRefs": "refs/docmost", "receive.fsckObjects": "true",
        ] {
            try runProgram(["git", "-C", target, "config", key, value])
        }
        // A space counts as exported once the wiki's side is known.
        try runProgram(["git", "-C", target, "update-ref", "refs/docmost/wiki", "refs/heads/main"])
        if getuid() == 0 { try runProgram(["chown", "-R", "\(WebServer.user):\(WebServer.user)", dataDirectory]) }
    }
}
