import DocumentGenerator
import JSON
import ProseMirror
import Testing

/// Documents in these tests are written as lines: `one|two` is two paragraphs.
@Suite("Merging git's and the wiki's changes")
struct MergeTests {
    @Test(
        "combines",
        arguments: [
            // base, git, wiki, merged
            ("a|b|c", "a|b|c", "a|b|x", "a|b|x"), ("a|b|c", "x|b|c", "a|b|c", "x|b|c"),
            ("a|b|c", "x|b|c", "x|b|c", "x|b|c"),
            ("aa aa|bb bb", "aa xx|bb bb", "aa aa|bb yy", "aa xx|bb yy"), ("a|b", "a|n|b", "a|b|m", "a|n|b|m"),
            ("a|b|c", "a|c", "a|b|c|d", "a|c|d"),
            ("a|b", "a|n|b", "a|m|b", "a|m|n|b"), ("a|b", "a|n|b", "a|n|b", "a|n|b"),
            ("a|b", "a|n|p|b", "a|n|q|b", "a|n|q|p|b"),
            ("a|b|c", "b|c", "a|b", "b"), ("a|b|c|d", "b|a|c|d", "a|b|c|x", "b|a|c|x"),
            ("one two three|b|c", "b|c|one two three", "one two four|b|c", "b|c|one two four"),
            ("one two three|b|c", "one two four|b|c", "b|c|one two three", "b|c|one two four"),
            ("a|b|c", "b|c|a", "b|a|c", "b|c|a"), ("a|b|c", "b|c", "b|a|c", "b|c"),
            ("the quick brown fox", "the slow brown fox", "the quick brown dog", "the slow brown dog"),
            ("one two three", "zero one two three", "one two three four", "zero one two three four"),
            ("", "new", "", "new"), ("a", "a", "", ""),
        ]
    )
    func combines(_ base: String, _ git: String, _ wiki: String, _ expected: String) {
        let merged = merge(base: page(base), git: page(git), wiki: page(wiki))
        #expect(show(merged.document) == expected)
        #expect(merged.conflicts.isEmpty)
    }

    @Test(
        "reports",
        arguments: [
            // base, git, wiki, merged, git's side, the wiki's side
            ("a b c|x", "a G c|x", "a W c|x", "a G c|x", "a G c", "a W c"),
            ("a b|x", "G b|x", "a W|x", "G b|x", "G b", "a W"),
            ("one two|x", "x", "one 2|x", "one 2|x", "", "one 2"),
            ("one two|x", "one 2|x", "x", "one 2|x", "one 2", ""),
            ("", "git", "wiki", "git", "git", "wiki"),
            ("word", "word more", "word other", "word more", "word more", "word other"),
        ]
    )
    func reports(_ base: String, _ git: String, _ wiki: String, _ expected: String, _ ours: String, _ theirs: String) {
        let merged = merge(base: page(base), git: page(git), wiki: page(wiki))
        #expect(show(merged.document) == expected)
        #expect(merged.conflicts.count == 1)
        #expect(merged.conflicts.first.map { show(Node("doc", content: $0.git)) } == ours)
        #expect(merged.conflicts.first.map { show(Node("doc", content: $0.wiki)) } == theirs)
    }

    @Test func itemsOfAListMergeOneByOne() {
        func list(_ items: [String]) -> Node {
            Node(
                "doc",
                content: [
                    Node(
                        "taskList",
                        content: items.map { text in
                            Node("taskItem", attrs: ["checked": .bool(text.hasPrefix("!"))], content: [paragraph(text)])
                        }
                    )
                ]
            )
        }
        let merged = merge(
            base: list(["milk and honey", "bread", "eggs"]),
            git: list(["milk and sugar", "bread", "eggs", "salt"]),
            wiki: list(["milk and honey", "!bread", "eggs"])
        )
        #expect(merged.document == list(["milk and sugar", "!bread", "eggs", "salt"]))
        #expect(merged.conflicts.isEmpty)
    }

    @Test func cellsMergeUnlessTheGridChanges() {
        func table(_ rows: [[String]]) -> Node {
            Node(
                "doc",
                content: [
                    Node(
                        "table",
                        content: rows.map { row in
                            Node("tableRow", content: row.map { Node("tableCell", content: [paragraph($0)]) })
                        }
                    )
                ]
            )
        }
        let base = [["a1", "b1"], ["a2", "b2"]]
        let cells = merge(
            base: table(base),
            git: table([["G", "b1"], ["a2", "b2"]]),
            wiki: table([["a1", "b1"], ["a2", "W"], ["a3", "b3"]])
        )
        #expect(cells.document == table([["G", "b1"], ["a2", "W"], ["a3", "b3"]]) && cells.conflicts.isEmpty)
        let wide = table([["a1", "b1", "c1"], ["a2", "b2", "c2"]])
        let grid = merge(base: table(base), git: wide, wiki: table([["a1", "b1"], ["a2", "b2"], ["a3", "b3"]]))
        #expect(grid.document == wide && grid.conflicts.count == 1)
    }

    @Test func attributesMergeOneByOne() {
        func heading(_ level: Int, _ align: JSONValue, id: JSONValue? = nil) -> Node {
            var attrs: JSONObject = ["level": .number(JSONNumber(level)), "textAlign": align]
            attrs["id"] = id
            return Node("doc", content: [Node("heading", attrs: attrs, content: [.text("t")])])
        }
        let merged = merge(base: heading(1, nil), git: heading(2, nil), wiki: heading(1, "center", id: "i"))
        #expect(merged.document == heading(2, "center", id: "i") && merged.conflicts.isEmpty)
        let both = merge(base: heading(1, nil), git: heading(2, nil), wiki: heading(3, nil, id: "i"))
        #expect(both.document == heading(2, nil, id: "i") && both.conflicts.count == 1)
    }

