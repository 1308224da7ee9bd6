import Foundation
import TestSupport
import Testing

/// Whoever may not know of a space learns nothing about it, not even from the clock.
@Suite("Spaces that are hidden", .serialized)
struct HiddenSpaceTests {
    /// Somebody else's space, one that is not opted in, and one that nobody has: by id, and by name.
    private static let hidden = [
        [SampleWorkspace.handbook, SampleWorkspace.privateSpace, "0198c6a2-0000-7000-8000-0000000000ff"],
        ["handbook", "private", "nowhere"],
    ]

    private static let outsider = (user: "otto", password: SampleWorkspace.password)

    @Test("The same work is done for each of them: as many statements, as many hashes, nothing on disk")
    func work() throws {
        let site = try Site(.nginxStream, workers: 1)
        try site.makeRepository()
        let database = try #require(site.workspace.databaseURL.split(separator: "/").last?.split(separator: "?").first)
        try site.workspace.sql("ALTER DATABASE \(database) SET log_statement = 'all'")
        try site.restartResponder()
        // The statement is prepared, the schema read and the password remembered.
        #expect(try site.advertisement("upload-pack", space: "nowhere", login: Self.outsider).status == 404)
        var costs: [[String: Int]] = []
        for space in Self.hidden.joined() {
            let before = try statements(of: database)
            let lines = site.accessLines
            #expect(try site.advertisement("upload-pack", space: space, login: Self.outsider).status == 404)
            try waitUntil("the request is logged") { site.accessLines.count == lines.count + 1 }
            let line = try #require(site.accessLines.last)
            costs.append([
                "statements": try statements(of: database) - before,
                "hashes": line.contains("\"login\":\"remembered\"") ? 0 : 1,
                "children": line.contains("child_cpu_us") ? 1 : 0,
            ])
        }
        #expect(costs.allSatisfy { $0 == ["statements": 1, "hashes": 0, "children": 0] }, "\(costs)")
    }

    // Interleaved, so that whatever else the machine does falls on all of them alike.
    @Test("The clock tells nothing either", .enabled(if: FullSizes.isOn))
    func time() throws {
        let site = try Site(.nginxStream, workers: 1)
        try site.makeRepository()
        for attempt in 1...3 {
            var spread = 0.0
            for spaces in Self.hidden {
                let medians = try medians(spaces, at: site)
                spread = max(spread, ((medians.max() ?? 0) - (medians.min() ?? 0)) / (medians.min() ?? 1))
                let list = medians.map { String(format: "%.3f", $0) }.joined(separator: ", ")
                proof("hidden spaces, foreign, switched off, unknown: medians of 400 answers \(list) ms")
            }
            if spread < 0.03 { return }
            #expect(attempt < 3, "apart by \(spread) three times")
        }
    }

    private func medians(_ spaces: [String], at site: Site) throws -> [Double] {
        var times = [[Double]](repeating: [], count: spaces.count)
        for _ in 0..<400 {
            for (number, space) in spaces.enumerated() { times[number].append(try answerTime(site, space)) }
        }
        return times.map { $0.sorted()[$0.count / 2] }
    }

    private func statements(of database: Substring) throws -> Int {
        try PostgresServer.shared().log.split(separator: "\n")
            .filter { $0.hasPrefix("\(database) ") && ($0.contains("statement: ") || $0.contains("execute ")) }.count
    }

    /// Milliseconds from the last byte of a request to the first of its answer.
    private func answerTime(_ site: Site, _ space: String) throws -> Double {
        let client = try RawClient(port: site.web.port)
        let login = Data("otto@example.org:\(SampleWorkspace.password)".utf8).base64EncodedString()
        let start = ContinuousClock.now
        client.send(
            """
            GET /git/\(space).git/info/refs?service=git-upload-pack HTTP/1.1\r
            Host: 127.0.0.1\r
            Connection: close\r
            Authorization: Basic \(login)\r
            \r

            """
        )
        #expect(String(decoding: client.receive(atMost: 4096).prefix(12), as: UTF8.self) == "HTTP/1.1 404")
        return (ContinuousClock.now - start) / .microseconds(1) / 1000
    }
}

extension Site {
    /// The responder's lines about requests.
    var accessLines: [Substring] { (responder?.log ?? "").split(separator: "\n").filter { $0.contains("\"login\"") } }
}
