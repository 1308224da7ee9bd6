import Foundation
import TestSupport
import Testing

/// What people have written, and what must therefore be on both sides, once.
struct Ledger {
    /// Words that no two people write.
    private(set) var expected: Set<String> = []

    mutating func add(_ word: String) { expected.insert(word) }
}

extension Installation {
    // MARK: - What people do in the wiki

    /// Somebody adds a paragraph at the end of a page.
    ///
    /// The page's Yjs state goes, as in a row that was written through the wiki's own interface.
    func write(_ word: String, on title: String) throws {
        try site.workspace.sql(
            """
            UPDATE pages SET ydoc = NULL, updated_at = clock_timestamp(), last_updated_by_id = '\(SampleWorkspace.ada)',
                text_content = text_content || E'\\n\\n' || '\(word)',
                content = jsonb_set(content, '{content}', content->'content' ||
                    '[{"type":"paragraph","content":[{"type":"text","text":"\(word)"}]}]')
            WHERE title = '\(title)' AND deleted_at IS NULL
            """
        )
    }

    func rename(_ title: String, to new: String) throws {
        try site.workspace.sql(
            "UPDATE pages SET title = '\(new)', updated_at = clock_timestamp() WHERE title = '\(title)'"
        )
    }

    // MARK: - What must hold

    /// Waits until both sides say the same and every push was carried into the wiki, then checks the ledger.
    func expectAgreement(
        _ ledger: Ledger,
        _ at: String,
        seconds: Double = 90,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        do {
            try waitUntil("both sides agree", seconds: seconds) {
                try isReconciled() && hasAll(ledger, pages()) && pages() == files()
            }
        } catch {
            Issue.record("\(at): \(try disagreement(ledger))", sourceLocation: location)
            throw error
        }
        let words = try pages().flatMap(\.paragraphs).filter(ledger.expected.contains)
        #expect(Set(words).count == words.count, "\(at): doubled: \(words.sorted())", sourceLocation: location)
    }

    /// Nothing is left to do, each word came by one commit, and the repository is sound.
    func expectRest(_ ledger: Ledger, _ location: SourceLocation = #_sourceLocation) throws {
        let main = try main()
        let once = try operate("once")
        #expect(once.status == 0, "\(once.output)", sourceLocation: location)
        #expect(try self.main() == main, "another cycle commits: \(once.output)", sourceLocation: location)
        for word in ledger.expected {
            let commits = try onServer("log", "--format=%h %s", "-M", "--pickaxe-regex", "-S", "\\b\(word)\\b", "main")
                .split(separator: "\n")
            #expect(commits.count == 1, "\(word) came by \(commits)", sourceLocation: location)
        }
        #expect(try onServer("fsck", "--no-dangling").isEmpty, sourceLocation: location)
        try expectNoEmptyCommit(location)
    }

    private func expectNoEmptyCommit(_ location: SourceLocation) throws {
        let trees = try onServer("log", "--first-parent", "--format=%T %s", "main").split(separator: "\n")
        for (later, earlier) in zip(trees, trees.dropFirst()) {
            let isSame = later.split(separator: " ").first == earlier.split(separator: " ").first
            #expect(!isSame, "a commit without a change: \(later)", sourceLocation: location)
        }
    }

    private func isReconciled() throws -> Bool {
        let refs = try onServer(
            "for-each-ref",
            "--format=%(objectname)",
            "refs/docmost/pushed",
            "refs/docmost/reconciled"
        )
        return Set(refs.split(separator: "\n")).count <= 1
    }

    private func hasAll(_ ledger: Ledger, _ pages: Set<PageText>) -> Bool {
        ledger.expected.isSubset(of: Set(pages.flatMap(\.paragraphs)))
    }

    private func disagreement(_ ledger: Ledger) throws -> String {
        let (wiki, git) = (try pages(), try files())
        let missing = ledger.expected.subtracting(wiki.flatMap(\.paragraphs))
        return """
            only in the wiki: \(wiki.subtracting(git)); only in git: \(git.subtracting(wiki)); lost: \(missing.sorted())
            \(try operate("status").output)
            \(daemonLog.suffix(2000))
            """
    }
}
