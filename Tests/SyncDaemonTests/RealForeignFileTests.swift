import Base
import Cycle
import GitStore
import Processes
import PushProtocol
import SyncStage
import TestSupport
import Testing

extension RealServers {
    @Suite("Foreign Markdown files, on real servers")
    struct RealForeignFileTests {
        /// Texts as other tools and people write them; none is in the form that we would write.
        private static let texts = [
            "Setext\n======\n\nText.  \nHard break.\n", "* star\n* list\n\n1) one\n2) two\n", "+ plus\n\n    code\n",
            "---\ntags: [a, b]\naliases:\n  - x\n---\n# Heading\n\nText\n", "\u{FEFF}With a mark of byte order.\n",
            "Windows\r\nlines\r\n\r\nhere\r\n", "No newline at the end", "\n\n\nLeading blank lines.\n",
            "| a|b |\n|-|:-:|\n|1|  2|\n", "```swift\nlet a = 1\n```\n\n~~~\nplain\n~~~\n",
            "__bold__ and *it* and _it_\n",
            "> quote\nlazy\n\n***\n\n- [ ] open\n- [x] done\n", "<div align=center>\n<b>html</b>\n</div>\n",
            "[link](other.md) ![image](a.png \"t\") <https://example.org>\n", "[[wiki link]] and #tag and ^block\n",
            "Term\n: Definition\n\nFootnote[^1].\n\n[^1]: Here.\n", "\tTab indented\n\n\\*escaped\\* &amp; &copy;\n",
            "",
            "$$\nx^2\n$$\n\nand $y$\n", "Line one\nline two\nline three\n\n\n\nfar below\n",
        ]

        @Test("are taken as they are: no commit answers, and further cycles in new processes do nothing")
        func foreignFiles() throws {
            let stage = try RealStage()
            try stage.add("Home", ["H."])
            stage.run()
            let count = 300
            let edits = (0..<count).map { number in
                let folder = ["", "notes/", "notes/deep er/"][number % 3]
                return Importer.Edit.write(
                    path: "\(folder)File \(number).md",
                    bytes: Array(Self.texts[number % Self.texts.count].utf8)
                )
            }
            try stage.push(edits + [.write(path: "notes/a.png", bytes: [0x89, 0x50])])
            let main = stage.main
            let report = stage.run()
            // The two folders without a note are pages too; their files come with the commit that makes them.
            #expect(report.push.created == count + 2, "\(report.lines.filter { $0.action != .created })")
            let before = try stage.files()
            #expect(
                try stage.repository.git(["diff", "--diff-filter=MD", "--name-only", "\(try #require(main))", "main"])
                    .text == ""
            )
            let (tip, stamp) = (stage.main, try stage.stamp())
            for number in 0..<100 {
                if number.isMultiple(of: 5) { stage.restart() }
                stage.run()
            }
            #expect(stage.main == tip)
            #expect(try stage.stamp() == stamp)
            #expect(try stage.files() == before)
            #expect(try stage.pages().count == count + 3)
        }
    }
}
