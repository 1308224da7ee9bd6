import Base
import Foundation
import JSON
import PageStore
import PageWriter
import ProseMirror
import TestSupport
import Testing
import YDoc

/// The promises to the people who type while others push.
@Suite(.serialized)
struct TypingTests {
    /// The whole campaign, or a sample that takes seconds.
    static let isFull = FullSizes.isOn
    static let pushes = isFull ? 100 : 12

    /// A page with commented text and a counter that pushes change.
    private static let document = Node(
        "doc",
        content: [
            Node("paragraph", content: [.text("count 0")]),
            Node(
                "paragraph",
                content: [
                    .text("before "),
                    .text("commented", [Mark("comment", attrs: ["commentId": "c1", "resolved": false])]),
                    .text(" after"),
                ]
            ),
        ]
    )

    private func wiki() throws -> WriterWiki {
        let wiki = try WriterWiki(paragraphs: [])
        #expect(try wiki.write { _ in Self.document }.written != nil)
        return wiki
    }

    /// A push: the counter, a word in the commented paragraph, a new paragraph.
    private static func pushed(_ number: Int, _ document: Node) -> Node {
        var changed = document
        changed.content?[0].content = [.text("count \(number)")]
        changed.content?.insert(Node("paragraph", content: [.text("push \(number)")]), at: 1)
        return changed
    }

