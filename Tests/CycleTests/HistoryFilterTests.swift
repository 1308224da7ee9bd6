import GitStore
import Processes
import SyncStage
import Testing

@testable import Cycle

@Suite("The stream that a purge rewrites")
struct HistoryFilterTests {
    /// git spells them \a, \b and so on, and all other odd bytes as octal numbers. Five of the letters were read as
    /// themselves: a purge passed over such a file.
    @Test("paths are read as git quotes them, whatever characters they have")
    func quotedPaths() throws {
        let bench = try Bench()
        let controls = (1...31).compactMap { Unicode.Scalar(UInt32($0)) }.map(String.init).joined()
        let name = "a\(controls)b\"c\\d é\u{7F}.md"
        let importer = try Importer(bench.repository)
        let robot = Signature(name: "r", email: "r@example.org", seconds: 1)
        _ = try importer.commit(
            parents: [],
            edits: [.write(path: name, bytes: [65])],
            author: robot,
            committer: robot,
            message: "odd"
        )
        let ref = try #require(try importer.finish().first)
        let stream = try bench.repository.git(["fast-export", "--no-data", "--show-original-ids", ref]).output
        let tip = try #require(bench.repository.resolve(ref))
        let file = try #require(bench.repository.files(of: tip).first)
        let version = HistoryFilter.Version(path: Array(name.utf8), id: file.id)
        let filtered = HistoryFilter(ref: "refs/new", versions: [version]).apply(to: stream)
        #expect(filtered.changed == 1 && filtered.holders == [tip])
        try bench.repository.git(["fast-import", "--quiet", "--date-format=raw"], input: filtered.stream)
        #expect(try bench.repository.files(of: #require(bench.repository.resolve("refs/new"))).isEmpty)
    }
}
