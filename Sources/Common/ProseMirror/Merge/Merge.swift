/// What a merge of two changed documents made.
package struct Merged: Sendable {
    /// Both sides' changes in one document.
    package var document: Node
    /// Where the two sides changed the same thing; the document has one of the two versions.
    package var conflicts: [Conflict]

    package init(document: Node, conflicts: [Conflict]) {
        self.document = document
        self.conflicts = conflicts
    }
}

/// A place that both sides changed in ways that cannot be combined.
package struct Conflict: Sendable {
    /// Whose version the merged document has.
    package enum Winner: Sendable { case git, wiki }

    /// Git's version; empty where git deleted it.
    package let git: [Node]
    /// The wiki's version; empty where the wiki deleted it.
    package let wiki: [Node]
    package let winner: Winner

    package init(git: [Node], wiki: [Node], winner: Winner) {
        self.git = git
        self.wiki = wiki
        self.winner = winner
    }
}

/// Merges two descendants of a document, block by block.
///
/// Changes in different blocks combine; so do changes in different items of a list, cells of a table, and regions of
/// a text with unchanged words between them. What both sides changed goes to git and is reported with both versions;
/// an edit beats a deletion. Blocks that git did not change are the wiki's, bit for bit; those that it did change keep
/// the ids and comments that Markdown does not show.
///
/// - Parameters:
///   - base: what both sides last agreed on, as the file of then reads.
///   - git: what the file reads now.
///   - wiki: what the wiki holds now.
///   - canonical: what counts as a change: `.shown` when comments and ids are not in the files.
package func merge(base: Node, git: Node, wiki: Node, canonical: Canonical = .shown) -> Merged {
    var merger = BlockMerger(canonical: canonical)
    var document = wiki
    document.content = merger.mergeDocument(base.children, git.children, wiki.children)
    return Merged(document: document, conflicts: merger.conflicts)
}
