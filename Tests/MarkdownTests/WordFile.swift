import DocumentGenerator

/// A random Markdown file in which every word occurs once, in all the constructs that people and other programs write.
///
/// In the templates a letter by itself is filled in: `W` is a word that must be in the document, `H` one of a definition,
/// which nobody is shown, `I` an inline construct, `T` a text of several.
struct WordFile {
    private(set) var random: SeededRandom
    /// Words that must be found in the document.
    private(set) var shown: [String] = []
    /// Words of definitions.
    private(set) var hidden: [String] = []
    private(set) var text = ""

    init(seed: UInt64, isHostile: Bool) {
        random = SeededRandom(seed: seed)
        for _ in 0..<random.number(1...4) {
            text += block(0).joined(separator: "\n") + (random.chance(80) ? "\n\n" : "\n")
        }
        if isHostile { for _ in 0..<random.number(1...6) { spoil() } }
    }

    static let inlines = [
        "*I*", "**I**", "~~W~~", "==I==", "`W W`", "[I](u)", "[W](u \"W\")", "[I][a]", "[[W]]", "[[W|W]]", "[[W#W]]",
        "![[W]]", "![W](u \"W\")", "![*W* `W` W](u)", "![W|640](u)", "[![W](u)](W)", "[](W)", "[$W$](W)", "%%W%%",
        "<!-- W -->",
        "<kbd>W</kbd>", "<W>", "<u>I</u>", "<mark>I</mark>", "<code>I</code>", "<span style=\"color: red\">I</span>",
        "<abbr title=\"W\">W</abbr>", "<a href=\"W\">I</a>", "<a href=\"W\"></a>", "<br>",
        "<img src=\"u\" alt=\"W\" title=\"W\">", "<span data-type=\"status\" data-color=\"green\">I</span>",
        "<span data-type=\"status\" data-text=\"W\">I</span>", "<span data-type=\"mention\" data-label=\"W\">W</span>",
        "<span data-type=\"mention\">W</span>", "<span data-type=\"mathInline\">W</span>",
        "<sup data-type=\"footnoteReference\" data-id=\"a\">I</sup>", "<span data-node=\"x\">I</span>", "$W$", "[^W]",
        "[^a]", "^[W]", "<https://W.com>", "https://e.com/W", "[W](mention:user:1)", "[@I](mention:user:1)", "W::W",
        "#W",
        "{#W .W}", "^W^ ~W~", "@W", ":W:", "&W;",
    ]

    static let leaves = [
        "T", "T\nT", "# T", "# T #", "T\n===", "T\n---", "```js\nW\n\nW\n```", "    W", "$$\nW\n$$", "$$ W $$",
        "| T | T |\n|---|:-:|\n| T | T | W |\n| T |", "| `W|W` | [[W|W]] |\n|---|---|\n| W | `W|W` |",
        "<div data-header=\"none\">\n\n| W | |\n|--|--|\n| W | |\n\n</div>",
        "<div data-header=\"column\">\n\n| W | |\n|--|--|\n| W | |\n\n</div>",
        "T\n: T", "![W](u)\n: W", "[a]: u 'H'", "[H]: H", "[//]: # (H)", "[^W W]: W", "%%\nW\n%%", "T ^W", "T\n^W",
        "---",
        "---\nW: W\n---", "<!-- W -->", "<!--\nW\n\nW\n-->", "<pre>\nW\n</pre>", "<dl><dt>W</dt><dd>W</dd></dl>",
        "<table>\n<caption>W</caption>\n<tr><td>T</td></tr>\n</table>",
        "<table><thead><tr><th>T</th></tr></thead><tr>T<td>T</td>T</tr>T</table>",
        "<details><summary>T</summary>T</details>",
        "<summary>T<p>T</p>T</summary>", "<p>T<h1>T</h1>T</p>", "<h2 align=center>T<p>T</p>T</h2>",
        "<div data-type=\"paragraph\">T</div>", "<div data-type=\"heading\">T</div>",
        "<div data-type=\"detailsSummary\">T</div>",
        "<div data-type=\"embed\" data-src=\"W\">W</div>",
        "<div data-type=\"attachment\" data-url=\"W\"><a href=\"u\">W</a> W</div>",
        "<div data-type=\"mathBlock\">W</div>", "<div data-type=\"mathBlock\" data-text=\"W\">W</div>",
        "<div data-type=\"subpages\">W</div>", "<div style=\"page-break-after: always\">W</div>",
    ]

