import Base
import JSON
import PageStore
import PageWriter
import ProseMirror
import TestSupport
import Testing
import YDoc

/// A page is opened while its row is being written: paused at every step, with the lock in our hands or lost.
@Suite(.serialized)
struct RaceTests {
    static let closedSteps: [WriteStep] = [
        .foundClosed, .claimed, .rowLocked, .computed, .rowWritten, .confirmed, .committed, .released,
    ]

    /// What the page must hold in the end: both sides, each once.
    private func check(_ wiki: WriterWiki, _ server: CollabServer, _ browsers: Browsers, at step: WriteStep) throws {
        try waitUntil("\(step): the editor has typed", seconds: 20) {
            let state = try browsers.state(of: "ada")
            if let problem = state.problem { throw ServerFailure(problem) }
            return state.left == 0 && state.isSynced
        }
        try waitUntil("\(step): everybody holds both sides once", seconds: 20) {
            try server.store()
            let expected = ["alpha", "beta", "from git", "typed"]
            return try wiki.rowTexts().sorted() == expected
                && WriterWiki.texts(wiki.rowState().document()).sorted() == expected
                && WriterWiki.texts(json: browsers.read("ada")).sorted() == expected
        }
    }

    @Test("a page opened in the middle of our write loses nothing", arguments: closedSteps)
    func opened(step: WriteStep) throws {
        let wiki = try WriterWiki()
        let server = try wiki.server()
        // Patience longer than the test: who is sent away comes back at once, not after a time-out.
        let browsers = try Browsers(redis: wiki.redis, patience: 60)
        var failure: (any Error)?
        wiki.writer.onStep = { reached in
            guard reached == step else { return }
            do {
                try browsers.startOpening("ada", page: wiki.page.description, on: server, as: SampleWorkspace.ada)
                try browsers.type("ada", "typed", rate: 200)
            } catch { failure = error }
            sleep(milliseconds: 300)
        }
        let written = try wiki.append("from git").written
        #expect(written != nil && failure == nil)
        wiki.writer.onStep = { _ in }
        try check(wiki, server, browsers, at: step)
    }

    @Test("a lock that is lost in the middle of our write loses nothing", arguments: closedSteps.dropFirst())
    func lockLost(step: WriteStep) throws {
        let wiki = try WriterWiki()
        let server = try wiki.server()
        let browsers = try Browsers(redis: wiki.redis, patience: 60)
        var failure: (any Error)?
        var isFirst = true
        wiki.writer.onStep = { reached in
            guard reached == step, isFirst else { return }
            isFirst = false
            do {
                // As if we had been stalled longer than the lock lives: the server opens the page from the old row.
                try wiki.redis.command("DEL", "collabLock:page.\(wiki.page)")
                try browsers.open("ada", page: wiki.page.description, on: server, as: SampleWorkspace.ada)
                try browsers.type("ada", "typed", rate: 200)
            } catch { failure = error }
            sleep(milliseconds: 100)
        }
        let outcome = try wiki.append("from git")
        #expect(outcome.written != nil && failure == nil, "\(outcome) \(String(describing: failure))")
        wiki.writer.onStep = { _ in }
        try check(wiki, server, browsers, at: step)
    }

    @Test(
        "killed at any step, the row is old or new, never half, and the page can be written again",
        arguments: closedSteps
    )
    func killed(step: WriteStep) throws {
        let wiki = try WriterWiki()
        let result = try runProgramResult([
            try productPath("PageDriver"), "append", wiki.sample.databaseURL, wiki.redis.url, wiki.page.description,
            "from git", step.rawValue,
        ])
        #expect(result.status != 0)
        let texts = try wiki.rowTexts()
        let isNew = [.committed, .released].contains(step)
        #expect(texts == (isNew ? ["alpha", "beta", "from git"] : ["alpha", "beta"]))
        #expect(try WriterWiki.texts(wiki.rowState().document()) == texts)
        let plain = try wiki.sample.sql("SELECT replace(text_content, E'\\n\\n', ' ') FROM pages")
        #expect(plain == texts.joined(separator: " "))
        #expect(try wiki.sample.sql("SELECT count(*) FROM page_history") == (isNew ? "2" : "0"))
        // The lock of the dead expires by itself; a test does not wait for that.
        let left = try wiki.redis.command("PTTL", "collabLock:page.\(wiki.page)")
        #expect(try #require(Int(left)) <= 10_000 && left != "-1")
        try wiki.redis.command("DEL", "collabLock:page.\(wiki.page)")
        #expect(try wiki.append("again").written != nil)
    }
}