    @Test func marksMergeOnTextThatStays() {
        func text(_ words: [(String, [String])]) -> Node {
            Node(
                "doc",
                content: [
                    Node("paragraph", content: words.map { .text($0.0, $0.1.isEmpty ? nil : $0.1.map { Mark($0) }) })
                ]
            )
        }
        let base = text([("one two three", [])])
        let merged = merge(
            base: base,
            git: text([("one ", []), ("two", ["bold"]), (" three", [])]),
            wiki: text([("one ", []), ("two", ["italic"]), (" three four", [])])
        )
        #expect(merged.document == text([("one ", []), ("two", ["bold", "italic"]), (" three four", [])]))
        let code = merge(
            base: base,
            git: text([("one ", []), ("two", ["code"]), (" three", [])]),
            wiki: text([("one ", []), ("two", ["bold"]), (" three", [])])
        )
        #expect(code.conflicts.count == 1)
    }

    @Test func codeMergesByLines() {
        func code(_ text: String) -> Node { Node("doc", content: [Node("codeBlock", content: [.text(text)])]) }
        let base = code("let a = 1\nlet b = 2\nlet c = 3 + d")
        let lines = merge(
            base: base,
            git: code("let a = 9\nlet b = 2\nlet c = 3 + d"),
            wiki: code("let a = 1\nlet b = 2\nlet c = 3 + e")
        )
        #expect(lines.document == code("let a = 9\nlet b = 2\nlet c = 3 + e") && lines.conflicts.isEmpty)
        let line = merge(
            base: base,
            git: code("let a = 1\nlet b = 2\nvar c = 3 + d"),
            wiki: code("let a = 1\nlet b = 2\nlet c = 3 + e")
        )
        #expect(line.conflicts.count == 1)
    }

    @Test func footnotesStayLast() {
        func note(_ id: String, _ text: String) -> Node {
            Node("footnote", attrs: ["id": "fn:1", "data-id": .string(id)], content: [paragraph(text)])
        }
        let base = Node("doc", content: [paragraph("a")])
        let git = Node(
            "doc",
            content: [paragraph("a"), paragraph("g"), Node("footnotes", content: [note("gggggggggggg", "git")])]
        )
        let wiki = Node(
            "doc",
            content: [paragraph("a"), paragraph("w"), Node("footnotes", content: [note("wwwwwwwwwwww", "wiki")])]
        )
        let merged = merge(base: base, git: git, wiki: wiki)
        #expect(merged.document.children.map(\.type) == ["paragraph", "paragraph", "paragraph", "footnotes"])
        #expect(merged.document.children.last?.children.count == 2 && merged.conflicts.isEmpty)
    }

    @Test func commentsAndIdsStayOnWhatGitDidNotChange() {
        let comment = Mark("comment", attrs: ["commentId": "c1", "resolved": false])
        let wiki = Node(
            "doc",
            content: [
                Node(
                    "paragraph",
                    attrs: ["id": "p1"],
                    content: [.text("The "), .text("quick brown", [comment]), .text(" fox jumps")]
                ),
                Node("heading", attrs: ["level": 2, "id": "h1", "future": true], content: [.text("Title")]),
            ]
        )
        let shown = Node(
            "doc",
            content: [
                paragraph("The quick brown fox jumps"),
                Node("heading", attrs: ["level": 2, "future": true], content: [.text("Title")]),
            ]
        )
        let git = Node("doc", content: [paragraph("Now the quick red fox jumps"), shown.children[1]])
        let merged = merge(base: shown, git: git, wiki: wiki).document
        #expect(merged.children[1] == wiki.children[1])
        #expect(
            merged.children[0]
                == Node(
                    "paragraph",
                    attrs: ["id": "p1"],
                    content: [
                        .text("Now the "), .text("quick ", [comment]), .text("red fox jumps"),
                    ]
                )
        )
    }

    @Test func filesKeepTheirFactsWhileTheirSourceStays() {
        func image(_ attrs: JSONObject) -> Node { Node("doc", content: [Node("image", attrs: attrs)]) }
        let wiki = image(["src": "/a.png", "attachmentId": "x", "size": 5, "aspectRatio": 2])
        let base = image(["src": "/a.png"])
        let carried = Carry().carry(from: wiki, to: image(["src": "/a.png", "width": 10]))
        #expect(carried == image(["src": "/a.png", "width": 10, "attachmentId": "x", "size": 5, "aspectRatio": 2]))
        #expect(Carry().carry(from: wiki, to: image(["src": "/b.png"])) == image(["src": "/b.png"]))
        _ = base
    }

    // MARK: Pages as lines

    private func paragraph(_ text: String) -> Node { Node("paragraph", content: text.isEmpty ? nil : [.text(text)]) }

    private func page(_ lines: String) -> Node {
        Node(
            "doc",
            content: lines.split(separator: "|", omittingEmptySubsequences: false).map { paragraph(String($0)) }
        )
    }

    private func show(_ document: Node) -> String {
        document.children.map { $0.children.map { $0.text ?? "" }.joined() }.joined(separator: "|")
    }
}
