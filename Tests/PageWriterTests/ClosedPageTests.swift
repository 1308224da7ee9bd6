import Base
import JSON
import PageStore
import PageWriter
import ProseMirror
import TestSupport
import Testing
import YDoc

@Suite(.serialized)
struct ClosedPageTests {
    @Test("a closed page is written row and state together", arguments: PostgresServer.Variant.allCases)
    func closed(variant: PostgresServer.Variant) throws {
        let wiki = try WriterWiki(variant)
        let before = try wiki.rowState()
        let written = try #require(try wiki.append("gamma").written)
        #expect(WriterWiki.texts(written.document) == ["alpha", "beta", "gamma"])
        #expect(try wiki.rowTexts() == ["alpha", "beta", "gamma"])
        let after = try wiki.rowState()
        #expect(WriterWiki.texts(after.document()) == ["alpha", "beta", "gamma"])
        #expect(after.contains(client: written.client, clock: written.clock))
        #expect(!before.contains(client: written.client, clock: written.clock))
        let row = try wiki.sample.sql(
            """
            SELECT text_content, last_updated_by_id, contributor_ids, updated_at = date_trunc('milliseconds', updated_at)
            FROM pages WHERE id = '\(wiki.page)'
            """
        )
        #expect(row == "alpha\n\nbeta\n\ngamma|\(wiki.wren)|{\(wiki.wren),\(wiki.ada)}|t")
        #expect(try wiki.sample.sql("SELECT count(*) FROM page_history") == "2")
        #expect(try wiki.redis.command("EXISTS", "collabLock:page.\(wiki.page)") == "0")
    }

    @Test("the same target again changes nothing, not even the time")
    func idempotent() throws {
        let wiki = try WriterWiki()
        let first = try #require(try wiki.append("gamma").written)
        let document = first.document
        guard case .unchanged(_, let updatedAt) = try wiki.write({ _ in document }) else {
            Issue.record("written again")
            return
        }
        #expect(updatedAt == first.updatedAt)
        #expect(try wiki.sample.sql("SELECT count(*) FROM page_history") == "2")
    }

    @Test("a page nobody has written in, and one with JSON but no state, get a state")
    func withoutState() throws {
        let empty = try WriterWiki(paragraphs: [])
        #expect(try empty.append("first").written != nil)
        #expect(try WriterWiki.texts(empty.rowState().document()) == ["first"])
        let old = try WriterWiki()
        try old.sample.sql("UPDATE pages SET ydoc = NULL")
        #expect(try old.append("gamma").written != nil)
        #expect(try WriterWiki.texts(old.rowState().document()) == ["alpha", "beta", "gamma"])
    }

    @Test("a state that cannot be read is refused and left alone")
    func damagedState() throws {
        let wiki = try WriterWiki()
        try wiki.sample.sql("UPDATE pages SET ydoc = '\\x0102ff'::bytea")
        #expect(try wiki.append("gamma").refusal != nil)
        #expect(try wiki.sample.sql("SELECT ydoc FROM pages") == "\\x0102ff")
        #expect(try wiki.redis.command("EXISTS", "collabLock:page.\(wiki.page)") == "0")
    }

    @Test("a document that breaks Docmost's schema is refused")
    func invalidTarget() throws {
        let wiki = try WriterWiki()
        let outcome = try wiki.write { _ in Node("doc", content: [Node("listItem")]) }
        #expect(outcome.refusal != nil)
        #expect(try wiki.rowTexts() == ["alpha", "beta"])
    }

