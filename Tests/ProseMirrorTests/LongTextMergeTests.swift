import JSON
import Testing

@testable import ProseMirror

@Suite("The merge of very long texts")
struct LongTextMergeTests {
    private func document(_ words: [String], comment: Int? = nil) -> Node {
        guard let comment else {
            return Node("doc", content: [Node("paragraph", content: [.text(words.joined(separator: " "))])])
        }
        let mark = Mark("comment", attrs: ["commentId": "c1", "resolved": false])
        let content: [Node] = [
            .text(words[..<comment].joined(separator: " ") + " "), .text(words[comment], [mark]),
            .text(" " + words[(comment + 1)...].joined(separator: " ")),
        ]
        return Node("doc", content: [Node("paragraph", content: content)])
    }

    private func text(_ document: Node) -> String {
        document.children.flatMap(\.children).compactMap(\.text).joined()
    }

    /// Comparing every edit of one side with every edit of the other would take minutes, while the page is locked.
    @Test("a paragraph that both sides changed in 10,000 places is merged word by word")
    func manyEdits() throws {
        let words = (0..<60_000).map { "word\($0)" }
        var (git, wiki, both) = (words, words, words)
        for index in stride(from: 0, to: 29_990, by: 3) {
            git[index] = "git\(index)"
            both[index] = git[index]
            wiki[index + 30_000] = "wiki\(index)"
            both[index + 30_000] = wiki[index + 30_000]
        }
        let merged = merge(base: document(words), git: document(git), wiki: document(wiki))
        #expect(merged.conflicts.isEmpty)
        #expect(text(merged.document) == both.joined(separator: " "))
    }

    @Test(
        "a change of a long paragraph keeps the comment on a word of it, whichever sides changed",
        arguments: [false, true]
    )
    func comment(isBothSides: Bool) throws {
        let words = (0..<20_000).map { "word\($0)" }
        var (git, wiki, both) = (words, words, words)
        git[5] = "git"
        both[5] = "git"
        if isBothSides {
            wiki[19_000] = "wiki"
            both[19_000] = "wiki"
        }
        let merged = merge(base: document(words), git: document(git), wiki: document(wiki, comment: 10_000))
        #expect(merged.conflicts.isEmpty)
        #expect(text(merged.document) == both.joined(separator: " "))
        let commented = merged.document.children[0].children.filter {
            $0.marks?.contains { $0.type == "comment" } == true
        }
        #expect(commented.map(\.text) == ["word10000"])
    }
}
