import Foundation
import TestSupport

/// A page or a file that is not as it should be, and what must become of it.
struct Poison: Sendable, CustomStringConvertible {
    enum Fate: Sendable {
        /// It is told in `status`, and the other side does not get it.
        case reported
        /// It is odd, and yet it arrives on the other side.
        case synced
    }

    let description: String
    let fate: Fate
    /// Of a row: the assignments of an UPDATE that poison it.
    var assignments = ""
    /// Of a file: its path, with `#` for the number of the poison, and its bytes.
    var path = "Poison #.md"
    var bytes: [UInt8] = []

    private init(row description: String, _ fate: Fate, _ assignments: String) {
        (self.description, self.fate, self.assignments) = (description, fate, assignments)
    }

    private init(file description: String, _ fate: Fate, _ text: String, path: String = "Poison #.md") {
        self.init(file: description, fate, Array(text.utf8), path: path)
    }

    private init(file description: String, _ fate: Fate, _ bytes: [UInt8], path: String = "Poison #.md") {
        (self.description, self.fate, self.bytes, self.path) = (description, fate, bytes, path)
    }

    private static func document(_ blocks: String) -> String {
        "content = '{\"type\":\"doc\",\"content\":[\(blocks)]}'"
    }

    private static func paragraph(_ text: String, marks: String = "[]") -> String {
        #"{"type":"paragraph","content":[{"type":"text","text":"\#(text)","marks":\#(marks)}]}"#
    }

