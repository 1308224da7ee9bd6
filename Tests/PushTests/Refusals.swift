import Base
import Foundation
import Testing

/// A push that is refused: what the person did, and how they pushed it.
struct Refusal: Sendable, CustomTestStringConvertible {
    let name: String
    var arguments = ["origin", "main"]
    var driver: [String: String] = [:]
    var files: [String: String] = [:]
    let prepare: @Sendable (PushFixture) throws -> Void

    var testDescription: String { name }
}

private let one = "019ef6fc-2638-7ce1-9ce3-2756ce038480"
private let two = "019ef6fc-2638-7ce1-9ce3-2756ce038481"

extension PushFixture {
    /// Commits a tree with one more entry that git's own commands would not make.
    fileprivate func commitEntry(_ name: String, message: String = "Odd name") throws {
        let blob = try runClone(["hash-object", "-w", "--stdin"], input: "x\n")
        let inner = try runClone(["mktree", "-z"], input: "100644 blob \(blob)\tconfig\0")
        let listing = try runClone(["ls-tree", "-z", "HEAD"])
        let tree = try runClone(["mktree", "-z"], input: "\(listing)040000 tree \(inner)\t\(name)\0")
        let commit = try runClone(["commit-tree", tree, "-p", "HEAD", "-m", message])
        try git("update-ref", "refs/heads/main", commit)
    }

    fileprivate func runClone(_ arguments: [String], input: String? = nil) throws -> String {
        try runProgramBytes(["git", "-C", clone] + arguments, input: input)
    }
}

/// Runs a program whose output may hold NUL; only line ends are cut off its end.
private func runProgramBytes(_ arguments: [String], input: String?) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["--default-signal"] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(PushFixture.identity) { $1 }
    let output = Pipe()
    process.standardOutput = output
    let source = Pipe()
    process.standardInput = source
    try process.run()
    if let input { source.fileHandleForWriting.write(Data(input.utf8)) }
    try source.fileHandleForWriting.close()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
}

/// Files and names.
let contentRefusals: [Refusal] = [
    Refusal(name: "symlink") { fixture in
        try FileManager.default.createSymbolicLink(
            atPath: "\(fixture.clone)/Link.md",
            withDestinationPath: "/etc/passwd"
        )
        try fixture.commit()
    },
    Refusal(name: "submodule") { fixture in
        let head = try fixture.git("rev-parse", "HEAD")
        try fixture.git("update-index", "--add", "--cacheinfo", "160000,\(head),Library")
        try fixture.git("commit", "-q", "-m", "Submodule")
    },
    Refusal(name: "git-directory") { try $0.commitEntry(".git") },
    Refusal(name: "git-directory-upper-case") { try $0.commitEntry(".GIT") },
    Refusal(name: "git-directory-short-name") { try $0.commitEntry("git~1") },
    Refusal(name: "git-directory-trailing-dots") { try $0.commitEntry(".git. .") },
    Refusal(name: "git-directory-stream") { try $0.commitEntry(".git::$INDEX_ALLOCATION") },
    Refusal(name: "git-directory-ignored-character") { try $0.commitEntry(".g\u{200C}it") },
    Refusal(name: "git-directory-in-an-earlier-commit") { fixture in
        let before = try fixture.git("rev-parse", "HEAD^{tree}")
        try fixture.commitEntry(".git")
        let commit = try fixture.git("commit-tree", before, "-p", "refs/heads/main", "-m", "Remove it again")
        try fixture.git("update-ref", "refs/heads/main", commit)
    },
    Refusal(name: "case-clash") { try $0.change("home.md", "another\n") },
    Refusal(name: "folder-case-clash") { try $0.change("guide/Second.md", "another\n") },
    Refusal(name: "normalisation-clash", files: ["Caf\u{E9}.md": "composed\n"]) {
        try $0.git("config", "core.precomposeUnicode", "false")
        try $0.change("Cafe\u{301}.md", "decomposed\n")
    },
    Refusal(name: "long-name") { try $0.commitEntry(String(repeating: "n", count: 260)) },
    Refusal(name: "long-path", driver: ["PATH_BYTES": "100"]) {
        try $0.change("\(String(repeating: "folder/", count: 20))Page.md", "x\n")
    },
    Refusal(name: "name-not-utf8") { fixture in
        let script = "printf 'x\\n' > \"$(printf 'caf\\351.md')\" && git add -A && git commit -q -m Latin1"
        try runShell(script, in: fixture.clone)
    },
    Refusal(name: "control-character-in-name") { try $0.change("A\u{7}B.md", "x\n") },
    Refusal(name: "engine-folder") { try $0.change(".Docmost/pages", "[]\n") },
    Refusal(name: "backslash-in-name") { try $0.change("A\\B.md", "x\n") },
    Refusal(name: "content-not-utf8") { fixture in
        try fixture.write("Latin.md", Data("first line\ncaf".utf8) + Data([0xE9, 0x0A]))
        try fixture.commit()
    },
    Refusal(name: "content-binary") { fixture in
        try fixture.write("Binary.md", Data([0x50, 0x4B, 0x03, 0x04, 0x00, 0x01]))
        try fixture.commit()
    },
    Refusal(name: "id-malformed") { try $0.change("New.md", "---\ntags: [a]\ndocmost_id: 12345\n---\n\ntext\n") },
    Refusal(name: "id-twice") {
        try $0.change("New.md", "---\ndocmost_id: \(one)\ngitmost_id: \(two)\n---\n\ntext\n")
    },
    Refusal(name: "frontmatter-not-closed") { try $0.change("New.md", "---\ndocmost_id: \(one)\n\n# Title\n") },
    Refusal(name: "frontmatter-no-properties") {
        try $0.change("New.md", "---\ntags: [a]\nplain words\n---\n\ntext\n")
    },
    Refusal(name: "id-repeated") { try $0.change("New.md", "---\ndocmost_id: \(one)\ndocmost_id: \(one)\n---\n\nx\n") },
    Refusal(name: "content-utf-16") { fixture in
        try fixture.write("Wide.md", Data([0xFF, 0xFE, 0x41, 0x00, 0x0A, 0x00]))
        try fixture.commit()
    },
    Refusal(name: "id-in-two-new-files") { fixture in
        try fixture.write("New.md", "---\ndocmost_id: \(one)\n---\n\na\n")
        try fixture.write("Copy of New.md", "---\ndocmost_id: \(one)\n---\n\nb\n")
        try fixture.commit()
    },
    Refusal(name: "conflict-marker") {
        try $0.change("Home.md", "# Home\n\n<<<<<<< HEAD\nmine\n=======\ntheirs\n>>>>>>> origin/main\n")
    },
    Refusal(name: "page-too-large", driver: ["PAGE_BYTES": "2097152"]) {
        try $0.change("Huge.md", String(repeating: "0123456789abcde\n", count: 200_000))
    },
    Refusal(name: "many-findings") { fixture in
        for number in 10..<35 { try fixture.write("Page \(number).md", "---\ndocmost_id: x\(number)\n---\n") }
        try fixture.commit()
    },
    Refusal(name: "folder-page-removed") { fixture in
        try fixture.git("rm", "-q", "Guide/Guide.md")
        try fixture.commit()
    },
]

