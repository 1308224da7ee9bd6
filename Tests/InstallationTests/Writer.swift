import Base
import Foundation
import Synchronization
import TestSupport

/// A person with a clone of the space.
struct Writer: Sendable {
    /// How a push ended, as the person saw it.
    struct Ending: Sendable {
        let status: Int32
        let output: String
        let milliseconds: Int
        var isAccepted: Bool { status == 0 }
    }

    private let git: GitClient
    private let name: String

    init(_ name: String = "wren", at site: Site) throws {
        self.name = name
        git = try GitClient()
        try git("clone", "-q", site.url(user: name), "copy")
        try git("config", "user.name", name, in: "copy")
    }

    /// Takes over what the server has, and forgets what it refused.
    func update() throws {
        // A push whose report still runs in the same clone holds the ref of the remote's branch for a moment, and sets it
        // back to what it pushed: what was fetched now stands in FETCH_HEAD alone.
        for attempt in 1...5 where try git.run(["fetch", "-q", "origin", "main"], in: "copy").status != 0 {
            guard attempt < 5 else { throw ServerFailure("git fetch fails again and again") }
            sleep(milliseconds: 200)
        }
        try git("reset", "-q", "--hard", "FETCH_HEAD", in: "copy")
    }

    /// Takes over what the server has, under what was not pushed yet.
    func rebase() throws { try git("pull", "-q", "--rebase", in: "copy") }

    /// Adds a paragraph at the beginning of a page's file.
    func write(_ word: String, on path: String) throws {
        let text = try String(contentsOfFile: git.path("copy/\(path)"), encoding: .utf8)
        try git.write(text.replacingOccurrences(of: "top\n", with: "\(word)\n\ntop\n"), to: "copy/\(path)")
    }

    func create(_ path: String, _ word: String) throws { try git.write("\(word)\n", to: "copy/\(path)") }

    func move(_ path: String, to new: String) throws {
        let folder = (git.path("copy/\(new)") as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try git("mv", path, new, in: "copy")
    }

    /// Where a file of that name is.
    func path(of name: String) throws -> String {
        let listed = try git("ls-files", "--", name, "*/\(name)", in: "copy").split(separator: "\n")
        guard let first = listed.first else { throw ServerFailure("no file \(name)") }
        return String(first)
    }

    /// Commits everything; returns the commit.
    func commit(_ message: String) throws -> String {
        try git("add", "-A", in: "copy")
        try git("commit", "-q", "-m", message, in: "copy")
        return try git("rev-parse", "HEAD", in: "copy").trimmingCharacters(in: .newlines)
    }

    func remove(_ path: String) throws { try git("rm", "-q", path, in: "copy") }

    /// Takes back the newest commit by another one.
    func revert() throws { try git("revert", "--no-edit", "HEAD", in: "copy") }

    /// - Parameter patience: seconds after which the person gives up.
    func push(options: [String] = [], patience: Int = 120) throws -> Ending {
        let started = MonotonicClock.milliseconds()
        let result = try git.run(["push"] + options + ["origin", "main"], in: "copy", seconds: patience)
        let spent = Int(MonotonicClock.milliseconds() - started)
        return Ending(status: result.status, output: result.output, milliseconds: spent)
    }

    /// Pushes as a person does: takes over what came in between and pushes again.
    func pushPatiently() throws -> Ending {
        var ending = try push()
        for _ in 0..<20 where !ending.isAccepted && Self.isOvertaken(ending) {
            try rebase()
            ending = try push()
        }
        return ending
    }

    /// Whether git or the host has said that main has changed meanwhile.
    static func isOvertaken(_ ending: Ending) -> Bool {
        ["fetch first", "non-fast-forward", "fetch and merge"].contains { ending.output.contains($0) }
    }

    /// Pushes beside the test; the ending is there after the thread's end.
    func startPush(patience: Int = 120) -> (thread: ThreadHandle?, ending: @Sendable () -> Ending?) {
        let box = Box()
        let thread = startThread { box.ending.withLock { $0 = try? push(patience: patience) } }
        return (thread, { box.ending.withLock { $0 } })
    }

    private final class Box: Sendable { let ending = Mutex<Ending?>(nil) }
}
