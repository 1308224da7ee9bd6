import Base
import Collab
import Foundation
import JSON
import PageStore
import PageWriter
import Postgres
import ProseMirror
import TestSupport
import Testing
import YDoc

/// A wiki with one page, Redis of its own, and a writer; a collaboration server and browsers where a test needs them.
struct WriterWiki {
    let sample: SampleWorkspace
    let redis: RedisServer
    let writer: PageWriter
    let page: PageID
    let space: SpaceID
    let ada: UserID
    let wren: UserID

    /// - Parameter paragraphs: of the page, which is made as the product makes pages; none leaves it empty.
    init(_ variant: PostgresServer.Variant = .upstream, paragraphs: [String] = ["alpha", "beta"]) throws {
        try self.init(SampleWorkspace(variant), RedisServer(), paragraphs: paragraphs)
    }

    /// A page in a workspace that others use too.
    init(_ sample: SampleWorkspace, _ redis: RedisServer, paragraphs: [String]) throws {
        self.sample = sample
        self.redis = redis
        page = .fresh()
        space = try #require(SpaceID(SampleWorkspace.handbook))
        ada = try #require(UserID(SampleWorkspace.ada))
        wren = try #require(UserID(SampleWorkspace.wren))
        writer = try Self.writer(sample, redis)
        let body = paragraphs.isEmpty ? nil : try writer.newBody(Self.document(paragraphs))
        let new = NewPage(id: page, space: space, parent: nil, title: "One", creator: ada, body: body)
        #expect(try writer.store.create(new) == .created)
    }

    /// Another writer, as another thread or process would have it.
    static func writer(_ sample: SampleWorkspace, _ redis: RedisServer) throws -> PageWriter {
        var settings = CollabSettings(secret: Secret(CollabServer.secret))
        settings.settleSeconds = 0
        // The machine may be busy: no answer in time must mean a server that hangs.
        settings.probeMilliseconds = 20_000
        settings.stepMilliseconds = 20_000
        return PageWriter(
            store: PageStore(try PostgresConnection(url: sample.databaseURL)),
            collab: try Collab(redisURL: redis.url, settings: settings)
        )
    }

    static func document(_ paragraphs: [String]) -> Node {
        Node("doc", content: paragraphs.map { Node("paragraph", content: $0.isEmpty ? nil : [.text($0)]) })
    }

    func server(
        _ generation: CollabServer.Generation = .head,
        debounce: Double = 0.2,
        options: [String] = []
    ) throws -> CollabServer {
        try CollabServer(
            redis: redis,
            databaseURL: sample.databaseURL,
            generation: generation,
            debounce: debounce,
            options: options
        )
    }

    /// Writes what `change` makes of the paragraphs' texts, by position in the text, as a merge would.
    @discardableResult
    func write(
        with other: PageWriter? = nil,
        by actor: UserID? = nil,
        _ change: (Node) -> Node
    ) throws -> WriteOutcome {
        (other ?? writer).write(page, in: space, by: actor ?? wren) { current in change(current.document) }
    }

    /// Appends a paragraph.
    @discardableResult
    func append(_ text: String, with other: PageWriter? = nil) throws -> WriteOutcome {
        try write(with: other) { document in
            var changed = document
            changed.content = document.children + [Node("paragraph", content: [.text(text)])]
            return changed
        }
    }

    /// The row's texts, block by block.
    func rowTexts() throws -> [String] {
        let content = try #require(try writer.store.content(of: page)?.content)
        return Self.texts(try Node(parsing: content))
    }

    func rowState() throws -> YDoc {
        try YDoc(decoding: try #require(try writer.store.content(of: page)?.ydoc))
    }

    static func texts(_ document: Node) -> [String] {
        document.children.map { block in block.children.compactMap(\.text).joined() }
    }

    static func texts(json: String) throws -> [String] { texts(try Node(parsing: Array(json.utf8))) }
}

extension WriteOutcome {
    /// The write, if it was one.
    var written: Written? { if case .written(let written) = self { written } else { nil } }
    var isUnchanged: Bool { if case .unchanged = self { true } else { false } }
    var pendingReason: String? { if case .pending(let reason) = self { reason } else { nil } }
    var refusal: String? { if case .refused(let reason) = self { reason } else { nil } }
}

/// A program that is built beside the tests.
func productPath(_ name: String) throws -> String {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent(name).path
}
