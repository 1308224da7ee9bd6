import JSON
import Testing

/// What RFC 8259 says must be read, and what must not; the cases are those on which parsers are known to differ.
@Suite("JSON, read by the letter")
struct JSONConformanceTests {
    @Test(
        "is accepted and written back as it was",
        arguments: [
            "null", "true", "false", "0", "-0", "1", "-1", "10", "1.0", "1.50", "-0.0", "1e5", "1E+05", "1e-400", "0e0",
            "123456789012345678901234567890.123456789012345678901234567890", "\"\"", "\"a\"", "[]", "{}", "[1]",
            "[[],{}]",
            "[null,1,\"2\",{}]", "{\"\":0}", "{\"a\":{\"a\":{\"a\":[]}}}", "\"\u{7F}\"", "\"é😀\u{2028}\"",
            "\"e\u{301}\"",
            "{\"é\":1,\"e\u{301}\":2}", "\"\\u0000\"", "\"\\u001f\"", "\"\\b\\f\\n\\r\\t\\\"\\\\\"",
            "\"\u{FFFF}\u{10FFFF}\"",
        ]
    )
    func accepted(_ text: String) throws {
        #expect(try sameText(JSONValue(parsing: text).serialized, text))
    }

    @Test(
        "is read as another spelling of the same text",
        arguments: [
            ("\"\\/\"", "\"/\""), ("\"\\u0041\"", "\"A\""), ("\"\\u00E9\\u00e9\"", "\"éé\""),
            ("\"\\uD83D\\uDE00\"", "\"😀\""),
            (" [ 1 , 2 ] ", "[1,2]"), ("\t{\r\n\"a\" : 1 }\n", "{\"a\":1}"), ("\"\\u2028\"", "\"\u{2028}\""),
            ("\"x\\ty\\u0020\"", "\"x\\ty \""), ("\"\\uFFFE\"", "\"\u{FFFE}\""),
            ("\"\\uDBFF\\uDFFF\"", "\"\u{10FFFF}\""),
        ]
    )
    func respelled(_ text: String, _ expected: String) throws {
        #expect(try sameText(JSONValue(parsing: text).serialized, expected))
    }

    @Test(
        "is refused",
        arguments: [
            "", " ", "nul", "nulll", "True", "NaN", "Infinity", "-", "+1", "01", "-01", "1.", ".5", "1.e1", "1e", "1e+",
            "0x1",
            "1_0", "--1", "1 2", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1}", "{", "}", "{\"a\"", "{\"a\":",
            "{\"a\":1",
            "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\" 1}", "{1:1}", "{,}", "{\"a\":1]", "\"", "\"a", "'a'",
            "\"\\\"",
            "\"\\x\"", "\"\\u\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\U0041\"", "\"a\nb\"", "\"\t\"", "\"\u{0}\"", "//",
            "/**/1",
            "[1]//", "\u{FEFF}1", "\u{A0}1", "\"\\uD800\"", "\"\\uDC00\"", "\"\\uD800x\"", "\"\\uD800\\u0041\"",
            "\"\\uD800\\uD800\"", "\"\\uDC00\\uD800\"", "{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":2}", "[1],", "{}{}",
            "tru\u{0}",
        ]
    )
    func refused(_ text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }

    @Test(
        "is refused for its bytes",
        arguments: [
            [0xFF], [0x22, 0xFF, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xE2, 0x82, 0x22],
            [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0x80, 0x22], [0x22, 0xC3, 0x5C, 0x6E, 0xA9, 0x22], [0x00],
            [0xEF, 0xBB, 0xBF, 0x31], [0xFE, 0xFF, 0x00, 0x31], [0x31, 0x00],
        ] as [[UInt8]]
    )
    func refusedBytes(_ bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: bytes) }
    }

    @Test(
        "an error names the byte and the reason",
        arguments: [
            ("[1,2,x]", 5, JSONError.Reason.unexpectedByte(UInt8(ascii: "x"))), ("[1", 2, .unexpectedEnd),
            ("\"ab\\q\"", 3, .malformedEscape), ("\"é\\ud800\"", 3, .loneSurrogate),
            ("{\"a\":1,\"a\":2}", 7, .duplicateKey("a")),
            ("1 1", 2, .trailingBytes), ("[01]", 2, .malformedNumber), ("\"a\u{1}\"", 2, .controlCharacter(1)),
        ]
    )
    func located(_ text: String, _ offset: Int, _ reason: JSONError.Reason) {
        #expect(throws: JSONError(reason, at: offset)) { try JSONValue(parsing: text) }
    }

    @Test func anErrorIsOneLine() {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: "[\"\u{3}\"]") }
        #expect(error?.description == "invalid JSON at byte 2: unescaped control character byte 0x03")
    }

    @Test func invalidUTF8IsLocatedInsideTheString() {
        let bytes: [UInt8] = Array("\"aé".utf8) + [0xFF, 0x22]
        #expect(throws: JSONError(.invalidUTF8, at: 4)) { try JSONValue(parsing: bytes) }
    }
}
