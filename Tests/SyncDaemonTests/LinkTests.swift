import Cycle
import Foundation
import GitStore
import TestSupport
import Testing

@testable import SyncDaemon

extension RealServers {
    @Suite("Links between pages")
    struct LinkTests {
        /// A page that links to another, exported.
        private struct Linked {
            static let target = "0198c6a2-7e1b-7c3d-9a44-00000000aaaa"
            let real: RealSpace
            /// The link as the wiki has it.
            let address: String
            /// The files of the page that links and of the other one.
            let welcome: String
            let other: String

            init() throws {
                real = try RealSpace()
                try real.sample.insertPage(id: Self.target, title: "Our first week", paragraphs: ["x"])
                let slug = try real.sample.sql("SELECT slug_id FROM pages WHERE id = '\(Self.target)'")
                address = "/s/handbook/p/our-first-week-\(slug)"
                try real.sample.insertPage(title: "Welcome", paragraphs: ["see"])
                try real.sample.sql(
                    """
                    UPDATE pages SET content = '{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"read this",
                      "marks":[{"type":"link","attrs":{"href":"\(address)","internal":true}}]}]},
                      {"type":"paragraph","content":[{"type":"text","text":"The end."}]}]}' WHERE title = 'Welcome'
                    """
                )
                #expect(real.cycle().outcome == .ran)
                welcome = try #require(real.files()["Welcome.md"])
                other = try #require(real.files()["Our first week.md"])
            }

            func push(_ files: [String: String], deleting: [String] = []) throws -> CycleReport {
                try real.push(
                    deleting.map { .delete(path: $0) } + files.map { .write(path: $0.key, bytes: Array($0.value.utf8)) }
                )
                return real.cycle()
            }

            func hrefs(of title: String = "Welcome") throws -> String {
                try real.sample.sql(
                    "SELECT jsonb_path_query_array(content, '$.**.href')::text FROM pages WHERE title = '\(title)'"
                )
            }

            /// A colleague's edit of the last paragraph.
            func editInWiki(_ text: String) throws {
                try real.sample.sql(
                    """
                    UPDATE pages SET content = jsonb_set(content, '{content,1,content,0,text}', '"\(text)"'), ydoc = NULL,
                      updated_at = clock_timestamp() WHERE title = 'Welcome'
                    """
                )
                #expect(real.cycle().outcome == .ran)
            }

            func retitle(_ title: String) throws {
                try real.sample.sql(
                    """
                    UPDATE pages SET title = '\(title)', updated_at = date_trunc('milliseconds', now()) + interval '1 s'
                    WHERE id = '\(Self.target)'
                    """
                )
                #expect(real.cycle().outcome == .ran)
            }
        }

        @Test("are relative paths in files already at the first export, and keep their spelling in the wiki")
        func links() throws {
            let linked = try Linked()
            let (real, welcome, address) = (linked.real, linked.welcome, linked.address)
            #expect(welcome.contains("[read this](<Our first week.md>)"), "\(welcome)")

            let edited = welcome + "\nand [again](<Our first week.md>)\n"
            #expect(try linked.push(["Welcome.md": edited]).push.updated == 1)
            #expect(try linked.hrefs().components(separatedBy: address).count == 3)

            try linked.retitle("Week one")
            #expect(try real.files()["Week one.md"] != nil)
            #expect(try real.files()["Welcome.md"]?.contains("[read this](<Week one.md>)") == true)
            let main = real.repository.resolve("refs/heads/main")
            _ = real.cycle()
            #expect(real.repository.resolve("refs/heads/main") == main)
        }

        @Test("to a page that a push renamed still lead to it, and are put right when their file is next written")
        func pushedRename() throws {
            let linked = try Linked()
            let renamed = try linked.push(["First days.md": linked.other], deleting: ["Our first week.md"])
            #expect(renamed.push.moved == 1 && renamed.pull.written == 0)
            #expect(try linked.hrefs() == #"["\#(linked.address)"]"#)

            let edited = linked.welcome.replacingOccurrences(of: "[read this]", with: "Please [read this]")
            let report = try linked.push(["Welcome.md": edited])
            #expect(report.push.updated == 1 && report.pull.written == 0)
            #expect(try linked.hrefs() == #"["\#(linked.address)"]"#)
            #expect(try linked.real.files()["Welcome.md"] == edited)

            try linked.editInWiki("No end.")
            let written = try linked.real.files()["Welcome.md"]
            #expect(written?.contains("Please [read this](<First days.md>)") == true, "\(written ?? "")")
            #expect(written?.contains("No end.") == true)
        }

        @Test("to a page that a push renamed follow it when the wiki renames it again")
        func renamedTwice() throws {
            let linked = try Linked()
            _ = try linked.push(["First days.md": linked.other], deleting: ["Our first week.md"])
            try linked.retitle("Week one")
            #expect(try linked.real.files()["Welcome.md"]?.contains("[read this](<Week one.md>)") == true)
            #expect(try linked.hrefs() == #"["\#(linked.address)"]"#)
        }

        @Test("from a page that a push moved still lead where they led")
        func movedSource() throws {
            let linked = try Linked()
            _ = try linked.push(["Deep/Folder/Welcome.md": linked.welcome], deleting: ["Welcome.md"])
            let edited = linked.welcome.replacingOccurrences(of: "[read this]", with: "Please [read this]")
            #expect(try linked.push(["Deep/Folder/Welcome.md": edited]).push.updated == 1)
            #expect(try linked.hrefs() == #"["\#(linked.address)"]"#)
            try linked.editInWiki("No end.")
            let written = try linked.real.files()["Deep/Folder/Welcome.md"]
            #expect(written?.contains("(<../../Our first week.md>)") == true, "\(written ?? "")")
        }

        @Test("to a path that another page has taken lead to that page")
        func takenPath() throws {
            let linked = try Linked()
            let files = ["First days.md": linked.other, "Our first week.md": "Another page.\n"]
            #expect(try linked.push(files).push.created == 1)
            let edited = linked.welcome.replacingOccurrences(of: "[read this]", with: "Please [read this]")
            #expect(try linked.push(["Welcome.md": edited]).push.updated == 1)
            let slug = try linked.real.sample.sql("SELECT slug_id FROM pages WHERE title = 'Our first week'")
            #expect(try linked.hrefs().contains(slug))
        }
    }
}
