import DocumentGenerator
import Foundation
import PageFile
import Testing

@Suite("File names")
struct FileNameTests {
    @Test(
        "a title becomes a name that every file system holds",
        arguments: [
            ("Plain title", "Plain title"), ("a/b\\c<d>e:f\"g|h?i*j", "a-b-c-d-e-f-g-h-i-j"),
            ("a\tb\nc\u{0}d\u{7F}e\u{85}f", "a-b-c-d-e-f"),
            ("", "Untitled"), ("   ", "Untitled"), (".", "Untitled"), ("..", "Untitled"), (" ... ", "Untitled"),
            ("///", "---"),
            (".git", "_.git"), (".GIT", "_.GIT"), (".g\u{200C}it", "_.g\u{200C}it"), ("\u{200C}.git", "_\u{200C}.git"),
            (".obsidian", "_.obsidian"), ("git~1", "_git~1"), ("GIT~2", "_GIT~2"), ("gitmod~1", "_gitmod~1"),
            ("gi7eba~1", "_gi7eba~1"),
            ("gift~1x", "_gift~1x"), ("git~a", "git~a"), ("legit~1", "legit~1"), (".git. . ", "_.git"),
            ("trailing. . .", "trailing"), ("  padded  ", "padded"), ("in.the.middle", "in.the.middle"),
            ("two  spaces", "two  spaces"),
            ("con", "_con"), ("CON.md", "CON-md"), ("con.x", "_con.x"), ("con .x", "_con .x"), ("console", "console"),
            ("COM1", "_COM1"),
            ("com¹", "_com¹"), ("lpt0.txt", "_lpt0.txt"), ("com10", "com10"), ("conin$", "_conin$"), ("nul", "_nul"),
            ("Notes.md", "Notes-md"), ("a.MD", "a-MD"), ("x.md.md", "x.md-md"), ("x.md.", "x-md"), ("md", "md"),
            (".md", "-md"),
            ("e\u{301}", "é"), ("\u{212B}", "Å"), ("한글", "한글"), ("<\u{338}", "≮"),
            ("a\u{202E}b\u{2066}c\u{FEFF}d", "a-b-c-d"),
            ("👩‍👩‍👧 family", "👩‍👩‍👧 family"), ("می‌خواهم", "می‌خواهم"), ("x\u{FFFF}y", "x-y"), ("\u{2028}a\u{2029}b", "-a-b"),
            ("\u{3000}日本\u{A0}", "日本"),
        ]
    )
    func stems(_ title: String, _ expected: String) {
        #expect(Array(FileName.stem(title).utf8) == Array(expected.utf8), "\(FileName.stem(title))")
    }

