import Settings
import Testing

@Suite("Docmost's .env is read as Docmost reads it")
struct EnvironmentFileTests {
    @Test(
        "each way of writing a value",
        arguments: [
            ("A=1", "1"), ("A = 1 ", "1"), ("export A=1", "1"), ("A: 1", "1"), ("A=", ""), ("A=one two", "one two"),
            ("A=one # comment", "one"), ("A=\"one # not a comment\" # comment", "one # not a comment"),
            ("A='single \\n kept'", "single \\n kept"), ("A=\"line\\nbreak\"", "line\nbreak"),
            ("A=`back \"and\" 'forth'`", "back \"and\" 'forth'"),
            ("A=\"two\nlines\"", "two\nlines"), ("A=\"open", "\"open"), ("A=it's", "it's"), ("A=1\nA=2", "2"),
            ("# A=0\nA=1\r\nB=2", "1"), ("\u{FEFF}A=1", "1"),
            ("A=postgresql://u:p%40@h/d?x=y", "postgresql://u:p%40@h/d?x=y"),
        ]
    )
    func value(text: String, expected: String) {
        #expect(EnvironmentFile.parse(text)["A"] == expected)
    }

    @Test("lines that are no assignments are skipped")
    func junk() {
        #expect(EnvironmentFile.parse("hello\n=1\n!x=2\n\n  \nB=3") == ["B": "3"])
    }
}
