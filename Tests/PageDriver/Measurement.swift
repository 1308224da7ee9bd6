import Base
import Collab
import Foundation
import PageStore
import PageWriter
import Postgres
import ProseMirror
import TestSupport

extension PageDriver {
    /// Writes one word into a page of 30 KB again and again, closed and open, and prints the times.
    static func measure(count: Int) throws {
        let sample = try SampleWorkspace()
        let redis = try RedisServer()
        let writer = try makeWriter(database: sample.databaseURL, redis: redis.url)
        guard let space = SpaceID(SampleWorkspace.handbook), let user = UserID(SampleWorkspace.wren) else { return }
        let page = PageID.fresh()
        let words = String(repeating: "some words of a page that is long enough ", count: 7)
        let paragraphs = (0..<100).map { Node("paragraph", content: [.text("\($0): \(words)")]) }
        let body = try writer.newBody(Node("doc", content: paragraphs))
        let new = NewPage(id: page, space: space, parent: nil, title: "Long", creator: user, body: body)
        _ = try writer.store.create(new)
        print("page: \(body.content.count) bytes of JSON, \(body.ydoc.count) bytes of Yjs state")

        func run(_ name: String) throws {
            var times: [Double] = []
            for number in 0..<count {
                let start = DispatchTime.now().uptimeNanoseconds
                let outcome = writer.write(page, in: space, by: user) { current in
                    var changed = current.document
                    let target = (number * 37) % paragraphs.count
                    changed.content?[target].content = [.text("\(target): \(words) edit \(number)")]
                    return changed
                }
                times.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6)
                guard case .written = outcome else { throw ServerFailure("\(outcome)") }
            }
            times.sort()
            let p50 = times[times.count / 2]
            let p99 = times[min(times.count - 1, times.count * 99 / 100)]
            print(name, "p50", String(format: "%.1f ms", p50), "p99", String(format: "%.1f ms", p99), "of", count)
        }
        try run("closed page, no server")
        let server = try CollabServer(redis: redis, databaseURL: sample.databaseURL, debounce: 10)
        try run("closed page, one server")
        let browsers = try Browsers(redis: redis)
        try browsers.open("ada", page: page.description, on: server, as: SampleWorkspace.ada)
        try run("open page (the server is the Python stand-in)")
    }

    /// Looks at a large space as the daemon does: the probe of every two seconds, the listing, the bodies.
    static func measureProbe(pages: Int) throws {
        let sample = try SampleWorkspace()
        guard let space = SpaceID(SampleWorkspace.handbook) else { return }
        let words = String(repeating: "some words of a page ", count: 100)
        try sample.sql(
            """
            INSERT INTO pages (slug_id, title, content, ydoc, text_content, space_id, workspace_id, creator_id, position)
            SELECT 'slug' || n, 'Page ' || n,
                   jsonb_build_object('type', 'doc', 'content', jsonb_build_array(
                     jsonb_build_object('type', 'paragraph', 'text', md5(n::text) || '\(words)'))),
                   decode(md5(n::text) || repeat('00ff', 1000), 'hex'), '',
                   '\(SampleWorkspace.handbook)', '\(SampleWorkspace.workspace)', '\(SampleWorkspace.ada)', 'a' || n
            FROM generate_series(1, \(pages)) n;
            ANALYZE pages;
            """
        )
        let store = PageStore(try PostgresConnection(url: sample.databaseURL))
        func time(_ name: String, _ body: () throws -> Int) throws {
            var best = Double.infinity
            var count = 0
            for _ in 0..<5 {
                let start = DispatchTime.now().uptimeNanoseconds
                count = try body()
                best = min(best, Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6)
            }
            print(name, String(format: "%.1f ms", best), "for", count)
        }
        try time("fingerprint of one space") { try store.fingerprints(of: [space]).count }
        try time("listing of its pages") { try store.listing(of: space).count }
        let ids = try store.listing(of: space).prefix(1000).map(\.id)
        try time("bodies of pages") { try store.contents(of: ids, in: space).count }
    }
}
