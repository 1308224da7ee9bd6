import Base
import Foundation
import GitStore
import TestSupport
import Testing

/// Hooks that people have installed in a repository go on working.
@Suite struct HookChainTests {
    /// A hook that notes its arguments and its input.
    private func recorder(_ fixture: PushFixture, _ kind: String) throws -> String {
        let path = fixture.directory.file("ran-\(kind)")
        try fixture.installHook(kind, "echo \"$#: $*\" >> \(path); cat >> \(path); echo \"hello from \(kind)\"")
        return path
    }

    private func read(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    @Test func everyKindRunsWithTheArgumentsAndInputThatGitGives() throws {
        let fixture = try PushFixture()
        let old = try #require(fixture.main)
        var paths: [String: String] = [:]
        for kind in ["pre-receive", "update", "post-receive", "post-update"] {
            paths[kind] = try recorder(fixture, kind)
        }
        let new = try #require(try fixture.change())
        let push = try fixture.push()
        #expect(push.isAccepted, "\(push.output)")
        #expect(read(paths["pre-receive"] ?? "") == "0: \n\(old) \(new) refs/heads/main\n")
        #expect(read(paths["update"] ?? "") == "3: refs/heads/main \(old) \(new)\n")
        #expect(read(paths["post-receive"] ?? "") == "0: \n\(old) \(new) refs/heads/main\n")
        #expect(read(paths["post-update"] ?? "") == "1: refs/heads/main\n")
        for kind in paths.keys { #expect(push.output.contains("remote: hello from \(kind)"), "\(kind)") }
    }

    @Test func theReferenceTransactionHookSeesMainAndItsRecord() throws {
        let fixture = try PushFixture()
        let path = try recorder(fixture, "reference-transaction")
        let new = try #require(try fixture.change())
        #expect(try fixture.push().isAccepted)
        let seen = read(path)
        #expect(seen.contains("1: committed"))
        #expect(seen.contains("\(new) refs/heads/main"))
        #expect(seen.contains("refs/docmost/pushed"))
    }

    @Test func hooksThatAreNotExecutableOrOnlySamplesDoNotRun() throws {
        let fixture = try PushFixture()
        try fixture.installHook("pre-receive.sample", "exit 1")
        try fixture.installHook("pre-receive", "exit 1")
        let path = "\(fixture.repository.path)/hooks/pre-receive"
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        try fixture.change()
        #expect(try fixture.push().isAccepted)
    }

    @Test func aHookThatDoesNotReadItsInputIsNoProblem() throws {
        let fixture = try PushFixture()
        try fixture.installHook("pre-receive", "exec 0<&-; exit 0")
        try fixture.change()
        #expect(try fixture.push().isAccepted)
    }

    @Test func aHookThatStaysInTheBackgroundDoesNotHoldThePush() throws {
        let fixture = try PushFixture()
        try fixture.installHook("post-receive", "( sleep 20 ) </dev/null >/dev/null 2>&1 &")
        try fixture.change()
        let before = MonotonicClock.milliseconds()
        #expect(try fixture.push().isAccepted)
        #expect(MonotonicClock.milliseconds() - before < 10_000)
    }

    @Test func aDryRunRunsNoHookThatBelievesInAPush() throws {
        let fixture = try PushFixture()
        let path = try recorder(fixture, "post-receive")
        let update = try recorder(fixture, "update")
        try fixture.change()
        #expect(try fixture.push(["-o", "dry-run", "origin", "main"]).isAccepted)
        #expect(read(path).isEmpty && read(update).isEmpty)
    }

    @Test func hooksGetThePushOptions() throws {
        let fixture = try PushFixture()
        let path = fixture.directory.file("options")
        try fixture.installHook("pre-receive", "echo \"$GIT_PUSH_OPTION_COUNT $GIT_PUSH_OPTION_0\" > \(path)")
        try fixture.change()
        _ = try fixture.push(["-o", "allow-deletes", "origin", "main"])
        #expect(read(path) == "1 allow-deletes\n")
    }

    @Test func hooksSeeNoSecretAndNoLineToTheServer() throws {
        let fixture = try PushFixture()
        let path = fixture.directory.file("environment")
        try fixture.installHook("pre-receive", "env > \(path); ls /proc/self/fd >> \(path)")
        try fixture.change()
        _ = try fixture.push(driver: ["SECRET": "do not show"])
        let seen = read(path)
        #expect(!seen.contains("DRIVER_") && !seen.contains("DOCMOST_GIT_HOOK_FD"))
        // Standard streams, and the descriptor that ls itself opens.
        #expect(seen.split(separator: "\n").suffix(4) == ["0", "1", "2", "3"])
    }

    @Test func theHookProgramRefusesToRunByItself() throws {
        let result = try runProgramResult([try builtProduct("docmost-git-hook")])
        #expect(result.status == 1 && result.output.contains("not started by docmost-git"))
    }
}
