import Base
import PageWriter
import ProseMirror
import TestSupport
import Testing
import YDoc

/// The lock of a closed page lives ten seconds, and whoever opens the page waits for it: a large page's change takes
/// longer to compute on a busy machine, and such a page was put off for ever.
@Suite("Large pages", .serialized)
struct LargePageTests {
    private static let long = String(repeating: "many words ", count: 30_000)

    @Test("the change of a large page is computed while nobody waits for the page")
    func computedFirst() throws {
        let wiki = try WriterWiki(paragraphs: [Self.long, "end"])
        var calls = 0
        var locks: [String] = []
        let outcome = try wiki.write { document in
            calls += 1
            locks.append((try? wiki.redis.command("EXISTS", "collabLock:page.\(wiki.page)")) ?? "?")
            return WriterWiki.document(WriterWiki.texts(document) + ["from git"])
        }
        #expect(outcome.written != nil)
        #expect(calls == 1)
        #expect(locks == ["0"])
        #expect(try WriterWiki.texts(wiki.rowState().document()) == [Self.long, "end", "from git"])
    }

    @Test("somebody who changes a large page while its change is computed keeps the change")
    func changedMeanwhile() throws {
        let wiki = try WriterWiki(paragraphs: [Self.long, "end"])
        let other = try WriterWiki.writer(wiki.sample, wiki.redis)
        var calls = 0
        let outcome = try wiki.write { document in
            calls += 1
            if calls == 1 { #expect((try? wiki.append("typed", with: other))?.written != nil) }
            return WriterWiki.document(WriterWiki.texts(document) + ["from git"])
        }
        #expect(outcome.written != nil)
        #expect(calls == 2)
        #expect(try WriterWiki.texts(wiki.rowState().document()) == [Self.long, "end", "typed", "from git"])
        #expect(try wiki.rowTexts() == [Self.long, "end", "typed", "from git"])
    }

    @Test("a change that took longer than the lock lives is not computed again")
    func lostLock() throws {
        let wiki = try WriterWiki()
        var calls = 0
        let outcome = try wiki.write { document in
            calls += 1
            // What a machine does that stands still for ten seconds.
            _ = try? wiki.redis.command("DEL", "collabLock:page.\(wiki.page)")
            return WriterWiki.document(WriterWiki.texts(document) + ["from git"])
        }
        #expect(outcome.written != nil)
        #expect(calls == 1)
        #expect(try wiki.rowTexts() == ["alpha", "beta", "from git"])
    }
}
