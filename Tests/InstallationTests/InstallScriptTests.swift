import Foundation
import TestSupport
import Testing

/// A folder that scripts/install takes for the machine, and three programs to install.
struct InstallTarget {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory("docmost-git-install")
        try build("first")
    }

    /// Three programs that say which build they are of.
    func build(_ word: String) throws {
        try FileManager.default.createDirectory(atPath: directory.file("built"), withIntermediateDirectories: true)
        for name in ["docmost-git-fcgi", "docmost-git-sync", "docmost-git-hook"] {
            let path = directory.file("built/\(name)")
            try "#!/bin/sh\necho \(name) \(word)\n".write(toFile: path, atomically: true, encoding: .utf8)
            try runProgram(["chmod", "755", path])
        }
    }

    func path(_ absolute: String) -> String { directory.file("root\(absolute)") }
    func exists(_ absolute: String) -> Bool { FileManager.default.fileExists(atPath: path(absolute)) }
    func text(_ absolute: String) throws -> String { try String(contentsOfFile: path(absolute), encoding: .utf8) }

    func append(_ line: String, to absolute: String) throws {
        try (text(absolute) + line).write(toFile: path(absolute), atomically: true, encoding: .utf8)
    }

    @discardableResult
    func install(_ more: String...) throws -> String {
        let script = [packagePath("scripts/install"), "--programs", directory.file("built")]
        return try runProgram(script + ["--root", directory.file("root")] + more)
    }
}

@Suite("scripts/install")
struct InstallScriptTests {
    private static let unit = "/etc/systemd/system/docmost-git-sync.service"

    /// The lines that say what was done: what stands before the advice at the end.
    private func deeds(_ output: String) -> [Substring] {
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        return Array(lines.prefix { !$0.isEmpty && !$0.hasPrefix("installed; now:") })
    }

    @Test("A dry run says what would be done, and does nothing")
    func dry() throws {
        let target = try InstallTarget()
        let said = try target.install("--dry-run")
        #expect(said.contains(Self.unit) && said.contains("nothing was done"))
        #expect(!target.exists(""))
    }

    @Test("The second run finds nothing to do, and the command runs by the name that the guide uses")
    func twice() throws {
        let target = try InstallTarget()
        #expect(try deeds(target.install()).count > 10)
        #expect(try deeds(target.install()).isEmpty)
        #expect(try runProgram([target.path("/usr/local/bin/docmost-git-sync")]) == "docmost-git-sync first\n")
    }

    @Test("Settings hold passwords: nobody but their group may read them")
    func modes() throws {
        let target = try InstallTarget()
        try target.install()
        #expect(try runProgram(["stat", "-c", "%a", target.path("/etc/docmost-git/env")]) == "640\n")
        #expect(try runProgram(["stat", "-c", "%a", target.path("/var/lib/docmost-git/repositories")]) == "750\n")
    }

    @Test("An upgrade replaces programs and untouched files, keeps settings and edited files, and says so")
    func upgrade() throws {
        let target = try InstallTarget()
        try target.install()
        try target.append("# mine\n", to: Self.unit)
        try target.append("APP_URL=https://wiki\n", to: "/etc/docmost-git/env")
        // What an older version installed, and nobody edited.
        let socket = "/etc/systemd/system/docmost-git-fcgi.socket"
        let new = try target.text(socket)
        try target.append("# older\n", to: socket)
        let sums = "/usr/local/lib/docmost-git/installed.sha256"
        let sum = try runProgram(["sha256sum", target.path(socket)]).split(separator: " ")[0]
        let kept = try target.text(sums).split(separator: "\n").filter { !$0.hasSuffix(socket) }.joined(separator: "\n")
        try "\(kept)\n\(sum)  \(socket)\n".write(toFile: target.path(sums), atomically: true, encoding: .utf8)
        try target.build("second")

        let said = try deeds(target.install())
        #expect(said.contains("EDITED   \(Self.unit) is kept; the new one is \(Self.unit).new"), "\(said)")
        #expect(said.contains("upgraded \(socket)"), "\(said)")
        #expect(try target.text(Self.unit).hasSuffix("# mine\n") && !target.text("\(Self.unit).new").contains("# mine"))
        #expect(try target.text(socket) == new)
        #expect(try target.text("/etc/docmost-git/env").hasSuffix("APP_URL=https://wiki\n"))
        #expect(try runProgram([target.path("/usr/local/bin/docmost-git-sync")]) == "docmost-git-sync second\n")
    }
}
