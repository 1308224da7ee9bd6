import Processes
import TestSupport
import Testing

@testable import GitStore

@Suite("Changing files of large trees", .serialized)
struct TreePatchTests {
    private let scratch: Scratch
    private let tip: ObjectID
    private var repository: Repository { scratch.repository }

    init() throws {
        scratch = try Scratch()
        var edits = (0..<3_000).map { Importer.Edit.write(path: "Pages/Page \($0).md", bytes: Array("\($0)\n".utf8)) }
        edits.append(.write(path: "Pages/below/Deep.md", bytes: Array("deep\n".utf8)))
        edits.append(.write(path: "Other/Small.md", bytes: Array("small\n".utf8)))
        let target = try scratch.repository.git(["hash-object", "-w", "--stdin"], input: Array("Page 1.md".utf8)).text
        let link = try #require(ObjectID(target.prefix(40)))
        edits.append(.link(path: "Pages/link.md", id: link, mode: TreeEntry.symlink))
        tip = try scratch.commit(edits)
        try scratch.repository.git(["repack", "-adq"])
    }

    private func patch(_ paths: [String]) throws -> ObjectID? {
        let reader = ObjectReader(repository)
        let blob = try #require(
            ObjectID(try repository.git(["hash-object", "-w", "--stdin"], input: [65]).text.prefix(40))
        )
        var patch = TreePatch(repository, reader)
        return try patch.store(Dictionary(uniqueKeysWithValues: paths.map { ($0, blob) }), in: reader.commit(tip).tree)
    }

    @Test("gives the tree that fast-import makes, for one file and for files in several folders")
    func isTheSameTree() throws {
        for paths in [["Pages/Page 7.md"], ["Pages/Page 2999.md", "Pages/below/Deep.md", "Other/Small.md"]] {
            let importer = try Importer(repository)
            let edits = paths.map { Importer.Edit.write(path: $0, bytes: [65]) }
            let commit = try importer.commit(
                parents: [tip],
                edits: edits,
                author: Scratch.author,
                committer: Scratch.author,
                message: "x"
            )
            let expected = try importer.tree(of: commit)
            _ = try importer.finish()
            #expect(try patch(paths) == expected)
        }
    }

    @Test("is not for small folders, new files, folders, links, or names that begin like a file's")
    func declines() throws {
        let others = [
            "Other/Small.md", "Pages/New.md", "Pages/below", "Pages/link.md", "Pages/Page 7.m", "Pages/Page 7.md/x.md",
            "Nowhere/Page 7.md",
        ]
        for path in others { #expect(try patch([path]) == nil, "\(path)") }
        #expect(try patch(["Pages/Page 7.md", "Pages/New.md"]) == nil)
        let loose = try repository.git(["count-objects"]).text
        #expect(loose.hasPrefix("1 objects"), "only the blob of this test was stored: \(loose)")
    }

    @Test("a commit with such a tree has its parents and passes git's strictest check")
    func commitsPass() throws {
        let tree = try #require(try patch(["Pages/Page 7.md"]))
        let commit = try scratch.commit([.root(tree: tree)], parent: tip)
        #expect(try ObjectReader(repository).commit(commit).parents == [tip])
        try repository.git(["fsck", "--strict", "--no-dangling"])
        #expect(try repository.changes(from: tip, to: commit).map(\.path) == ["Pages/Page 7.md"])
    }
}
