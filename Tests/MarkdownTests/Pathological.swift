/// Texts that make a careless parser quadratic, or its result enormous: the list of cmark's own tests, and our dialect's.
struct Pathological: CustomStringConvertible, Sendable {
    let name: String
    /// The text, repeated to about that many bytes.
    let make: @Sendable (_ bytes: Int) -> String

    var description: String { name }

    private static func repeated(_ name: String, _ unit: String, end: String = "") -> Pathological {
        Pathological(name: name) { String(repeating: unit, count: $0 / unit.utf8.count) + end }
    }

    private static func nested(_ name: String, _ open: String, _ text: String, _ close: String) -> Pathological {
        Pathological(name: name) { bytes in
            let count = bytes / (open.utf8.count + close.utf8.count)
            return String(repeating: open, count: count) + text + String(repeating: close, count: count)
        }
    }

    static let all: [Pathological] = [
        nested("nested strong emphasis", "*a **a ", "b", " a** a*"),
        repeated("closers without openers", "a_ "),
        repeated("openers without closers", "_a "),
        repeated("link closers without openers", "a]"),
        repeated("link openers without closers", "[a"),
        repeated("mismatched openers and closers", "*a_ "),
        repeated("many openers and closers", "[ a_"),
        repeated("openers and closers, multiple of 3", "a**b c* "),
        Pathological(name: "long run and short runs") { "a***" + String(repeating: "b* ", count: $0 / 3) },
        nested("nested brackets", "[", "a", "]"),
        nested("nested block quotes", "> ", "a", ""),
        Pathological(name: "deeply nested lists") { bytes in
            var text = ""
            var depth = 0
            while text.utf8.count < bytes {
                text += String(repeating: "  ", count: depth % 500) + "* a\n"
                depth += 1
            }
            return text
        },
        repeated("NUL bytes", "abc\0def\0"),
        Pathological(name: "backticks of all lengths") { bytes in
            var text = ""
            var count = 1
            while text.utf8.count < bytes {
                text += "e" + String(repeating: "`", count: count)
                count += 1
            }
            return text
        },
        repeated("unclosed links", "[a](<b"),
        repeated("unclosed links without brackets", "[a](b"),
        repeated("unclosed comments", "<!-- a ", end: ""),
        repeated("unclosed instructions", "<?"),
        repeated("unclosed declarations", "<!A "),
        repeated("unclosed CDATA", "<![CDATA["),
        repeated("unclosed tags", "<a b=\""),
        repeated("empty lines in a list", "- a\n\n\n\n"),
        Pathological(name: "many references") { bytes in
            var text = ""
            var count = 0
            while text.utf8.count < bytes {
                text += "[a\(count)]: u\n"
                count += 1
            }
            return text + String(repeating: "[a1] ", count: 1000)
        },
        Pathological(name: "one long address, referred to often") { bytes in
            "[a]: /" + String(repeating: "u", count: bytes / 2) + "\n\n" + String(repeating: "[a] ", count: bytes / 8)
        },
        Pathological(name: "wide table with short rows") { bytes in
            let columns = bytes / 16
            return String(repeating: "|a", count: columns) + "|\n" + String(repeating: "|-", count: columns) + "|\n"
                + String(repeating: "|\n", count: bytes / 4)
        },
        Pathological(name: "table as wide as allowed with short rows") { bytes in
            String(repeating: "|a", count: 250) + "|\n" + String(repeating: "|-", count: 250) + "|\n"
                + String(repeating: "|b\n", count: bytes / 3)
        },
        repeated("tables", "|a|\n|-|\n"),
        nested("nested images", "![", "a", "](u)"),
        nested("nested links", "[", "a", "](u)"),
        repeated("images", "![a](b)"),
        Pathological(name: "open images, then links") {
            String(repeating: "![", count: $0 / 4) + String(repeating: "[a](b)", count: $0 / 12)
        },
        nested("nested elements", "<div align=\"left\">\n\n", "a", "\n\n</div>"),
        nested("nested inline elements", "<u>", "a", "</u>"),
        repeated("closing tags", "</div>\n\n"),
        repeated("opening tags", "<div>\n\n"),
        nested("nested details", "<details>\n<summary>s</summary>\n\n", "a", "\n\n</details>"),
        repeated("dollars", "$a "),
        repeated("math fences", "$$\na\n"),
        repeated("footnote references", "[^a] "),
        Pathological(name: "footnotes") { "[^a]: n\n\n" + String(repeating: "[^a] ", count: $0 / 5) },
        nested("nested footnotes", "[^a]: ", "b", ""),
        nested("nested callouts", "> [!note]\n", "a", ""),
        repeated("fenced callouts", ":::info\n"),
        repeated("highlights", "==a "),
        repeated("tildes", "~a~~b "),
        repeated("entities", "&amp;"),
        repeated("unfinished entities", "&a"),
        repeated("addresses", "http://a "),
        repeated("addresses in a row", "http://a.b/(("),
        repeated("www", "www."),
        repeated("semicolons after an address", "http://a.b/&a;&a;;"),
        repeated("backslashes", "\\"),
        repeated("hard breaks", "a  \n"),
        repeated("tabs", "\t\t\ta\n"),
        repeated("colons", "a: [b]: "),
        repeated("headings", "# "),
        repeated("setext lines", "a\n=\n"),
        repeated("hashes", "#"),
        repeated("ordinals", "1. "),
        repeated("task items", "- [ ] "),
        repeated("lines of pipes", "|\n"),
        repeated("paragraph of one line each", "a\n"),
    ]
}