    private static func nested(_ depth: Int) -> String {
        String(repeating: #"{"type":"blockquote","content":["#, count: depth) + paragraph("deep")
            + String(repeating: "]}", count: depth)
    }

    private static let large = Array(repeating: paragraph(String(repeating: "word ", count: 200)), count: 1_000)
        .joined(separator: ",")

    /// Rows whose page cannot be a file, and rows that only look so.
    static let rows: [Poison] = [
        Poison(row: "content is a string", .reported, "content = '\"hello\"'"),
        Poison(row: "content is a list", .reported, "content = '[]'"),
        Poison(row: "content is a number", .reported, "content = '42'"),
        Poison(row: "content is JSON null", .reported, "content = 'null'"),
        Poison(row: "content has no type", .reported, "content = '{\"content\":[]}'"),
        Poison(row: "content's blocks are no list", .reported, "content = '{\"type\":\"doc\",\"content\":\"x\"}'"),
        Poison(row: "a block is a number", .reported, document("7")),
        Poison(
            row: "a text without its text",
            .synced,
            document(#"{"type":"paragraph","content":[{"type":"text"}]}"#)
        ),
        Poison(row: "marks are no list", .reported, document(paragraph("x", marks: "{}"))),
        Poison(row: "an unknown node", .synced, document(#"{"type":"hologram","attrs":{"a":[1,{"b":null}]}}"#)),
        Poison(row: "an unknown mark", .synced, document(paragraph("x", marks: #"[{"type":"glow","attrs":{"n":3}}]"#))),
        Poison(row: "a heading of level 99", .synced, document(#"{"type":"heading","attrs":{"level":99}}"#)),
        Poison(row: "a table without rows", .synced, document(#"{"type":"table","content":[]}"#)),
        Poison(
            row: "a link to a number",
            .synced,
            document(paragraph("x", marks: #"[{"type":"link","attrs":{"href":7}}]"#))
        ),
        Poison(row: "quotes 3,000 deep", .synced, document(nested(3_000))),
        Poison(row: "a page of 1 MB", .synced, document(large)),
        Poison(row: "a Yjs state that is none", .synced, "ydoc = '\\x00ff00ff'"),
        Poison(row: "an empty Yjs state", .synced, "ydoc = ''"),
        Poison(row: "a Yjs state that claims gigabytes", .synced, "ydoc = '\\x01ffffffff0f'"),
        Poison(row: "no title", .synced, "title = NULL"),
        Poison(row: "a title of dots", .synced, "title = '....'"),
        Poison(row: "a title that leaves the repository", .synced, "title = '../../.git/hooks/post-update'"),
        Poison(row: "a title with control characters", .synced, "title = E'a\\nb\\tc\\x01d\\x7f'"),
        Poison(row: "a title of 5,000 characters", .synced, "title = repeat('ü', 5000)"),
        Poison(row: "no position", .synced, "position = NULL"),
        Poison(row: "a page below itself", .synced, "parent_page_id = id"),
        Poison(row: "a slug that is no word", .synced, "slug_id = E'../a b\\n?#%\\x01|:' || id"),
        Poison(row: "an empty slug", .synced, "slug_id = ''"),
        Poison(row: "a slug of 2,000 characters", .synced, "slug_id = repeat('s', 2000)"),
        Poison(row: "an icon of 1 MB", .synced, "icon = repeat('ü', 500000)"),
        Poison(row: "a position of 100,000 characters", .synced, "position = repeat('z', 100000)"),
        Poison(row: "a position that is none", .synced, "position = E' \\n'"),
        Poison(row: "a title of 1 MB", .synced, "title = repeat('ab ', 350000)"),
        Poison(row: "a title of combining marks", .synced, "title = repeat(U&'\\0301\\202E\\200D', 2000)"),
        Poison(row: "a title of line ends", .synced, "title = U&'a\\2028b\\2029c\\0085d\\FEFF\\FFFF'"),
        Poison(row: "a title that Windows keeps for itself", .synced, "title = 'CON.md '"),
        Poison(row: "a parent in another space", .synced, "parent_page_id = '\(foreign)'"),
        Poison(row: "nobody's", .synced, "creator_id = NULL, last_updated_by_id = NULL, contributor_ids = NULL"),
        Poison(row: "a number of 400 digits", .synced, document(#"{"type":"heading","attrs":{"level":1e400}}"#)),
        Poison(row: "a list from minus 1e30", .synced, document(#"{"type":"orderedList","attrs":{"start":-1e30}}"#)),
        Poison(
            row: "a cell that spans a billion columns",
            .synced,
            document(
                #"{"type":"table","content":[{"type":"tableRow","content":[{"type":"tableCell","attrs":{"colspan":1000000000,"rowspan":-5,"colwidth":"x"},"content":[\#(paragraph("x"))]}]}]}"#
            )
        ),
        Poison(row: "attributes that are a list", .reported, document(#"{"type":"heading","attrs":[1]}"#)),
        Poison(row: "attributes that are null", .synced, document(#"{"type":"heading","attrs":null}"#)),
        Poison(row: "a mark without a type", .reported, document(paragraph("x", marks: "[{}]"))),
        Poison(row: "a node of no name", .synced, document(#"{"type":""}"#)),
        Poison(row: "a node with a name of markup", .synced, document(#"{"type":"<b>\n```\"-->"}"#)),
        Poison(row: "a document in a document", .synced, document(#"{"type":"doc","content":[\#(paragraph("x"))]}"#)),
        Poison(row: "an empty text", .synced, document(paragraph(""))),
        Poison(row: "a text of line ends", .synced, document(paragraph(#"a\u2028b\r\nc\u0085d\ufeff\uffff"#))),
        Poison(
            row: "a block of texts and blocks",
            .synced,
            document(#"{"type":"paragraph","content":[\#(paragraph("x"))]}"#)
        ),
        Poison(
            row: "an address of 1 MB",
            .synced,
            document(
                paragraph(
                    "x",
                    marks: #"[{"type":"link","attrs":{"href":"\#(String(repeating: "a) ", count: 350_000))"}}]"#
                )
            )
        ),
        Poison(
            row: "backticks only",
            .synced,
            document(
                #"{"type":"codeBlock","attrs":{"language":"`~ \n"},"content":[{"type":"text","text":"\#(String(repeating: "`", count: 50_000))"}]}"#
            )
        ),
        Poison(row: "quotes 6,000 deep", .reported, document(nested(6_000))),
        Poison(row: "edited at infinity", .synced, "updated_at = 'infinity'"),
        Poison(row: "edited and made at minus infinity", .synced, "updated_at = '-infinity', created_at = '-infinity'"),
        Poison(row: "edited before Christ", .synced, "updated_at = '0044-03-15 BC', created_at = '4713-01-01 BC'"),
        Poison(row: "edited in the year 294276", .synced, "updated_at = '294276-12-31', created_at = 'infinity'"),
    ]

    /// Files that mean no page, and files that only look so.
    static let files: [Poison] = [
        Poison(file: "frontmatter that does not end", .synced, "---\ntitle: x\n\nText.\n"),
        Poison(file: "an id that is none", .reported, "---\ndocmost_id: not-an-id\n---\nText.\n"),
        Poison(file: "two ids", .reported, "---\ndocmost_id: \(forged)\ndocmost_id: \(foreign)\n---\nText.\n"),
        Poison(file: "the id of no page", .synced, "---\ndocmost_id: \(forged)\n---\nText.\n"),
        Poison(file: "the id of a page of another space", .synced, "---\ndocmost_id: \(foreign)\n---\nText.\n"),
        Poison(file: "bytes that are no UTF-8", .reported, [0x54, 0xFF, 0xFE, 0x0A]),
        Poison(file: "UTF-16", .reported, [0xFF, 0xFE, 0x54, 0x00, 0x0A, 0x00]),
        Poison(file: "a NUL", .synced, "a\u{0}b\n"),
        Poison(file: "a NUL in frontmatter", .synced, "---\nx: \u{0}\n---\nText.\n"),
        Poison(file: "control characters", .synced, "a\u{1}b\u{7}c\u{1B}[31m\n"),
        Poison(file: "a fence with broken JSON", .synced, "```docmost-json\n{\"type\":\n```\n"),
        Poison(file: "a fence with an unknown node", .reported, "```docmost-json\n{\"type\":\"hologram\"}\n```\n"),
        Poison(file: "markers of a conflict", .synced, "<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n"),
        Poison(file: "quotes 20,000 deep", .synced, String(repeating: ">", count: 20_000) + " x\n"),
        Poison(file: "brackets 50,000 deep", .synced, String(repeating: "[", count: 50_000) + "\n"),
        Poison(
            file: "a file of 1 MB",
            .synced,
            String(repeating: String(repeating: "word ", count: 200) + "\n\n", count: 1_000)
        ),
        Poison(file: "nothing at all", .synced, ""),
        Poison(file: "a name of 250 bytes", .synced, "Text.\n", path: String(repeating: "n", count: 243) + " #.md"),
        Poison(file: "a name of blanks", .synced, "Text.\n", path: "#/  .md"),
        Poison(file: "a name with control characters", .synced, "Text.\n", path: "a\u{1}b\u{1B} #.md"),
        Poison(
            file: "thirty folders deep",
            .synced,
            "Text.\n",
            path: String(repeating: "d/", count: 30) + "Poison #.md"
        ),
    ]

    static let forged = "01900000-0000-7000-8000-00000000dead"
    /// A page of the space beside.
    static let foreign = "0198c6a2-7e1b-7c3d-9a44-0000000f0e1e"
}