    @Test func longNamesAreCutBetweenCharactersAndByBytes() {
        #expect(FileName.stem(String(repeating: "x", count: 300)).utf8.count == 200)
        #expect(FileName.stem(String(repeating: "字", count: 100)).utf8.count == 198)
        #expect(FileName.stem(String(repeating: "👩‍👩‍👧", count: 20)) == String(repeating: "👩‍👩‍👧", count: 11))
        #expect(FileName.stem(String(repeating: "x", count: 196) + " . 字字") == String(repeating: "x", count: 196))
        let tower = "x" + String(repeating: "\u{30D}", count: 300)
        #expect((1...200).contains(FileName.stem(tower).utf8.count))
        #expect(
            FileName.stem(String(repeating: "x", count: 197) + ".mdx") == String(repeating: "x", count: 197) + "-md"
        )
    }

    @Test func stemsOfRandomTitlesAreSafeAndStable() {
        var random = SeededRandom(seed: 0x41)
        for _ in 0..<4_000 {
            var title = random.nastyText()
            for _ in 0..<random.number(0...8) {
                title += random.pick([".", " ", "~1", "git", "\u{301}", random.nastyText()])
            }
            let stem = FileName.stem(title)
            #expect(Array(FileName.stem(stem).utf8) == Array(stem.utf8))
            #expect(FileName.hazard(ofComponent: Array(stem.utf8)) == nil)
            #expect(FileName.hazard(ofComponent: Array((stem + " ~aBc.md").utf8)) == nil)
            #expect(stem.utf8.count <= 200 && !stem.isEmpty && !stem.utf8.contains(UInt8(ascii: "/")))
            #expect(!FileName.isReserved(stem) && !stem.hasPrefix(".") && !stem.hasSuffix(".") && !stem.hasSuffix(" "))
            #expect(Array(stem.utf8) == Array(stem.precomposedStringWithCanonicalMapping.utf8))
        }
    }

    @Test(
        "names that some file system takes for one",
        arguments: [
            ("Notes", "notes"), ("é", "e\u{301}"), ("É", "e\u{301}"), ("straße", "STRASSE"), ("ς", "Σ"), ("ſ", "S"),
            ("a\u{200D}b", "AB"),
            ("\u{1E9E}", "ß"), ("Å", "\u{212B}"), ("ﬁ", "FI"),
        ]
    )
    func collisions(_ left: String, _ right: String) {
        #expect(Array(FileName.collisionKey(left).utf8) == Array(FileName.collisionKey(right).utf8))
    }

    @Test func differentNamesStayDifferent() {
        #expect(FileName.collisionKey("a b") != FileName.collisionKey("ab"))
        #expect(FileName.collisionKey("1") != FileName.collisionKey("¹"))
    }

    @Test("the key of an ASCII name is the one that it has beside other letters, and a path's is made of its names'")
    func keysInParts() {
        let ascii = (UInt8(1)..<128).map { Unicode.Scalar($0) }
        let name = ascii.reduce(into: "") { $0.unicodeScalars.append($1) }
        #expect(FileName.collisionKey(name) + "é" == FileName.collisionKey(name + "É"))
        #expect(FileName.collisionKey(name) == name.lowercased())
        // Marks that join with the letter before them do not join with a slash.
        let parts = ["Straße", "\u{338}x", "e\u{301}", "\u{301}", "\u{FEFF}A", "ΣΣ", "Ǆ", "\u{1100}", "\u{1161}", ""]
        for left in parts {
            for right in parts {
                let whole = FileName.collisionKey("\(left)/\(right)")
                let joined = "\(FileName.collisionKey(left))/\(FileName.collisionKey(right))"
                #expect(whole.utf8.elementsEqual(joined.utf8), "\(left), \(right)")
            }
        }
    }

    @Test func newPagesTakeTheirTitleFromTheName() {
        #expect(FileName.title(ofStem: "Notes ~x") == "Notes ~x")
        #expect(FileName.title(ofStem: "Untitled") == "")
        #expect(FileName.title(ofStem: "e\u{301}").utf8.elementsEqual("é".utf8))
    }

    @Test(
        "hazards in pushed paths",
        arguments: [
            (".git", FileName.Hazard.git), (".GiT", .git), ("git~1", .git), (".git ", .git), (".git. ", .git),
            (".git::$INDEX_ALLOCATION", .git),
            (".g\u{200C}it", .git), (".", .dots), ("..", .dots), ("", .empty), ("a\\b", .backslash),
            ("a\u{1}", .controlCharacter),
        ]
    )
    func hazards(_ name: String, _ hazard: FileName.Hazard) {
        #expect(FileName.hazard(ofComponent: Array(name.utf8)) == hazard)
    }

    @Test func ordinaryNamesAreNoHazard() {
        for name in [".gitignore", ".github", "git", "git~11", "a.md", ".obsidian", "名前", "con"] {
            #expect(FileName.hazard(ofComponent: Array(name.utf8)) == nil)
        }
        #expect(FileName.hazard(ofComponent: [0x61, 0xFF]) == .notUTF8)
        #expect(FileName.hazard(ofComponent: Array(repeating: 0x61, count: 256)) == .tooLong(bytes: 256))
    }
}
