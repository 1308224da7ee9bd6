import Base
import Foundation
import GitStore
import TestSupport
import Vault

/// A data directory with its vault.
struct VaultFixture {
    let directory: TemporaryDirectory
    let vault: Vault
    let space = SpaceID.fresh()

    init(options: VaultOptions? = nil) throws {
        directory = try TemporaryDirectory("dg-vault")
        vault = Vault(dataDirectory: directory.path, options: options)
    }

    /// The vault as another process would see it.
    func again() -> Vault { Vault(dataDirectory: directory.path) }

    var repository: Repository { vault.repository(for: space) }

    /// git on the repository, by the plain program.
    @discardableResult
    func git(_ arguments: String...) throws -> String {
        try runProgram(["git", "--git-dir=\(repository.path)"] + arguments, environment: identity)
            .trimmingCharacters(in: .newlines)
    }

    func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
    }

    func write(_ path: String, _ text: String) throws {
        let parent = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// A commit of one file on main, by plumbing, so that the repository is as after its first export.
    @discardableResult
    func export(_ name: String = "Page.md", _ text: String = "Hello\n") throws -> ObjectID {
        try export([name: text])
    }

    @discardableResult
    func export(_ files: [String: String]) throws -> ObjectID {
        let importer = try Importer(repository)
        let commit = try importer.commit(
            parents: repository.resolve("refs/heads/main").map { [$0] } ?? [],
            edits: files.sorted { $0.key < $1.key }.map { .write(path: $0.key, bytes: Array($0.value.utf8)) },
            author: Signature(name: "Ann", email: "ann@example.org", seconds: 1_700_000_000),
            committer: Signature(name: "docmost-git", email: "x@example.org", seconds: 1_700_000_000),
            message: "Export"
        )
        _ = try importer.finish()
        var moves = RefTransaction()
        moves.update("refs/heads/main", from: repository.resolve("refs/heads/main"), to: commit)
        moves.update("refs/docmost/wiki", from: repository.resolve("refs/docmost/wiki"), to: commit)
        try moves.commit(in: repository, reason: "test")
        return commit
    }
}

let identity = [
    "GIT_AUTHOR_NAME": "Test", "GIT_AUTHOR_EMAIL": "t@example.org", "GIT_COMMITTER_NAME": "Test",
    "GIT_COMMITTER_EMAIL": "t@example.org", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
]
