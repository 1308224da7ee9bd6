import Base
import DocumentGenerator
import PageFile
import Testing

private let first = "019ef6fc-2638-7ce1-9ce3-2756ce038480"
private let second = "019ef6fc-2638-7ce1-9ce3-2756ce038481"

@Suite("A page file's envelope")
struct PageFileTests {
    @Test(
        "parts",
        arguments: [
            ("", nil, ""), ("text\n", nil, "text"), ("---\ndocmost_id: \(first)\n---\n\ntext\n", first, "text"),
            ("---\ngitmost_id: \"\(first)\"\n---\ntext", first, "text"),
            ("---\r\ndocmost_id: '\(first)'\r\n---\r\n\r\na\r\nb\r\n", first, "a\r\nb"),
            ("\u{FEFF}---\ndocmost_id: \(first)\n---\n\ntext\n", first, "text"),
            ("---\ntags: [a]\n---\ntext\n", nil, "text"),
            (
                "---\n# note\ntags:\n- a\n- b\n\"docmost_id\" : \(first) # mine\n...\n\n\n    code\n\n\n", first,
                "    code"
            ),
            ("---\n---\ntext", nil, "text"), ("---\ndocmost_id:\n---\n", nil, ""),
            ("---\n\ntext\n\n---\n", nil, "---\n\ntext\n\n---"),
            ("---\n- a\n- b\n---\n", nil, "---\n- a\n- b\n---"), ("---\njust a rule\n", nil, "---\njust a rule"),
            ("----\na: b\n---\n", nil, "----\na: b\n---"), (" ---\na: b\n---\n", nil, " ---\na: b\n---"),
            ("text\n---\na: b\n---\n", nil, "text\n---\na: b\n---"),
            ("---\nd: |\n  docmost_id: \(first)\n---\nx", nil, "x"),
            ("---\nd: \"a\ndocmost_id: \(first)\"\n---\nx", nil, "x"),
            ("---\nd: [a,\nb]\nurl: http://e.com:80/\n---\nx", nil, "x"), ("---  \na: b\n--- \t\nx", nil, "x"),
            ("\n\n---\na: b\n---\n", nil, "---\na: b\n---"), ("---\nDOCMOST_ID: \(first)\n---\nx", nil, "x"),
            ("---\ndocmost_id: \(first.uppercased())\n---\nx", first, "x"),
            ("---\ndocmost_id: \(first)\ngitmost_id: \(first)\n---\nx", first, "x"),
            ("---\ndocmost_id: \(first)\ngitmost_id:\n---\nx", first, "x"),
        ] as [(String, String?, String)]
    )
    func parts(_ text: String, _ id: String?, _ body: String) throws {
        let file = try PageFile(Array(text.utf8))
        #expect(file.id?.description == id)
        #expect(String(decoding: file.bytes[file.body], as: UTF8.self) == body)
    }

    @Test(
        "errors name the line",
        arguments: [
            (
                "---\na: 1\ndocmost_id: xyz\n---\n",
                "line 3: docmost_id is not the id of a page: \"xyz\"; remove the line to make a new page"
            ),
            (
                "---\ndocmost_id: \(first)\nb: 2\ndocmost_id: \(first)\n---\n",
                "line 4: docmost_id is given again; it stands in line 2 already"
            ),
            (
                "---\ndocmost_id: \(first)\ngitmost_id: \(second)\n---\n",
                "line 3: gitmost_id contradicts the id in line 2; keep one of the two lines"
            ),
            (
                "---\ntitle: x\nplain text\n---\n",
                "line 3: between the --- lines at the start of a file every line must be \"name: value\"; if this is text, write the first line as ***"
            ),
            (
                "---\ndocmost_id: \(first)\ntext\n",
                "line 1: the properties that begin here are not closed by a line with ---"
            ),
        ]
    )
    func errors(_ text: String, _ message: String) {
        let error = #expect(throws: PageFileError.self) { try PageFile(Array(text.utf8)) }
        #expect(error?.description == message)
    }

    @Test func otherEncodingsAreRefused() {
        #expect(throws: PageFileError(.notUTF8, line: 2)) { try PageFile(Array("a\n".utf8) + [0xE9, 0x0A]) }
        #expect(throws: PageFileError(.utf16, line: 1)) { try PageFile([0xFF, 0xFE, 0x61, 0]) }
    }

