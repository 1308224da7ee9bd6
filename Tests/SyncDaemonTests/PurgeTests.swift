import Base
import Cycle
import GitStore
import Processes
import TestSupport
import Testing
import Vault

@testable import SyncDaemon

extension RealServers {
    @Suite("Purging a page")
    struct PurgeTests {
        private static let secret = "0198c6a2-7e1b-7c3d-9a44-00000000bbbb"

        /// A space whose history holds a page that is restricted by now.
        private func restricted() throws -> RealSpace {
            let real = try RealSpace()
            try real.sample.insertPage(title: "Open", paragraphs: ["for all"])
            try real.sample.insertPage(id: Self.secret, title: "Salaries", paragraphs: ["one million"], position: "a1")
            #expect(real.cycle().outcome == .ran)
            let file = try #require(real.files()["Salaries.md"])
            try real.push([.write(path: "Salaries.md", bytes: Array((file + "\ntwo million\n").utf8))])
            #expect(real.cycle().outcome == .ran)
            try real.sample.sql(
                """
                INSERT INTO page_access (page_id, space_id, workspace_id, access_level, creator_id)
                VALUES ('\(Self.secret)', '\(SampleWorkspace.handbook)', '\(SampleWorkspace.workspace)', 'restricted',
                        '\(SampleWorkspace.ada)')
                """
            )
            return real
        }

        @Test(
            "a restricted page leaves the files with the next cycle, and the history with purge: no object holds a word of it"
        )
        func purge() throws {
            let real = try restricted()
            let page = try #require(PageID(Self.secret))
            #expect(try real.everyObject().contains("one million"))
            let changed = try real.engine.purge(page, of: real.space, on: real.connections)
            #expect(changed >= 3)
            let left = try real.everyObject()
            for word in ["million", "Salaries", Self.secret] { #expect(!left.contains(word), "\(word)") }
            #expect(try real.files().keys.sorted() == ["Open.md"])
            try real.repository.git(["fsck", "--strict"])
        }

        @Test("sync goes on as before, in both directions, and does not bring it back")
        func afterwards() throws {
            let real = try restricted()
            let page = try #require(PageID(Self.secret))
            _ = try real.engine.purge(page, of: real.space, on: real.connections)
            let open = try #require(real.files()["Open.md"])
            try real.push([.write(path: "Open.md", bytes: Array((open + "\nmore\n").utf8))])
            #expect(real.cycle().push.updated == 1)
            try real.sample.sql(
                "UPDATE pages SET title = 'Opened', updated_at = date_trunc('milliseconds', now()) + interval '1 s' WHERE title = 'Open'"
            )
            #expect(real.cycle().outcome == .ran)
            #expect(try real.files().keys.sorted() == ["Opened.md"])
            #expect(try real.sample.sql("SELECT count(*) FROM pages WHERE deleted_at IS NULL") == "2")
        }

        @Test("a page that the database has lost, whose file waits for a word, is purged as well and stays away")
        func vanished() throws {
            let real = try RealSpace()
            try real.sample.insertPage(title: "Open", paragraphs: ["for all"])
            try real.sample.insertPage(id: Self.secret, title: "Salaries", paragraphs: ["one million"], position: "a1")
            #expect(real.cycle().outcome == .ran)
            try real.sample.sql("DELETE FROM pages WHERE id = '\(Self.secret)'")
            #expect(real.cycle().held.count == 1)
            let page = try #require(PageID(Self.secret))
            _ = try real.engine.purge(page, of: real.space, on: real.connections)
            let left = try real.everyObject()
            for word in ["million", "Salaries"] { #expect(!left.contains(word), "\(word)") }
            _ = real.cycle()
            #expect(real.cycle().held.isEmpty)
            #expect(try real.files().keys.sorted() == ["Open.md"])
            #expect(try real.sample.sql("SELECT count(*) FROM pages") == "1")
        }

        @Test("a page that the history never held changes nothing")
        func unknown() throws {
            let real = try restricted()
            #expect(try real.engine.purge(PageID.fresh(), of: real.space, on: real.connections) == 0)
        }
    }
}

extension RealSpace {
    /// Everything that is in the object store, reachable or not.
    func everyObject() throws -> String {
        let names = try repository.git(["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]).text
        var text = ""
        try ObjectReader(repository).objects(names.split(separator: "\n").map(String.init)) { _, object in
            text += String(decoding: object?.bytes ?? [], as: UTF8.self)
        }
        return text
    }
}