/// Refs, the lock, the surroundings.
let landingRefusals: [Refusal] = [
    Refusal(name: "branch", arguments: ["origin", "main:draft"]) { try $0.change() },
    Refusal(name: "tag", arguments: ["origin", "v1"]) { try $0.git("tag", "v1") },
    Refusal(name: "notes", arguments: ["origin", "main:refs/notes/commits"]) { try $0.change() },
    Refusal(name: "engine-ref", arguments: ["origin", "main:refs/docmost/wiki"]) { try $0.change() },
    Refusal(name: "tag-beside-main", arguments: ["origin", "main", "v1"]) { fixture in
        try fixture.change()
        try fixture.git("tag", "v1")
    },
    Refusal(name: "tag-beside-main-atomic", arguments: ["--atomic", "origin", "main", "v1"]) { fixture in
        try fixture.change()
        try fixture.git("tag", "v1")
    },
    Refusal(name: "main-deleted", arguments: ["origin", ":main"]) { _ in },
    Refusal(name: "history-rewritten", arguments: ["--force", "origin", "main"]) {
        try $0.write("Home.md", "rewritten\n")
        try $0.git("commit", "-q", "-a", "--amend", "-m", "Rewritten")
    },
    Refusal(name: "unrelated-history", arguments: ["--force", "origin", "main"]) {
        try $0.git("checkout", "-q", "--orphan", "fresh")
        try $0.commit("Fresh")
        try $0.git("branch", "-M", "main")
    },
    Refusal(name: "behind", arguments: ["origin", "main"]) { fixture in
        try fixture.export(["Wiki.md": "from the wiki\n"])
        try fixture.change()
    },
    Refusal(
        name: "too-many-deletions",
        driver: ["DELETIONS": "2"],
        files: ["A.md": "a\n", "B.md": "b\n", "C.md": "c\n"]
    ) { fixture in
        try fixture.git("rm", "-q", "A.md", "B.md", "C.md")
        try fixture.commit()
    },
    Refusal(name: "everything-deleted", driver: ["DELETIONS": "2"]) { fixture in
        try fixture.git("rm", "-q", "-r", ".")
        try fixture.commit()
    },
    Refusal(name: "space-busy", driver: ["LOCK_WAIT": "2500", "REPORT_EVERY": "1000"]) { fixture in
        try fixture.change()
        try fixture.hold()
    },
    Refusal(name: "redis-down", driver: ["REDIS": "redis://127.0.0.1:1/0"]) { try $0.change() },
    Refusal(name: "push-too-large", driver: ["PUSH_BYTES": "20000"]) { fixture in
        var generator = SystemRandomNumberGenerator()
        let noise = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        try fixture.write("noise.bin", Data(noise))
        try fixture.commit()
    },
    Refusal(name: "own-pre-receive-hook") { fixture in
        try fixture.change()
        try fixture.installHook("pre-receive", "echo 'the office is closed'; exit 1")
    },
    Refusal(name: "own-update-hook") { fixture in
        try fixture.change()
        try fixture.installHook("update", "echo \"not today: $1\"; exit 1")
    },
    Refusal(name: "own-reference-transaction-hook") { fixture in
        try fixture.change()
        try fixture.installHook("reference-transaction", "[ \"$1\" != prepared ]")
    },
]

/// Runs a script in a directory.
func runShell(_ script: String, in directory: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["--default-signal", "sh", "-c", script]
    process.environment = ProcessInfo.processInfo.environment.merging(PushFixture.identity) { $1 }
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
}
