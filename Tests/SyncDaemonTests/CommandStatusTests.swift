import Foundation
import TestSupport
import Testing

/// What scripts and service managers go by.
@Suite("The statuses that commands end with")
struct CommandStatusTests {
    private func sync(_ words: [String], settings: [String: String] = [:]) throws -> (status: Int32, output: String) {
        let assignments = settings.map { "\($0.key)=\($0.value)" }
        return try runProgramResult(["env", "-i"] + assignments + [try builtProduct("docmost-git-sync")] + words)
    }

    @Test(
        "what is not understood ends with 64",
        arguments: [
            ["nonsense"], ["once", "--nonsense"], ["spaces", "enable"], ["purge"], ["convert", "--to", "word"],
        ]
    )
    func usage(words: [String]) throws {
        let result = try sync(words)
        #expect(result.status == 64, "\(result)")
    }

    @Test(
        "settings that are missing end with 78 and one line that names them",
        arguments: [["once"], ["status"], ["spaces", "list"], ["deletes", "list", "handbook"]]
    )
    func settings(words: [String]) throws {
        let result = try sync(words)
        #expect(result.status == 78, "\(result)")
        #expect(result.output.contains("DATABASE_URL"), "\(result)")
        #expect(result.output.split(separator: "\n").count == 1, "\(result)")
    }

    @Test("a server that does not answer ends with 1 and one line without the password")
    func unreachable() throws {
        let settings = [
            "DATABASE_URL": "postgresql://u:hush@127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1",
            "GIT_SYNC_ENABLED": "true",
        ]
        for words in [["once"], ["status"], ["spaces", "list"]] {
            let result = try sync(words, settings: settings)
            #expect(result.status == 1, "\(words): \(result)")
            #expect(!result.output.contains("hush"), "\(words): \(result)")
        }
    }
}