    /// What stands before the first line of the blocks inside, and before the others.
    private static let prefixes = [
        ("> ", "> "), ("- ", "  "), ("1. ", "   "), ("- [ ] ", "  "), ("- [x] T\n\n  ", "  "), ("- [/] ", "  "),
        ("- [-] T\n  ", "  "), ("[^a]: ", "    "), ("[^W]: T\n\n    ", "    "), ("> [!note] T\n> ", "> "),
        ("> [!WARNING]\n> ", "> "), ("> [!quote]- T\n> ", "> "),
    ]

    /// What stands before and after the blocks inside.
    private static let elements =
        [
            (":::info", ":::"), ("<details>\n<summary>T</summary>\n", "\n</details>"), ("<div>\n", "\n</div>"),
            ("<div align=\"center\">\n", "\n</div>"), ("<div data-node=\"fancy\">\n", "\n</div>"),
            ("<table>\n<tr>\n<td>\n", "\n</td>\n</tr>\n</table>"),
        ]
        + [
            "columns", "column", "callout", "paragraph", "heading", "taskList", "taskItem", "footnotes", "footnote",
            "tableRow", "tableCell", "blockquote", "detailsSummary", "detailsContent", "details", "codeBlock", "text",
            "doc",
            "mention", "orderedList", "bulletList", "transclusionSource", "footnotesList", "unknown",
        ].map { ("<div data-type=\"\($0)\">\n", "\n</div>") }

    // MARK: Making

    private mutating func block(_ depth: Int) -> [String] {
        let kind = depth < 3 ? random.number(0...9) : 0
        if kind < 5 { return lines(random.pick(Self.leaves)) }
        var inside: [String] = []
        for number in 0..<random.number(1...2) { inside += (number > 0 ? [""] : []) + block(depth + 1) }
        if kind < 8 {
            let (first, rest) = random.pick(Self.prefixes)
            var prefixed = inside.map { rest + $0 }
            let head = lines(first + "\u{0}" + inside[0])
            prefixed.replaceSubrange(0..<1, with: head)
            return prefixed
        }
        let (before, after) = random.pick(Self.elements)
        return lines(before) + inside + lines(after)
    }

    private mutating func lines(_ template: String) -> [String] {
        // What stands behind the mark is made already.
        let parts = template.split(separator: "\u{0}", maxSplits: 1, omittingEmptySubsequences: false)
        let made = filled(String(parts[0]), 0) + (parts.count > 1 ? String(parts[1]) : "")
        return made.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private mutating func filled(_ template: String, _ depth: Int) -> String {
        let characters = Array(template)
        var result = ""
        for (place, character) in characters.enumerated() {
            let neighbours = [place - 1, place + 1].filter(characters.indices.contains)
            switch character {
            case _ where neighbours.contains { characters[$0].isLetter }: result.append(character)
            case "W": result += word(isShown: true)
            case "H": result += word(isShown: false)
            case "I": result += inline(depth)
            case "T": result += (0..<random.number(1...3)).map { _ in inline(depth) }.joined(separator: " ")
            default: result.append(character)
            }
        }
        return result
    }

    private mutating func inline(_ depth: Int) -> String {
        if depth > 2 || random.chance(20) { return word(isShown: true) }
        return filled(random.pick(Self.inlines), depth + 1)
    }

    private mutating func word(isShown: Bool) -> String {
        let word = "w\(shown.count + hidden.count)z"
        if isShown { shown.append(word) } else { hidden.append(word) }
        return word
    }

    /// Adds or takes away a character that is not of a word.
    private mutating func spoil() {
        var characters = Array(text)
        let place = random.number(0...characters.count - 1)
        let isInWord = { (index: Int) in
            characters.indices.contains(index) && (characters[index].isLetter || characters[index].isNumber)
        }
        if random.chance(50), !isInWord(place) || !isInWord(place - 1) {
            characters.insert(random.pick(Array("*_`~=[]()<>!#-+.:|\\&;$^ \n\t\"'{}%/")), at: place)
        } else if !isInWord(place), !isInWord(place - 1) || !isInWord(place + 1) {
            characters.remove(at: place)
        }
        text = String(characters)
    }
}