    @Test(
        "an id is put in and every other byte stays",
        arguments: [
            ("text\n", "---\ndocmost_id: \(first)\n---\n\ntext\n"), ("", "---\ndocmost_id: \(first)\n---\n"),
            ("\ntext", "---\ndocmost_id: \(first)\n---\n\ntext"),
            ("\u{FEFF}a\r\nb", "\u{FEFF}---\r\ndocmost_id: \(first)\r\n---\r\n\r\na\r\nb"),
            ("---\ntags: [a] # x\n---\ntext", "---\ndocmost_id: \(first)\ntags: [a] # x\n---\ntext"),
            ("---\n---\ntext", "---\ndocmost_id: \(first)\n---\ntext"),
            (
                "---\na: 1\ngitmost_id:  '\(second)'  # c\nb: 2\n---\nx",
                "---\na: 1\ngitmost_id:  \(first)  # c\nb: 2\n---\nx"
            ),
            ("---\ndocmost_id:\n---\nx", "---\ndocmost_id: \(first)\n---\nx"),
            ("---\ndocmost_id: # none\n---\nx", "---\ndocmost_id: \(first) # none\n---\nx"),
            (
                "---\ndocmost_id: \(second)\ngitmost_id: \(second)\n---\n",
                "---\ndocmost_id: \(first)\ngitmost_id: \(first)\n---\n"
            ),
            ("---\ndocmost_id: \(first)\n---\nx", "---\ndocmost_id: \(first)\n---\nx"),
            ("---\r\na: 1\r\n---\r\nx", "---\r\ndocmost_id: \(first)\r\na: 1\r\n---\r\nx"),
        ]
    )
    func settingID(_ text: String, _ expected: String) throws {
        let result = try PageFile(Array(text.utf8)).settingID(PageID(first))
        #expect(String(decoding: result, as: UTF8.self) == expected)
        #expect(try PageFile(result).id == PageID(first))
        #expect(try PageFile(result).settingID(PageID(first)) == result)
    }

    @Test(
        "an id is taken out again",
        arguments: [
            ("---\ndocmost_id: \(first)\n---\n\ntext\n", "text\n"), ("---\ndocmost_id: \(first)\n---\n", ""),
            ("---\ntags: a\ndocmost_id: \(first)\n---\n\ntext\n", "---\ntags: a\n---\n\ntext\n"), ("text\n", "text\n"),
            ("\u{FEFF}---\ngitmost_id: \(first)\n---\ntext", "\u{FEFF}text"),
            ("---\ndocmost_id:\na: b\n---\n", "---\na: b\n---\n"),
        ]
    )
    func removingID(_ text: String, _ expected: String) throws {
        #expect(try String(decoding: PageFile(Array(text.utf8)).settingID(nil), as: UTF8.self) == expected)
    }

    @Test func newFilesHaveTheirIDFirst() throws {
        #expect(
            String(decoding: PageFile.make(id: PageID(first), body: Array("a".utf8)), as: UTF8.self)
                == "---\ndocmost_id: \(first)\n---\n\na\n"
        )
        #expect(
            String(decoding: PageFile.make(id: PageID(first), body: []), as: UTF8.self)
                == "---\ndocmost_id: \(first)\n---\n"
        )
        #expect(PageFile.make(id: nil, body: Array("a\n".utf8)) == Array("a\n".utf8))
    }

    @Test func lineEndsFollowTheMajority() throws {
        #expect(try PageFile(Array("a\r\nb\r\nc\n".utf8)).lineEnd == .crlf)
        #expect(try PageFile(Array("a\r\nb\nc\n".utf8)).lineEnd == .lf)
    }

    @Test func randomFilesAreReadOrRefusedAndKeepTheirBytes() {
        var random = SeededRandom(seed: 0x42)
        let lines = [
            "---", "...", "--- ", "a: b", "docmost_id: \(first)", "gitmost_id: \(second)", "docmost_id:", "  x: y",
            "# c", "", "text", "- a",
            "q: \"open", "close\"", "f: [", "]", "\u{FEFF}", "docmost_id: bad", "\t", "k: 'it''s'",
            "\"docmost_id\": \(first)",
        ]
        for round in 0..<20_000 {
            var bytes: [UInt8] = []
            if round.isMultiple(of: 5) {
                bytes = (0..<random.number(0...60)).map { _ in UInt8(random.number(0...255)) }
            } else {
                if random.chance(80) { bytes += Array("---\n".utf8) }
                for _ in 0..<random.number(0...8) {
                    bytes += Array((random.pick(lines) + random.pick(["\n", "\n", "\r\n"])).utf8)
                }
            }
            guard let file = try? PageFile(bytes) else { continue }
            let changed = file.settingID(PageID(second))
            guard let again = try? PageFile(changed) else {
                Issue.record(
                    "unreadable after an id was set: \(String(decoding: bytes, as: UTF8.self).debugDescription)"
                )
                continue
            }
            #expect(again.id == PageID(second))
            #expect(changed[again.body] == bytes[file.body][...] || file.body.isEmpty)
            let removed = again.settingID(nil)
            #expect(
                (try? PageFile(removed))?.id == nil,
                "\(String(decoding: bytes, as: UTF8.self).debugDescription) \(String(decoding: removed, as: UTF8.self).debugDescription)"
            )
        }
    }
}
