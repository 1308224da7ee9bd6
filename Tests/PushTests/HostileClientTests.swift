import Base
import Foundation
import GitStore
import PushProtocol
import TestSupport
import Testing

/// Clients that do not keep to git's rules.
@Suite struct HostileClientTests {
    /// Speaks the push protocol by hand: one command with any old value, then the objects.
    private func push(
        _ fixture: PushFixture,
        old: ObjectID?,
        new: ObjectID,
        ref: String = "refs/heads/main"
    ) throws -> String {
        let command = "\(old ?? .zero) \(new) \(ref)\0report-status side-band-64k"
        let digits = String(command.utf8.count + 4, radix: 16)
        let packet = String(repeating: "0", count: 4 - digits.count) + digits
        let printable = (packet + command).replacingOccurrences(of: "\0", with: "\\000")
        let script = """
            { printf '\(printable)'; printf '0000'; \
              echo \(new) | git pack-objects -q --revs --stdout; } | '\(try builtProduct("PushDriver"))' git-receive-pack
            """
        let environment = try fixture.environment([:], outcome: fixture.directory.file("outcome"))
        return try runProgramResult(["sh", "-c", script], environment: environment, directory: fixture.clone).output
    }

    @Test func aFalseOldValueDoesNotGetAroundTheChecks() throws {
        let fixture = try PushFixture()
        let before = fixture.main
        let new = try #require(try fixture.change("Home.md", "<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n"))
        for old in [new, before, nil, ObjectID("1234567890123456789012345678901234567890")] {
            let output = try push(fixture, old: old, new: new)
            #expect(output.contains("a conflict of a merge is not resolved"), "\(output)")
            #expect(fixture.main == before)
        }
        #expect(try fixture.journal.pending().isEmpty)
    }

    @Test func aFalseOldValueDoesNotMakeARewriteAFastForward() throws {
        let fixture = try PushFixture()
        let before = fixture.main
        try fixture.write("Home.md", "rewritten\n")
        try fixture.git("commit", "-q", "-a", "--amend", "-m", "Rewritten")
        let new = try #require(ObjectID(try fixture.git("rev-parse", "HEAD")))
        for old in [new, before, nil] {
            #expect(try push(fixture, old: old, new: new).contains("ng refs/heads/main"))
            #expect(fixture.main == before)
        }
    }

    @Test func aBlobOrATreeIsNoMain() throws {
        let fixture = try PushFixture()
        let before = fixture.main
        for name in ["HEAD^{tree}", "HEAD:Home.md"] {
            let id = try #require(ObjectID(try fixture.git("rev-parse", name)))
            let output = try push(fixture, old: before, new: id)
            #expect(fixture.main == before, "\(output)")
        }
        #expect(try fixture.journal.pending().isEmpty)
    }

    @Test(arguments: ["refs/heads/main/x", "refs/heads/../../config", "HEAD", "refs/heads/ma in", "main"])
    func oddRefsAreRefused(_ ref: String) throws {
        let fixture = try PushFixture()
        let before = fixture.main
        let new = try #require(try fixture.change())
        _ = try push(fixture, old: nil, new: new, ref: ref)
        #expect(fixture.main == before)
        #expect(try fixture.repository.refs(under: "refs/heads/").map(\.name) == ["refs/heads/main"])
    }
}
