import Base
import Collab
import JSON
import ProseMirror
import Redis
import TestSupport
import Testing
import YDoc

/// A wiki with one page and one collaboration server.
struct LiveWiki {
    let sample: SampleWorkspace
    let redis: RedisServer
    let server: CollabServer
    let collab: Collab
    let page: PageID

    init(
        _ generation: CollabServer.Generation = .head,
        options: [String] = [],
        patienceMilliseconds: Int = 20_000
    ) throws {
        sample = try SampleWorkspace()
        redis = try RedisServer()
        page = PageID.fresh()
        try sample.insertPage(id: page.description, title: "One", paragraphs: ["alpha", "beta"])
        server = try CollabServer(
            redis: redis,
            databaseURL: sample.databaseURL,
            generation: generation,
            options: options
        )
        var settings = CollabSettings(secret: Secret(CollabServer.secret))
        settings.settleSeconds = 0
        settings.stepMilliseconds = patienceMilliseconds
        settings.probeMilliseconds = patienceMilliseconds
        collab = try Collab(redisURL: redis.url, settings: settings)
    }

    func join(as user: String = SampleWorkspace.wren) throws -> LiveSession {
        try LiveSession(
            collab,
            page: page,
            on: server.id,
            as: try #require(UserID(user)),
            in: try #require(WorkspaceID(SampleWorkspace.workspace))
        )
    }

    /// Who is sent away comes back at once; the patience is for what a test must not wait for.
    func browsers() throws -> Browsers { try Browsers(redis: redis, patience: 60) }
}

@Suite(.serialized)
struct LiveSessionTests {
    @Test("a session gets the page as the server holds it", arguments: CollabServer.Generation.allCases)
    func join(generation: CollabServer.Generation) throws {
        let wiki = try LiveWiki(generation)
        let session = try wiki.join()
        #expect(!session.isReadOnly)
        #expect(session.document.document().json.serialized.contains("alpha"))
        #expect(try wiki.collab.presence(of: wiki.page) == .open(server: wiki.server.id))
    }

    @Test("a reader is told that the page is read-only, a stranger is refused")
    func rights() throws {
        let wiki = try LiveWiki()
        #expect(try wiki.join(as: SampleWorkspace.rita).isReadOnly)
        let error = #expect(throws: CollabError.self) { try wiki.join(as: SampleWorkspace.otto) }
        #expect(error?.code == .denied)
        // On v0.95 a refused token blocks its socket; a later session has another one.
        #expect(try !wiki.join().isReadOnly)
    }

    @Test("without APP_SECRET, with a wrong one, or with a dead server a session fails clearly")
    func failures() throws {
        let wiki = try LiveWiki()
        let user = try #require(UserID(SampleWorkspace.wren))
        let workspace = try #require(WorkspaceID(SampleWorkspace.workspace))
        let ignorant = try Collab(redisURL: wiki.redis.url, settings: CollabSettings(secret: nil))
        let noSecret = #expect(throws: CollabError.self) {
            try LiveSession(ignorant, page: wiki.page, on: wiki.server.id, as: user, in: workspace)
        }
        #expect(noSecret?.code == .noSecret)
        let wrong = try Collab(redisURL: wiki.redis.url, settings: CollabSettings(secret: Secret("wrong")))
        let denied = #expect(throws: CollabError.self) {
            try LiveSession(wrong, page: wiki.page, on: wiki.server.id, as: user, in: workspace)
        }
        #expect(denied?.code == .denied)
        wiki.server.kill()
        let dead = #expect(throws: CollabError.self) { try wiki.join() }
        #expect(dead?.code == .deadOwner)
    }

    @Test("a stalled server is a time-out, not a hang")
    func stalled() throws {
        let wiki = try LiveWiki(patienceMilliseconds: 500)
        try wiki.server.setStalled(true)
        defer { try? wiki.server.setStalled(false) }
        let error = #expect(throws: CollabError.self) { try wiki.join() }
        #expect(error?.code == .timedOut)
    }

    @Test("another editor's typing comes in while a session is open", arguments: CollabServer.Generation.allCases)
    func typing(generation: CollabServer.Generation) throws {
        let wiki = try LiveWiki(generation, options: ["--ping-interval", "1"])
        let browsers = try wiki.browsers()
        try browsers.open("ada", page: wiki.page.description, on: wiki.server, as: SampleWorkspace.ada)
        let session = try wiki.join()
        try browsers.type("ada", "hello", rate: 100)
        // Longer than two pings of the older generation: an unanswered one would end the session.
        let pings = Deadline.after(milliseconds: 3000)
        try waitUntil("the typing comes in") {
            _ = try session.catchUp()
            return pings.hasPassed && session.document.document().json.serialized.contains("hello")
        }
        try browsers.type("ada", " again", rate: 100)
        try waitUntil("more typing comes in") {
            _ = try session.catchUp()
            return session.document.document().json.serialized.contains("again")
        }
        #expect(try browsers.state(of: "ada").problem == nil)
    }

    @Test("a change reaches the other editors and is proved by reading back")
    func change() throws {
        let wiki = try LiveWiki()
        let browsers = try wiki.browsers()
        try browsers.open("ada", page: wiki.page.description, on: wiki.server, as: SampleWorkspace.ada)
        let session = try wiki.join()
        let before = session.document
        var changed = before
        var target = before.document()
        target.content?.append(Node("paragraph", content: [.text("gamma")]))
        let update = try changed.diff(to: target, schema: .upstream)
        #expect(try session.holds(client: update.client, clock: update.clock, since: before) == nil)
        try session.send(update: update.bytes)
        let present = try #require(try session.holds(client: update.client, clock: update.clock, since: before))
        #expect(present.document().json.serialized.contains("gamma"))
        try waitUntil("the editor sees it") { try browsers.read("ada").contains("gamma") }
        try wiki.server.store()
        #expect(try wiki.sample.sql("SELECT text_content, last_updated_by_id FROM pages").contains("gamma"))
    }

    @Test("an update that nobody can read is answered but not held")
    func unreadableUpdate() throws {
        let wiki = try LiveWiki()
        let session = try wiki.join()
        let before = session.document
        // Depends on a client that nobody knows: the server accepts and parks it.
        let orphan: [UInt8] = [1, 1, 9, 5, 0x84, 8, 3, 1, 0x78, 0]
        try session.send(update: orphan)
        #expect(try session.holds(client: 9, clock: 6, since: before) == nil)
    }
}
