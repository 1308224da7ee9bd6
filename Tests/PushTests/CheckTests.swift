import Base
import Testing

@testable import Push

/// The checks one by one, without a repository.
@Suite struct CheckTests {
    @Test(arguments: [
        ".git", ".GIT", ".Git", "git~1", "GIT~1", ".git.", ".git ", ".git . .", ".git:x", ".git::$INDEX_ALLOCATION",
        ".g\u{200C}it", "\u{FEFF}.git", ".gi\u{206F}t", "git~1.", ".", "..", "",
    ])
    func namesThatAreGitsOwnSomewhereAreReserved(_ name: String) {
        #expect(NameRules.isReserved(name.utf8))
    }

    @Test(arguments: [".gitignore", ".gitattributes", ".github", "git", "git~10", "x.git", ".gitx", "...", ".obsidian"])
    func namesThatOnlyLookAlikeAreNot(_ name: String) {
        #expect(!NameRules.isReserved(name.utf8))
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