    /// What holds whatever the order of things was.
    private func check(_ document: Node, typed: String, pushes: Int) {
        let texts = WriterWiki.texts(document)
        #expect(texts.filter { $0 == typed }.count == 1, "the typed text: \(texts)")
        #expect(texts.joined().contains("count \(pushes)"))
        for number in 1...pushes { #expect(texts.filter { $0 == "push \(number)" }.count == 1) }
        let commented = document.children.flatMap(\.children).filter { node in
            node.marks?.contains { $0.type == "comment" && $0.attribute("commentId") == .string("c1") } == true
        }
        #expect(commented.compactMap(\.text) == ["commented"])
        #expect(texts.count == pushes + 3, "nothing is doubled: \(texts)")
    }

    @Test("an editor types while pushes change the same page", arguments: CollabServer.Generation.allCases)
    func typing(generation: CollabServer.Generation) throws {
        let wiki = try wiki()
        let server = try wiki.server(generation)
        let browsers = try Browsers(redis: wiki.redis)
        try browsers.open("ada", page: wiki.page.description, on: server, as: SampleWorkspace.ada)
        let script = String(repeating: "abcdefghij", count: Self.isFull ? 30 : 6)
        try browsers.type("ada", script, rate: Self.isFull ? 10 : 40)
        for number in 1...Self.pushes {
            let outcome = try wiki.write { Self.pushed(number, $0) }
            #expect(outcome.written != nil, "\(outcome)")
        }
        try waitUntil("the script is typed", seconds: 60) { try browsers.state(of: "ada").left == 0 }
        #expect(try browsers.state(of: "ada").problem == nil)
        try waitUntil("the row holds it") {
            try server.store()
            return try wiki.rowTexts().contains(script)
        }
        check(try wiki.rowState().document(), typed: script, pushes: Self.pushes)
        check(try Node(parsing: Array(browsers.read("ada").utf8)), typed: script, pushes: Self.pushes)
    }

    @Test("an editor who typed offline comes back with what was cached", arguments: CollabServer.Generation.allCases)
    func offline(generation: CollabServer.Generation) throws {
        let wiki = try wiki()
        let server = try wiki.server(generation)
        let browsers = try Browsers(redis: wiki.redis)
        try browsers.open("ada", page: wiki.page.description, on: server, as: SampleWorkspace.ada)
        try browsers.goOffline("ada")
        try browsers.type("ada", "typed offline", rate: 500)
        for number in 1...Self.pushes { #expect(try wiki.write { Self.pushed(number, $0) }.written != nil) }
        try waitUntil("it is typed") { try browsers.state(of: "ada").left == 0 }
        try browsers.comeBack("ada")
        try waitUntil("the row holds it") {
            try server.store()
            return try wiki.rowTexts().contains("typed offline")
        }
        check(try wiki.rowState().document(), typed: "typed offline", pushes: Self.pushes)
    }

    @Test("a page that was closed, changed and opened again holds everything once")
    func reopened() throws {
        let wiki = try wiki()
        let server = try wiki.server()
        let browsers = try Browsers(redis: wiki.redis)
        try browsers.open("ada", page: wiki.page.description, on: server, as: SampleWorkspace.ada)
        try browsers.type("ada", "typed", rate: 500)
        try waitUntil("it is stored") {
            try server.store()
            return try wiki.rowTexts().contains("typed")
        }
        try browsers.goOffline("ada")
        try waitUntil("the page is closed") {
            try wiki.redis.command("EXISTS", "collabLock:page.\(wiki.page)") == "0"
        }
        for number in 1...Self.pushes {
            let written = try wiki.write { Self.pushed(number, $0) }.written
            #expect(written?.updatedAt != nil)
        }
        try browsers.comeBack("ada")
        try waitUntil("the page is open again") { try browsers.state(of: "ada").isSynced }
        try waitUntil("both sides have met") {
            try server.store()
            return try WriterWiki.texts(json: browsers.read("ada")).count == Self.pushes + 3
        }
        check(try Node(parsing: Array(browsers.read("ada").utf8)), typed: "typed", pushes: Self.pushes)
        check(try wiki.rowState().document(), typed: "typed", pushes: Self.pushes)
    }

    @Test("replacing the state by an unrelated one doubles the text of who comes back; ours does not")
    func naiveReplacement() throws {
        for isNaive in [true, false] {
            let wiki = try WriterWiki()
            let server = try wiki.server()
            let browsers = try Browsers(redis: wiki.redis)
            try browsers.open("ada", page: wiki.page.description, on: server, as: SampleWorkspace.ada)
            try browsers.goOffline("ada")
            try waitUntil("the page is closed") {
                try wiki.redis.command("EXISTS", "collabLock:page.\(wiki.page)") == "0"
            }
            let target = WriterWiki.document(["alpha", "beta", "gamma"])
            if isNaive {
                let body = try wiki.writer.newBody(target)
                _ = try wiki.writer.store.writeBody(of: wiki.page, body, by: wiki.wren)
            } else {
                #expect(try wiki.write { _ in target }.written != nil)
            }
            try browsers.comeBack("ada")
            try waitUntil("the page is open again") { try browsers.state(of: "ada").isSynced }
            let texts = try WriterWiki.texts(json: browsers.read("ada"))
            #expect(texts.count == (isNaive ? 5 : 3), "\(texts)")
        }
    }

    @Test("our row is the row that the server's store hook would have written")
    func sameAsStoreHook() throws {
        let closed = try WriterWiki()
        let live = try WriterWiki()
        let server = try live.server()
        let browsers = try Browsers(redis: live.redis)
        try browsers.open("ada", page: live.page.description, on: server, as: SampleWorkspace.ada)
        let mention = Node("mention", attrs: ["label": "Jane", "id": "7", "entityType": "user"])
        let item = Node(
            "listItem",
            content: [Node("paragraph", content: [.text("one"), Node("hardBreak"), .text("two")])]
        )
        let target = Node(
            "doc",
            content: [
                Node("heading", attrs: ["level": 2, "id": "abcdefghijkl"], content: [.text("Top")]),
                Node("bulletList", content: [item]),
                Node("paragraph", content: [.text("bold", [Mark("bold")]), .text(" and "), mention]),
                Node("paragraph"),
            ]
        )
        for wiki in [closed, live] { #expect(try wiki.write { _ in target }.written != nil) }
        try server.store()
        let columns = """
            SELECT content, text_content, last_updated_by_id, contributor_ids,
                   updated_at = date_trunc('milliseconds', updated_at), tsv FROM pages
            """
        #expect(try closed.sample.sql(columns) == live.sample.sql(columns))
        let content = try #require(try closed.writer.store.content(of: closed.page)?.content)
        #expect(try JSONValue(parsing: content) == closed.rowState().document().json.sorted)
        #expect(try live.rowState().document().json.sorted == closed.rowState().document().json.sorted)
    }
}

extension JSONValue {
    /// The order in which PostgreSQL's jsonb gives members back: by length, then by bytes.
    fileprivate var sorted: JSONValue {
        switch self {
        case .array(let items): .array(items.map(\.sorted))
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { ($0.key, $0.value.sorted) }
                        .sorted { ($0.0.utf8.count, $0.0) < ($1.0.utf8.count, $1.0) }
                )
            )
        case .null, .bool, .number, .string: self
        }
    }
}
