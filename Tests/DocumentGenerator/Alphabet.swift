/// Texts to be nasty with: whatever Markdown, HTML, YAML, JSON or Unicode could take for something else.
package enum Alphabet {
    static let words = ["a", "Word", "two words", "naïve", "日本語", "Straße", "x1", "snake_case", "end."]

    static let markup = [
        "*", "**", "_", "__", "~~", "==", "`", "``", "```", "~~~", "\\", "\\\\", "[", "]", "](", "![", "[^", "[x]",
        "[ ]",
        "<", ">", "&", "&amp;", "&#32;", "&nbsp", "<br>", "</p>", "<div>", "<!-- -->", "<script>", "#", "# ", "## x ##",
        "- ", "+ ", "* ", "1. ", "1) ", "> ", "> [!note]", "---", "***", "===", "|", "| a | b |", "||", "\\|", "$",
        "$$",
        "$x$", "$5", ":::", ":::info", ":smile:", "^abcdefghijkl", " ^abcdefghijkl", "[a]: /b", "[^1]: n",
        "http://e.com",
        "www.e.com", "https://e.com/a_b_(c)?d=*e*", "a@b.c", "mention:user:x", "docmost-json", "{", "}", "\"", "'", ":",
        "=", "!", "?", "@", "%", ";", ",", "/", "    ", "{{SUBPAGES}}", "<u>", "</div>", "\u{60}\u{60}\u{60}js",
    ]

    static let odd = [
        " ", "  ", "\t", "\n", "\r", "\r\n", "\u{A0}", "\u{AD}", "\u{200B}", "\u{200D}", "\u{FEFF}", "\u{2028}",
        "\u{2029}",
        "\u{85}", "\u{1}", "\u{1F}", "\u{7F}", "\u{202E}", "\u{2066}", "\u{301}", "e\u{301}", "é", "😀", "👩‍👩‍👧", "🇩🇪", "𝒳",
        "\u{FE0F}", "\u{3000}", "\u{FFFD}", "\u{FFFF}", "ﬁ", "İ", "ß", "\u{C}", "\u{B}",
    ]
}

extension SeededRandom {
    /// A text that holds anything; never empty.
    package mutating func nastyText() -> String {
        var text = ""
        for _ in 0..<number(1...5) {
            switch number(0...9) {
            case 0...3: text += pick(Alphabet.words)
            case 4...6: text += pick(Alphabet.markup)
            case 7: text += pick(Alphabet.odd)
            default: text += " "
            }
        }
        return text
    }

    /// A text as people write it.
    package mutating func plainText(words: ClosedRange<Int> = 1...12) -> String {
        let vocabulary = [
            "the", "page", "release", "server", "we", "should", "review", "deployment", "notes", "and", "then", "a",
            "list",
            "of", "users", "configuration", "(see", "below)", "1.5", "GB", "don't", "e.g.", "Größe", "café", "—",
            "API,",
        ]
        return (0..<number(words)).map { _ in pick(vocabulary) }.joined(separator: " ")
    }

    /// Twelve letters, as the editor makes ids.
    package mutating func editorID() -> String {
        String(decoding: (0..<12).map { _ in UInt8(number(0x61...0x7A)) }, as: UTF8.self)
    }

    /// A UUID in lower case.
    package mutating func uuid() -> String {
        let digits = Array("0123456789abcdef")
        return [8, 4, 4, 4, 12].map { count in String((0..<count).map { _ in pick(digits) }) }.joined(separator: "-")
    }
}