    @Test("what PostgreSQL cannot hold is refused for this page alone")
    func poison() throws {
        let wiki = try WriterWiki()
        #expect(try wiki.append("zero \0 inside").refusal != nil)
        let attribute = Node("paragraph", attrs: ["id": "a\0b"])
        #expect(try wiki.write { _ in Node("doc", content: [attribute]) }.refusal != nil)
        #expect(try wiki.write(by: .fresh()) { _ in WriterWiki.document(["by nobody"]) }.refusal != nil)
        let title = #expect(throws: PageStoreError.self) {
            try wiki.writer.store.setTitle(of: wiki.page, in: wiki.space, from: "One", to: "a\0b", by: wiki.wren)
        }
        #expect(title?.isRefusal == true)
        #expect(try wiki.rowTexts() == ["alpha", "beta"])
        #expect(try wiki.append("gamma").written != nil)
    }

    @Test("a page in the trash, in another space or gone is refused")
    func notThere() throws {
        let wiki = try WriterWiki()
        let other = try #require(SpaceID(SampleWorkspace.privateSpace))
        let elsewhere = wiki.writer.write(wiki.page, in: other, by: wiki.wren) { $0.document }
        #expect(elsewhere.refusal != nil)
        let gone = wiki.writer.write(.fresh(), in: wiki.space, by: wiki.wren) { $0.document }
        #expect(gone.refusal != nil)
        try wiki.writer.store.trash(wiki.page, in: wiki.space, by: wiki.ada)
        #expect(try wiki.append("gamma").refusal != nil)
    }

    @Test("an error of the caller passes through, and nothing stays locked")
    func callersError() throws {
        struct Own: Error {}
        let wiki = try WriterWiki()
        #expect(throws: Own.self) {
            try wiki.writer.write(wiki.page, in: wiki.space, by: wiki.wren) { _ throws(Own) in throw Own() }
        }
        #expect(try wiki.append("gamma").written != nil)
    }

    @Test("the contributors since the last snapshot go into the snapshot of the old state")
    func contributors() throws {
        let wiki = try WriterWiki()
        try wiki.redis.command("SADD", "history:contributors:\(wiki.page)", "\(wiki.ada)")
        try wiki.append("gamma")
        let people = try wiki.sample.sql(
            "SELECT string_agg(contributor_ids::text, ' ' ORDER BY created_at) FROM page_history"
        )
        #expect(people == "{\(wiki.ada)} {\(wiki.wren)}")
        #expect(try wiki.redis.command("EXISTS", "history:contributors:\(wiki.page)") == "0")
    }

    @Test("two writers at once both get through, one after the other")
    func twoWriters() throws {
        let wiki = try WriterWiki()
        let other = try WriterWiki.writer(wiki.sample, wiki.redis)
        var inner: WriteOutcome?
        wiki.writer.onStep = { step in
            // The page is ours: the other one waits its turn and then puts it off.
            if step == .claimed { inner = try? wiki.append("other", with: other) }
        }
        #expect(try wiki.append("mine").written != nil)
        #expect(inner?.pendingReason != nil)
        wiki.writer.onStep = { _ in }
        #expect(try wiki.append("other", with: other).written != nil)
        #expect(try wiki.rowTexts() == ["alpha", "beta", "mine", "other"])
    }

    @Test("with Redis or PostgreSQL gone nothing is written and the answer is clear")
    func unavailable() throws {
        let wiki = try WriterWiki()
        wiki.redis.stop()
        guard case .unavailable = try wiki.append("gamma") else {
            Issue.record("written without Redis")
            return
        }
        try wiki.redis.start()
        #expect(try wiki.append("gamma").written != nil)
    }

    @Test("Redis gone after the commit does not make a written page unwritten")
    func redisGoneAfterCommit() throws {
        let wiki = try WriterWiki()
        wiki.writer.onStep = { step in if step == .committed { wiki.redis.stop() } }
        #expect(try wiki.append("gamma").written?.updatedAt != nil)
        #expect(try wiki.rowTexts() == ["alpha", "beta", "gamma"])
    }

    @Test("what cannot be known to be closed is put off")
    func unknown() throws {
        let wiki = try WriterWiki()
        let server = try wiki.server(options: ["--without-redis-sync"])
        #expect(try wiki.append("gamma").pendingReason?.contains("COLLAB_DISABLE_REDIS") == true)
        server.kill()
        #expect(try wiki.append("gamma").written != nil)
    }
}
