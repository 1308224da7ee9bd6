import Base
import DocumentGenerator
import JSON
import Markdown
import ProseMirror
import Testing

/// No word of a pushed file is lost on its way into the document, nor on the way back.
@Suite struct LostWordTests {
    @Test(arguments: [false, true]) func everyWordOfAFileIsInItsDocument(isHostile: Bool) {
        var lost: [String: [String]] = [:]
        withLargeStack {
            for seed in 0..<UInt64(min(cases(1500), 30_000)) {
                let file = WordFile(seed: seed, isHostile: isHostile)
                let document = MarkdownDocument.parse(Array(file.text.utf8)).document
                let missing = Self.missing(file.shown, from: document)
                for word in missing where !isHostile || !Self.isHidden(word, in: file.text) {
                    lost["seed \(seed)", default: []].append(word)
                }
            }
        }
        #expect(lost == [:])
    }

    /// Each of these lost a word, or an address. The second text is what the document is written as.
    @Test(arguments: [
        // Inside the elements of atoms, where only a text for other readers is expected.
        (
            "<div data-type=\"embed\" data-src=\"u\">word</div>",
            "<div data-type=\"embed\" data-src=\"u\"><a href=\"u\">u</a></div>\n\nword"
        ),
        (
            "<div style=\"page-break-after: always\">word</div>",
            "<div style=\"page-break-after: always\"></div>\n\nword"
        ),
        (
            "<span data-type=\"status\" data-text=\"Done\">word</span>",
            "<span data-type=\"status\">Done</span>word"
        ),
        ("<span data-type=\"status\">[a](b)</span>", "\\<span data-type=\"status\">[a](b)\\</span>"),
        // As Docmost's own HTML has them.
        ("<span data-type=\"mathInline\">x^2</span>", "$x^2$"),
        ("<div data-type=\"mathBlock\">x^2</div>", "$$\nx^2\n$$"),
        (
            "<span data-type=\"mention\" data-label=\"Jane\" data-entity-type=\"user\" data-entity-id=\"1\">@Jane</span>",
            "[@Jane](mention:user:1)"
        ),
        ("<p>a<h1>b</h1>word</p>", "a\n\n# b\n\nword"),
        ("<img src=\"u\" alt=\"a\" title=\"word\">", "![a](u \"word\")"),
        // The schema has links on text only.
        ("[![Build](b.svg)](https://e.com) more", "![Build](b.svg)\n\n[Build](https://e.com) more"),
        ("[![](b.svg)](https://e.com)", "![](b.svg)\n\n<https://e.com>"),
        ("[](word.md)", "[word.md](word.md)"),
        ("<a href=\"word\"></a>", "[word](word)"),
        ("[ ![a](b)\n](word)", "![a](b)\n\n[a](word)"),
        // What looks like a footnote, and is none, is no definition of a link.
        ("[^my note]: word", "\\[^my note]: word"),
        ("x[^a]\n\n[^a]: > [!todo] ![pic](u \"word\")", "x[^a]\n\n[^a]: todo\n\n    [pic](u) word"),
        (
            "x[^a]\n\n[^a]: <details><summary><span data-type=\"status\">S</span> word</summary></details>",
            "x[^a]\n\n[^a]: <span data-type=\"status\">S</span> word"
        ),
        ("![see [^a]](u)\n\n[^a]: n", "![see \\[^a\\]](u)\n\n[^a]: n"),
    ])
    func aConstructThatLostAWordKeepsIt(_ markdown: String, _ written: String) {
        let document = MarkdownDocument.parse(Array(markdown.utf8)).document
        #expect(text(MarkdownWriter.write(document)) == written + "\n")
    }

    /// What no reader is shown, the definitions of links, is in the file still when something else has changed.
    @Test func everyWordOfAFileIsThereAfterAnEditInTheWiki() {
        withLargeStack {
            for seed in 0..<UInt64(min(cases(500), 30_000)) {
                let file = WordFile(seed: seed, isHostile: false)
                var document = MarkdownDocument.parse(Array(file.text.utf8)).document
                document.content?.insert(Node("paragraph", content: [.text("new")]), at: 0)
                let new = text(MarkdownRewriter.rewrite(Array(file.text.utf8), to: document))
                #expect((file.shown + file.hidden).filter { !new.contains($0) } == [], "seed \(seed)")
            }
        }
    }

    private static func missing(_ words: [String], from document: Node) -> [String] {
        let json = String(decoding: document.json.bytes(), as: UTF8.self)
        // Words are numbered and end in a letter, so none is a part of another.
        return words.filter { !json.contains($0) }
    }

    /// Whether a word of a spoilt file has come into a definition of a link, behind the language of a fence, or into an
    /// attribute that the dialect does not know.
    private static func isHidden(_ word: String, in text: String) -> Bool {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard let place = lines.firstIndex(where: { $0.contains(word) }) else { return false }
        let isFence = ["~~~", "```", "data-", "=\"" + word].contains { lines[place].contains($0) }
        return isFence || lines[max(0, place - 3)..<min(lines.count, place + 4)].contains { $0.contains("]:") }
    }

    @Test(arguments: [
        ("> ", 100, ""), ("- ", 100, ""), ("1. ", 100, ""), ("[^a]: ", 100, ""), ("> [!note]\n> ", 70, ""),
        ("<div align=\"left\">\n\n", 100, "\n\n</div>"), ("<u>", 100, "</u>"), ("*", 100, "*"), ("![", 100, "](u)"),
        ("[", 100, "](u)"), ("<details><summary>s</summary>\n\n", 100, "\n\n</details>"), (":::info\n", 100, "\n:::"),
        ("<table><tr><td>\n\n", 100, "\n\n</td></tr></table>"), ("<span data-type=\"status\">", 100, "</span>"),
    ])
    func aWordInsideOfVeryMuchIsKept(_ open: String, _ count: Int, _ close: String) {
        let text =
            String(repeating: open, count: count) + "word" + String(repeating: close, count: count) + "\n"
        let document = withLargeStack { MarkdownDocument.parse(Array(text.utf8)).document }
        #expect(Self.missing(["word"], from: document) == [])
    }
}
