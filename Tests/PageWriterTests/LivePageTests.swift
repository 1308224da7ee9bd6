import Base
import Collab
import JSON
import PageStore
import PageWriter
import ProseMirror
import TestSupport
import Testing
import YDoc

@Suite(.serialized)
struct LivePageTests {
    @Test(
        "an open page is changed in its editors, and stored by its server",
        arguments: CollabServer.Generation.allCases
    )
    func live(generation: CollabServer.Generation) throws {
        let wiki = try WriterWiki()
        let server = try wiki.server(generation)
        let browsers = try Browsers(redis: wiki.redis)
        try browsers.open("ada", page: wiki.page.description, on: server, as: SampleWorkspace.ada)
        let written = try #require(try wiki.append("gamma").written)
        #expect(written.updatedAt == nil)
        try waitUntil("the editor shows it") {
            try WriterWiki.texts(json: browsers.read("ada")) == ["alpha", "beta", "gamma"]
        }
        try server.store()
        #expect(try wiki.rowTexts() == ["alpha", "beta", "gamma"])
        #expect(try wiki.rowState().contains(client: written.client, clock: written.clock))
        #expect(try wiki.sample.sql("SELECT last_updated_by_id FROM pages") == wiki.wren.description)
        #expect(try wiki.append("gamma").written != nil)
        let document = written.document
        #expect(try wiki.write { _ in document }.written != nil)
        #expect(try wiki.write { _ in document }.isUnchanged)
    }

    @Test("a reader, a stranger and a missing secret change nothing")
    func rights() throws {
        let wiki = try WriterWiki()
        let server = try wiki.server()
        let browsers = try Browsers(redis: wiki.redis)
        try browsers.open("ada", page: wiki.page.description, on: server, as: SampleWorkspace.ada)
        for person in [SampleWorkspace.rita, SampleWorkspace.otto] {
            let user = try #require(UserID(person))
            #expect(try wiki.write(by: user) { _ in WriterWiki.document(["x"]) }.refusal != nil)
        }
        let ignorant = PageWriter(
            store: wiki.writer.store,
            collab: try .init(redisURL: wiki.redis.url, settings: .init(secret: nil))
        )
        #expect(try wiki.append("gamma", with: ignorant).pendingReason?.contains("APP_SECRET") == true)
        try server.store()
        #expect(try wiki.rowTexts() == ["alpha", "beta"])
    }

    @Test("a page whose server died is put off until its lock has expired")
    func deadServer() throws {
        let wiki = try WriterWiki()
        let server = try wiki.server()
        let browsers = try Browsers(redis: wiki.redis)
        try browsers.open("ada", page: wiki.page.description, on: server, as: SampleWorkspace.ada)
        server.kill()
        // As if it had died this moment, however busy the machine is.
        try wiki.redis.command("PEXPIRE", "collabLock:page.\(wiki.page)", "60000")
        #expect(try wiki.append("gamma").pendingReason != nil)
        try wiki.redis.command("DEL", "collabLock:page.\(wiki.page)")
        #expect(try wiki.append("gamma").written?.updatedAt != nil)
    }

    @Test("what an editor saw before the change is in the page's history")
    func history() throws {
        let wiki = try WriterWiki()
        let server = try wiki.server(debounce: 30)
        let browsers = try Browsers(redis: wiki.redis)
        try browsers.open("ada", page: wiki.page.description, on: server, as: SampleWorkspace.ada)
        try browsers.type("ada", "only in memory", rate: 500)
        try waitUntil("it is typed") { try browsers.state(of: "ada").left == 0 }
        try waitUntil("the server has it") { "\(try server.documents())".contains("only in memory") }
        #expect(try wiki.write { _ in WriterWiki.document(["replaced"]) }.written != nil)
        let saved = try wiki.sample.sql("SELECT content::text FROM page_history")
        #expect(saved.contains("only in memory"))
    }

    @Test("a server that overwrites the row with what it held is found out by the client and clock of the write")
    func overwritten() throws {
        let wiki = try WriterWiki()
        let server = try wiki.server()
        let browsers = try Browsers(redis: wiki.redis)
        try browsers.open("ada", page: wiki.page.description, on: server, as: SampleWorkspace.ada)
        // The lock vanishes although the page is open, as when Redis loses its data. Should the server renew it just
        // then, the write goes the live path, and another one is tried.
        var closed: Written?
        for number in 0..<20 where closed == nil {
            try wiki.redis.command("DEL", "collabLock:page.\(wiki.page)")
            let written = try wiki.append("from git \(number)").written
            closed = written?.updatedAt == nil ? nil : written
        }
        let written = try #require(closed)
        #expect(try wiki.rowState().contains(client: written.client, clock: written.clock))
        try browsers.type("ada", "typed", rate: 200)
        try waitUntil("the server overwrites the row") {
            try server.store()
            return try wiki.rowTexts().contains("typed")
        }
        #expect(try !wiki.rowState().contains(client: written.client, clock: written.clock))
        try waitUntil("the server renews its lock") {
            try wiki.redis.command("EXISTS", "collabLock:page.\(wiki.page)") == "1"
        }
        #expect(try wiki.append("once more").written != nil)
        try waitUntil("both sides are there, once") {
            try server.store()
            return try wiki.rowTexts().filter { ["typed", "once more"].contains($0) }.count == 2
        }
    }
}
