import Base
import JSON
import PageStore
import Postgres
import ProseMirror
import TestSupport
import Testing

struct BodyTests {
    @Test("a body is written with everything that belongs to it", arguments: PostgresServer.Variant.allCases)
    func columns(variant: PostgresServer.Variant) throws {
        let wiki = try Wiki(variant)
        let page = try wiki.page("One", text: "old")
        let time = try wiki.store.writeBody(of: page, Wiki.body("brand new words"), by: wiki.wren)
        let row = try wiki.sample.sql(
            """
            SELECT content->'content'->0->'content'->0->>'text', text_content, last_updated_by_id, contributor_ids,
                   convert_from(ydoc, 'UTF8'), tsv @@ to_tsquery('english', 'brand'),
                   updated_at = date_trunc('milliseconds', updated_at)
            FROM pages WHERE id = '\(page)'
            """
        )
        let people = "\(wiki.wren)|{\(wiki.wren),\(wiki.ada)}"
        #expect(row == "brand new words|brand new words|\(people)|state of brand new words|t|t")
        #expect(try wiki.row(page).updatedAt == time)
    }

    @Test("history holds what was overwritten and what came, in this order, once")
    func history() throws {
        let wiki = try Wiki()
        let page = try wiki.page("One", text: "first")
        for text in ["second", "third", "third"] {
            _ = try wiki.store.writeBody(of: page, Wiki.body(text), by: wiki.wren, contributors: [wiki.ada])
        }
        let listed = try wiki.sample.sql(
            """
            SELECT string_agg(content->'content'->0->'content'->0->>'text', ',' ORDER BY id),
                   string_agg(content->'content'->0->'content'->0->>'text', ',' ORDER BY created_at)
            FROM page_history WHERE page_id = '\(page)'
            """
        )
        #expect(listed == "first,second,third|first,second,third")
        let contributors = try wiki.sample.sql(
            "SELECT string_agg(contributor_ids::text, ',' ORDER BY created_at) FROM page_history"
        )
        #expect(contributors == "{\(wiki.ada)},{\(wiki.wren)},{\(wiki.wren)}")
    }

    @Test("an empty page leaves no snapshot, a live state can be saved as one")
    func snapshots() throws {
        let wiki = try Wiki()
        let page = try wiki.page("One")
        try wiki.store.snapshot(page, contributors: [])
        let empty = Array(#"{"type":"doc","content":[{"type":"paragraph","attrs":{"id":"abc"}}]}"#.utf8)
        try wiki.store.snapshot(page, content: empty, contributors: [], author: nil)
        #expect(try wiki.sample.sql("SELECT count(*) FROM page_history") == "0")
        try wiki.store.snapshot(page, content: Wiki.body("live").content, contributors: [wiki.ada], author: wiki.wren)
        #expect(
            try wiki.sample.sql("SELECT last_updated_by_id, contributor_ids, title FROM page_history")
                == "\(wiki.wren)|{\(wiki.ada)}|One"
        )
    }

    @Test("links, mentions and transclusions follow the body", arguments: PostgresServer.Variant.allCases)
    func references(variant: PostgresServer.Variant) throws {
        let wiki = try Wiki(variant)
        let page = try wiki.page("One", text: "x")
        let mentioned = try wiki.page("Mentioned")
        let linked = try wiki.page("Linked")
        let slug = try wiki.row(linked).slugID
        let document = Node(
            "doc",
            content: [
                Node(
                    "paragraph",
                    content: [
                        Node(
                            "mention",
                            attrs: ["entityType": "page", "entityId": .string(mentioned.description), "label": "M"]
                        ),
                        .text(
                            "see",
                            [Mark("link", attrs: ["href": .string("/s/x/p/linked-\(slug)#top"), "internal": true])]
                        ),
                        .text("out", [Mark("link", attrs: ["href": .string("/p/one-\(slug)"), "internal": false])]),
                    ]
                ),
                Node("transclusionSource", attrs: ["id": "abc"], content: [Node("paragraph")]),
                Node(
                    "transclusionReference",
                    attrs: ["sourcePageId": .string(mentioned.description), "transclusionId": "t1"]
                ),
                Node(
                    "transclusionReference",
                    attrs: ["sourcePageId": .string(PageID.fresh().description), "transclusionId": "t2"]
                ),
                Node("pageEmbed", attrs: ["sourcePageId": .string(linked.description)]),
            ]
        )
        var body = Wiki.body("x")
        body.references = PageReferences(of: document)
        for _ in 0..<2 { _ = try wiki.store.writeBody(of: page, body, by: wiki.wren) }
        let targets = try wiki.sample.sql("SELECT count(*) FROM backlinks WHERE source_page_id = '\(page)'")
        #expect(targets == "2")
        if variant != .older {
            let sources = try wiki.sample.sql("SELECT transclusion_id, content FROM page_transclusions")
            #expect(sources == #"abc|{"type": "doc", "content": [{"type": "paragraph"}]}"#)
            #expect(try wiki.sample.sql("SELECT transclusion_id FROM page_transclusion_references") == "t1")
        }
        if variant == .gitmost {
            let embedded = try wiki.sample.sql("SELECT source_page_id FROM page_template_references")
            #expect(embedded == linked.description)
        }
        _ = try wiki.store.writeBody(of: page, Wiki.body("y"), by: wiki.wren)
        #expect(try wiki.sample.sql("SELECT count(*) FROM backlinks") == "0")
        if variant != .older {
            #expect(try wiki.sample.sql("SELECT count(*) FROM page_transclusions") == "0")
            #expect(try wiki.sample.sql("SELECT count(*) FROM page_transclusion_references") == "0")
        }
    }
}

struct PlainTextTests {
    @Test("text is joined as Docmost joins it, long runs of line ends shortened")
    func separators() {
        func paragraph(_ nodes: Node...) -> Node { Node("paragraph", content: nodes) }
        let item = Node("listItem", content: [paragraph(.text("one"), Node("hardBreak"), .text("two"))])
        let mention = Node("mention", attrs: ["label": "Jane", "id": "7"])
        let document = Node(
            "doc",
            content: [
                Node("heading", content: [.text("Top")]), Node("bulletList", content: [item]),
                paragraph(.text("a "), mention, .text("!")), Node("image"),
            ]
        )
        #expect(PlainText.of(document) == "Top\n\none\ntwo\n\na @Jane!\n\n")
        #expect(PlainText.of(Node("doc", content: [Node("bulletList", content: [item])])) == "\n\none\ntwo")
        #expect(PlainText.of(Node("doc")).isEmpty)
    }
}
