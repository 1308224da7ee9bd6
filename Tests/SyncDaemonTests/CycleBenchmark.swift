import Base
import Cycle
import Foundation
import GitStore
import TestSupport
import Testing

@testable import SyncDaemon

/// What cycles cost on real PostgreSQL, Redis and git. Runs only when asked: `BENCHMARK_PAGES=500,5000 swift test …`.
@Suite("Benchmark of the cycle", .serialized)
struct CycleBenchmark {
    static let sizes = (ProcessInfo.processInfo.environment["BENCHMARK_PAGES"] ?? "").split(separator: ",").compactMap {
        Int($0)
    }

    /// How often an edit is measured.
    static let rounds = Int(ProcessInfo.processInfo.environment["BENCHMARK_ROUNDS"] ?? "") ?? 21

    @Test("times of the first export, idle cycles, wiki edits, pushes", .enabled(if: !sizes.isEmpty), arguments: sizes)
    func measure(pages: Int) throws {
        let isFlat = ProcessInfo.processInfo.environment["BENCHMARK_FLAT"] != nil
        let real = try RealSpace()
        try insert(pages, isFlat: isFlat, into: real)
        var report = "\(pages) pages, \(isFlat ? "flat" : "nested"):"
        report += " first export \(time { _ = real.cycle() }) ms"
        _ = real.cycle()
        report += ", idle \(median(20) { _ in time { _ = real.cycle() } }) ms"
        report += ", one wiki edit \(try median(Self.rounds) { try editInWiki(real, pages, $0) }) ms"
        let path = try pushedPath(in: real)
        report += ", one pushed edit \(try median(Self.rounds) { try editByPush(real, path, $0) }) ms"
        report += ", the same by git commit in a clone \(try gitCommit(path, in: real)) ms"
        try real.push((0..<100).map { .write(path: "Pushed \($0).md", bytes: Array("# Hello\n\nText \($0).\n".utf8)) })
        report += ", 100 pushed pages \(time { #expect(real.cycle().push.created == 100) }) ms"
        print("BENCHMARK \(report); peak memory \(peakMegabytes()) MB (tests included)")
    }

    @Test("growth of an edit's time from the first size to the last, edited in turn", .enabled(if: sizes.count > 1))
    func grow() throws {
        let isFlat = ProcessInfo.processInfo.environment["BENCHMARK_FLAT"] != nil
        let sizes = [Self.sizes[0], Self.sizes[Self.sizes.count - 1]]
        let spaces = try sizes.map { _ in try RealSpace() }
        for (real, pages) in zip(spaces, sizes) {
            try insert(pages, isFlat: isFlat, into: real)
            for _ in 0..<2 { _ = real.cycle() }
        }
        let paths = try spaces.map(pushedPath)
        var edits: [[Double]] = [[], []]
        var pushes: [[Double]] = [[], []]
        for round in 0..<Self.rounds {
            for index in 0..<2 {
                edits[index].append(try editInWiki(spaces[index], sizes[index], round))
                pushes[index].append(try editByPush(spaces[index], paths[index], round))
            }
        }
        let middle = { (times: [Double]) in times.sorted()[times.count / 2] }
        for (name, times) in [("wiki edit", edits), ("pushed edit", pushes)] {
            let (small, large) = (middle(times[0]), middle(times[1]))
            let ratio = (large / small * 100).rounded() / 100
            print("GROWTH \(sizes), \(isFlat ? "flat" : "nested"), \(name): \(small) to \(large) ms, \(ratio) times")
        }
    }

    private func editInWiki(_ real: RealSpace, _ pages: Int, _ number: Int) throws -> Double {
        try real.sample.sql(
            """
            UPDATE pages SET content = jsonb_set(content, '{content,3,content,0,text}', '"Edited \(number)."'),
              updated_at = clock_timestamp() WHERE title = 'Page \(pages / 2)'
            """
        )
        return time { _ = real.cycle() }
    }

    private func pushedPath(in real: RealSpace) throws -> String {
        let tip = try #require(real.repository.resolve("refs/heads/main"))
        return try #require(real.repository.files(of: tip).first { $0.path.hasSuffix("Page 7.md") }).path
    }

    private func editByPush(_ real: RealSpace, _ path: String, _ number: Int) throws -> Double {
        let main = try #require(real.repository.resolve("refs/heads/main"))
        let object = try ObjectReader(real.repository).object("\(main):\(path)")
        try real.push([.write(path: path, bytes: object.bytes + Array("\nPushed \(number).\n".utf8))])
        return time { #expect(real.cycle().push.updated == 1) }
    }

    /// What one edit costs a person's own git: the peer of a commit that the daemon makes.
    private func gitCommit(_ path: String, in real: RealSpace) throws -> Double {
        let directory = try TemporaryDirectory("clone")
        let clone = directory.file("clone")
        try runProgram(["git", "clone", "-q", real.repository.path, clone])
        return try median(Self.rounds) { number in
            try Data("Edited \(number).\n".utf8).write(to: URL(fileURLWithPath: "\(clone)/\(path)"))
            let who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
            return time {
                #expect(throws: Never.self) {
                    try runProgram(["git", "-C", clone] + who + ["commit", "-q", "-a", "-m", "edit"])
                }
            }
        }
    }

    private func insert(_ count: Int, isFlat: Bool, into real: RealSpace) throws {
        let blocks = (0..<15).map { number in
            number % 5 == 0
                ? #"{"type":"heading","attrs":{"level":2},"content":[{"type":"text","text":"Section \#(number)"}]}"#
                : #"{"type":"paragraph","content":[{"type":"text","text":"Some words of block \#(number), with "},{"type":"text","marks":[{"type":"bold"}],"text":"bold"},{"type":"text","text":" text in them and a full stop."}]}"#
        }
        let document = #"{"type":"doc","content":[\#(blocks.joined(separator: ","))]}"#
        let id = "('0198c6a2-7e1b-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
        // Three levels: every hundredth page a root, every tenth below it, the rest leaves below that.
        let parent =
            isFlat
            ? "NULL"
            : """
            CASE WHEN n % 100 = 0 THEN NULL WHEN n % 10 = 0
              THEN ('0198c6a2-7e1b-7000-8000-' || lpad(to_hex(n / 100 * 100), 12, '0'))::uuid
              ELSE ('0198c6a2-7e1b-7000-8000-' || lpad(to_hex(n / 10 * 10), 12, '0'))::uuid END
            """
        try real.sample.sql(
            """
            INSERT INTO pages (id, slug_id, title, content, parent_page_id, space_id, workspace_id, creator_id,
                               last_updated_by_id, position, updated_at)
            SELECT \(id), 'slug' || lpad(n::text, 6, '0'), 'Page ' || n, '\(document)'::jsonb, \(parent),
                   '\(SampleWorkspace.handbook)', '\(SampleWorkspace.workspace)', '\(SampleWorkspace.wren)',
                   '\(SampleWorkspace.wren)', 'a' || lpad(n::text, 6, '0'), now() - n * interval '1 minute'
            FROM generate_series(0, \(count - 1)) n ORDER BY n
            """
        )
        try real.sample.sql("VACUUM ANALYZE pages")
    }

    /// Milliseconds, to a tenth.
    private func time(_ body: () -> Void) -> Double {
        let start = ContinuousClock.now
        body()
        return ((ContinuousClock.now - start) / .milliseconds(1) * 10).rounded() / 10
    }

    private func median(_ count: Int, _ body: (Int) throws -> Double) rethrows -> Double {
        try (0..<count).map(body).sorted()[count / 2]
    }

    private func peakMegabytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0) / 1024
    }
}
