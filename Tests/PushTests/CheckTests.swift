import Testing

@testable import Push

/// The checks one by one, without a repository.
@Suite struct CheckTests {
    @Test(arguments: [
        ".git", ".GIT", ".Git", "git~1", "GIT~1", ".git.", ".git ", ".git . .", ".git:x", ".git::$INDEX_ALLOCATION",
        ".g\u{200C}it", "\u{FEFF}.git", ".gi\u{206F}t", "git~1.", ".", "..", "",
    ])
    func namesThatAreGitsOwnSomewhereAreReserved(_ name: String) {
        #expect(NameRules.isReserved(name))
    }

    @Test(arguments: [".gitignore", ".gitattributes", ".github", "git", "git~10", "x.git", ".gitx", "...", ".obsidian"])
    func namesThatOnlyLookAlikeAreNot(_ name: String) {
        #expect(!NameRules.isReserved(name))
    }

    @Test(arguments: [
        ("---\ndocmost_id: 019ef6fc-2638-7ce1-9ce3-2756ce038480\n---\nx", true),
        ("---\ngitmost_id: \"019EF6FC-2638-7CE1-9CE3-2756CE038480\"\n---\n", true),
        ("\u{FEFF}---\r\ntags: [a]\r\ndocmost_id:   '019ef6fc-2638-7ce1-9ce3-2756ce038480'  # mine\r\n---\r\n", true),
        ("---\ndocmost_id: 019ef6fc-2638-7ce1-9ce3-2756ce038480\n...\n", true),
        ("---\ndocmost_id:\n---\n", false),
        ("---\nother: 1\n---\ndocmost_id: 019ef6fc-2638-7ce1-9ce3-2756ce038480\n", false),
        ("\n---\ndocmost_id: 019ef6fc-2638-7ce1-9ce3-2756ce038480\n---\n", false),
        ("text", false), ("", false), ("---", false), ("---\n\n---\n", false),
    ])
    func theIDIsReadFromTheFrontmatter(_ text: String, _ hasID: Bool) {
        let matter = Frontmatter(Array(text.utf8))
        #expect(matter.id == (hasID ? "019ef6fc-2638-7ce1-9ce3-2756ce038480" : nil))
        #expect(matter.problem == nil)
    }

    @Test(arguments: [
        ("---\ndocmost_id: nonsense\n---\n", 2),
        ("---\na: 1\nb: 2\ngitmost_id: 019ef6fc-2638-7ce1-9ce3\n---\n", 4),
        ("---\ndocmost_id: 019ef6fc-2638-7ce1-9ce3-2756ce038480\ntext without end\n", 2),
    ])
    func aWrongIDIsNamedWithItsLine(_ text: String, _ line: Int) {
        #expect(Frontmatter(Array(text.utf8)).problem?.line == line)
    }

    @Test func theSameIDTwiceIsNoProblem() {
        let id = "019ef6fc-2638-7ce1-9ce3-2756ce038480"
        let matter = Frontmatter(Array("---\ndocmost_id: \(id)\ngitmost_id: \(id)\n---\n".utf8))
        #expect(matter.id == id && matter.problem == nil)
    }

    @Test(arguments: [
        ("<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n", 1),
        ("a\n\n<<<<<<<\n=======\n>>>>>>>", 3),
        ("a\r\n<<<<<<< HEAD\r\n=======\r\n>>>>>>> x\r\n", 2),
        ("```\ncode\n```\n<<<<<<< a\n||||||| base\n=======\n>>>>>>> b\n", 4),
        ("~~~\n```\n~~~\n<<<<<<< a\n=======\n>>>>>>> b\n", 4),
        ("`` ``` ``\n<<<<<<< a\n=======\n>>>>>>> b\n", 2),
    ])
    func conflictsAreFound(_ text: String, _ line: Int) {
        #expect(ConflictMarkers.firstLine(in: Array(text.utf8)) == line)
    }

    @Test(arguments: [
        "Heading\n=======\n", "```\n<<<<<<< a\n=======\n>>>>>>> b\n```\n", "~~~~\n~~~\n<<<<<<< a\n=======\n>>>>>>> b\n",
        " <<<<<<< a\n=======\n>>>>>>> b\n", "<<<<<<<< a\n=======\n>>>>>>> b\n", ">>>>>>> quoted\n",
        "<<<<<<< only the first\n", "    ```\n", "",
    ])
    func textThatOnlyLooksLikeAConflictIsNone(_ text: String) {
        #expect(ConflictMarkers.firstLine(in: Array(text.utf8)) == nil)
    }

    @Test func aFolderPageMayBeReplacedByTheOtherForm() {
        #expect(TreeRules(files: ["P/P.md", "P/C.md"]).orphans(of: ["P.md"]).isEmpty)
        #expect(TreeRules(files: ["P.md", "P/C.md"]).orphans(of: ["P/P.md"]).isEmpty)
        #expect(TreeRules(files: ["P/C.md"]).orphans(of: ["P/P.md"]).count == 1)
        #expect(TreeRules(files: ["P/C.md"]).orphans(of: ["P.md"]).count == 1)
        #expect(TreeRules(files: ["P/image.png", "P/.obsidian/x.md"]).orphans(of: ["P/P.md"]).isEmpty)
        #expect(TreeRules(files: ["Px/C.md"]).orphans(of: ["P.md"]).isEmpty)
        #expect(TreeRules(files: ["A/P/P/C.md"]).orphans(of: ["A/P/P.md"]).count == 1)
    }

    @Test func clashesAreFoundAtEveryLevelAndOnlyForNewFiles() {
        let files = ["A/x.md", "a/y.md", "Straße.md", "STRASSE.md", "é.md", "e\u{301}.md"]
        #expect(TreeRules(files: files).clashes(of: ["a/y.md"]).map(\.path) == ["a"])
        #expect(TreeRules(files: files).clashes(of: ["e\u{301}.md"]).count == 1)
        #expect(TreeRules(files: files).clashes(of: []).isEmpty)
        #expect(TreeRules(files: ["A.md", "B.md"]).clashes(of: ["A.md", "B.md"]).isEmpty)
    }

    @Test func whatATerminalWouldObeyIsReplaced() {
        #expect(terminalText("a\u{1B}[31mb\nc\u{202E}d\u{7F}") == "a?[31mb?c?d?")
        #expect(terminalText("Ünïcode 名前 🎉") == "Ünïcode 名前 🎉")
    }
}
