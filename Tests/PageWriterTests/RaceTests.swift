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

    @Test("a page opened in the middle of our write loses nothing", arguments: closedSteps)
    func opened(step: WriteStep) throws {
        let scene = try Scene()
        var failure: (any Error)?
        scene.wiki.writer.onStep = { reached in
            guard reached == step else { return }
            do { try scene.openAndType(isPatient: false) } catch { failure = error }
            sleep(milliseconds: 200)
        }
        let outcome = try scene.wiki.append("from git")
        #expect(outcome.written != nil && failure == nil, "\(outcome) \(String(describing: failure))")
        try scene.checkBothSides()
    }

    @Test("a lock that is lost in the middle of our write loses nothing", arguments: closedSteps.dropFirst())
    func lockLost(step: WriteStep) throws {
        let scene = try Scene()
        var failure: (any Error)?
        var isFirst = true
        scene.wiki.writer.onStep = { reached in
            guard reached == step, isFirst else { return }
            isFirst = false
            do {
                // As if we had been stalled longer than the lock lives: the server opens the page from the old row.
                try scene.wiki.redis.command("DEL", "collabLock:page.\(scene.wiki.page)")
                try scene.openAndType(isPatient: true)
            } catch { failure = error }
            sleep(milliseconds: 50)
        }
        let outcome = try scene.wiki.append("from git")
        #expect(outcome.written != nil && failure == nil, "\(outcome) \(String(describing: failure))")
        try scene.checkBothSides()
    }

    /// A change is kept from look to look, as computing it may take long. But the caller merges anew for the live document,
    /// and reports what that merge did: so a change of before must not be what is written in the end.
    @Test("a change of before the page was opened is forgotten when the page is closed again")
    func openedAndClosed() throws {
        let scene = try Scene()
        let (wiki, stage, editor) = (scene.wiki, scene.stage, scene.editor)
        var asked: [Bool] = []
        var failure: (any Error)?
        wiki.writer.onStep = { step in
            do {
                switch (step, asked) {
                case (.rowWritten, [false]):
                    // We were stalled, and the page is opened: the change is computed, and not written.
                    try wiki.redis.command("DEL", "collabLock:page.\(wiki.page)")
                    try stage.browsers.open(editor, page: editor, on: stage.server, as: SampleWorkspace.ada)
                case (.computed, [false, true]):
                    try stage.browsers.close(editor)
                    try stage.server.forget(page: editor)
                default: break
                }
            } catch { failure = error }
        }
        let outcome = wiki.writer.write(wiki.page, in: wiki.space, by: wiki.wren) { current in
            asked.append(current.isLive)
            return WriterWiki.document(["alpha", "beta", "answer \(asked.count)"])
        }
        #expect(failure == nil)
        #expect(asked == [false, true, false])
        #expect(outcome.written?.updatedAt != nil, "\(outcome)")
        #expect(try wiki.rowTexts() == ["alpha", "beta", "answer 3"])
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
