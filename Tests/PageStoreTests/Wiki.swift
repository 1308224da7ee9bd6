import Base
import JSON
import PageStore
import Postgres
import ProseMirror
import TestSupport
import Testing

/// A small wiki in a database of its own, with the store on it.
struct Wiki {
    let sample: SampleWorkspace
    let connection: PostgresConnection
    let store: PageStore
    let space: SpaceID
    let ada: UserID
    let wren: UserID

    init(_ variant: PostgresServer.Variant = .upstream) throws {
        sample = try SampleWorkspace(variant)
        connection = try PostgresConnection(url: sample.databaseURL)
        store = PageStore(connection)
        space = try #require(SpaceID(SampleWorkspace.handbook))
        ada = try #require(UserID(SampleWorkspace.ada))
        wren = try #require(UserID(SampleWorkspace.wren))
    }

    /// Makes a page of one paragraph and returns its id.
    @discardableResult
    func page(_ title: String, under parent: PageID? = nil, text: String? = nil) throws -> PageID {
        let id = PageID.fresh()
        let body = text.map { Self.body($0) }
        let new = NewPage(id: id, space: space, parent: parent, title: title, creator: ada, body: body)
        #expect(try store.create(new) == .created)
        return id
    }

    static func body(_ text: String) -> PageBody {
        let document = Node("doc", content: [Node("paragraph", content: [.text(text)])])
        return PageBody(
            content: document.json.bytes(),
            ydoc: Array("state of \(text)".utf8),
            text: PlainText.of(document),
            references: PageReferences(of: document)
        )
    }

    func row(_ page: PageID) throws -> PageRow {
        try #require(try store.listing(of: space).first { $0.id == page })
    }
}
