import Foundation
import GitStore
import TestSupport
import Testing

/// A bare repository that goes with the test.
struct Scratch {
    let directory: TemporaryDirectory
    let repository: Repository

    init() throws {
        directory = try TemporaryDirectory()
        repository = Repository(path: directory.file("space.git"))
        try runProgram(["git", "init", "-q", "--bare", "-b", "main", repository.path])
    }

    static let author = Signature(name: "Ada", email: "ada@example.org", seconds: 1_700_000_000)

    /// One commit with the given edits on top of `parent`; moves `main` to it.
    @discardableResult
    func commit(_ edits: [Importer.Edit], parent: ObjectID? = nil, message: String = "change") throws -> ObjectID {
        let importer = try Importer(repository)
        let id = try importer.commit(
            parents: parent.map { [$0] } ?? [],
            edits: edits,
            author: Self.author,
            committer: Self.author,
            message: message
        )
        var transaction = RefTransaction()
        transaction.update("refs/heads/main", from: parent, to: id)
        for ref in try importer.finish() { transaction.delete(ref) }
        try transaction.commit(in: repository, reason: "test")
        return id
    }
}

@Suite("The object store")
struct GitStoreTests {
    @Test("a commit is written, read back and listed")
    func roundTrip() throws {
        let scratch = try Scratch()
        let id = try scratch.commit([
            .write(path: "Страница.md", bytes: Array("один\n".utf8)), .write(path: "a \"b\" \\c.md", bytes: []),
        ])
        let reader = ObjectReader(scratch.repository)
        let commit = try reader.commit(id)
        #expect(commit.parents.isEmpty)
        #expect(commit.author == "Ada <ada@example.org> 1700000000 +0000")
        let files = try scratch.repository.files(of: id)
        #expect(files.map(\.path) == ["a \"b\" \\c.md", "Страница.md"])
        #expect(try reader.blob(files[1].id) == Array("один\n".utf8))
        #expect(try scratch.repository.refs(under: "refs/docmost/").isEmpty)
    }

    @Test("edits apply to the parent's tree: write, delete; a file that moved is seen as renamed")
    func edits() throws {
        let scratch = try Scratch()
        let first = try scratch.commit([
            .write(path: "a.md", bytes: [1]), .write(path: "b.md", bytes: [2]), .write(path: "d/c.md", bytes: [3]),
        ])
        let second = try scratch.commit(
            [
                .delete(path: "d/c.md"), .write(path: "e/c.md", bytes: [3]), .delete(path: "b.md"),
                .write(path: "a.md", bytes: [9]),
            ],
            parent: first
        )
        #expect(try scratch.repository.files(of: second).map(\.path) == ["a.md", "e/c.md"])
        let changes = try scratch.repository.changes(from: first, to: second, renames: true)
        #expect(
            Set(changes.map { "\($0.status.rawValue) \($0.oldPath) \($0.path)" }) == [
                "M a.md a.md", "D b.md b.md", "R d/c.md e/c.md",
            ]
        )
    }

    @Test("refs are read without a process, loose, packed and through HEAD")
    func resolve() throws {
        let scratch = try Scratch()
        #expect(scratch.repository.resolve("refs/heads/main") == nil)
        let id = try scratch.commit([.write(path: "a.md", bytes: [])])
        #expect(scratch.repository.resolve("refs/heads/main") == id)
        #expect(scratch.repository.resolve("HEAD") == id)
        try scratch.repository.git(["pack-refs", "--all"])
        #expect(scratch.repository.resolve("refs/heads/main") == id)
    }

    /// Such files only a damaged disk or a careless hand makes; they were followed until the stack was used up.
    @Test("a ref that leads round in a circle leads nowhere")
    func circularRef() throws {
        let scratch = try Scratch()
        let main = "\(scratch.repository.path)/refs/heads/main"
        try "ref: HEAD\n".write(toFile: main, atomically: true, encoding: .utf8)
        #expect(scratch.repository.resolve("HEAD") == nil)
        #expect(scratch.repository.resolve("refs/heads/main") == nil)
    }

    @Test("a transaction with one stale expectation moves nothing")
    func compareAndSwap() throws {
        let scratch = try Scratch()
        let first = try scratch.commit([.write(path: "a.md", bytes: [1])])
        let second = try scratch.commit([.write(path: "a.md", bytes: [2])], parent: first)
        var transaction = RefTransaction()
        transaction.update("refs/docmost/wiki", from: nil, to: second)
        transaction.update("refs/heads/main", from: first, to: second)
        #expect { try transaction.commit(in: scratch.repository, reason: "stale") } throws: {
            ($0 as? GitError)?.code == .refMoved
        }
        #expect(scratch.repository.resolve("refs/docmost/wiki") == nil)
    }

    @Test("thousands of objects pass through one process, missing ones as nil")
    func many() throws {
        let scratch = try Scratch()
        let edits = (0..<3000).map { index in
            Importer.Edit.write(path: "p\(index).md", bytes: Array(repeating: UInt8(index & 255), count: index))
        }
        let files = try scratch.repository.files(of: try scratch.commit(edits))
        let reader = ObjectReader(scratch.repository)
        var sizes = 0
        var missing = 0
        try reader.objects(files.map { "\($0.id)" } + ["no-such-object"]) { _, object in
            sizes += object?.bytes.count ?? 0
            missing += object == nil ? 1 : 0
        }
        #expect(sizes == (0..<3000).reduce(0, +))
        #expect(missing == 1)
    }

    @Test(
        "names of people never break a commit",
        arguments: [
            "", "<>", "Eve <eve@evil>\nauthor x", "\u{0}", "...", "José \"O'Neil\"",
            String(repeating: "x", count: 500), "😀",
            // One character.
            "e" + String(repeating: "\u{301}", count: 100_000),
        ]
    )
    func hostileNames(name: String) throws {
        let scratch = try Scratch()
        let importer = try Importer(scratch.repository)
        let signature = Signature(name: name, email: name, seconds: -5)
        #expect(signature.text.utf8.count < 2_000)
        let id = try importer.commit(
            parents: [],
            edits: [],
            author: signature,
            committer: signature,
            message: name + "\n\nauthor: nobody"
        )
        _ = try importer.finish()
        try scratch.repository.git(["fsck", "--strict", "--no-dangling"])
        #expect(try ObjectReader(scratch.repository).commit(id).author.hasSuffix(" 0 +0000"))
    }

    @Test("what a killed import leaves behind is dropped")
    func leftovers() throws {
        let scratch = try Scratch()
        let importer = try Importer(scratch.repository)
        _ = try importer.commit(
            parents: [],
            edits: [],
            author: Scratch.author,
            committer: Scratch.author,
            message: "lost"
        )
        _ = try importer.finish()
        #expect(try scratch.repository.refs(under: Importer.refPrefix).count == 1)
        try scratch.repository.removeImportRefs()
        #expect(try scratch.repository.refs(under: "refs/").isEmpty)
    }

    @Test("ancestry")
    func ancestry() throws {
        let scratch = try Scratch()
        let first = try scratch.commit([.write(path: "a", bytes: [1])])
        let second = try scratch.commit([.write(path: "a", bytes: [2])], parent: first)
        #expect(try scratch.repository.isAncestor(first, of: second))
        #expect(try !scratch.repository.isAncestor(second, of: first))
    }
}
