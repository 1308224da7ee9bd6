// The Markdown dialect of a page file: a parser that never fails, and a writer that checks itself.
//
// Reading:  bytes → Blocks/ (CommonMark's first phase: lines become a tree of blocks)
//                 → Inlines/ (second phase: the text of a leaf becomes text, marks and atoms)
//                 → Mapping/ (blocks and HTML elements become nodes of the schema).
// Writing:  document → Writer/ (the friendliest form of each block) → read back → compare → step down on a difference.
//
// Start with `MarkdownDocument.parse` and `MarkdownWriter.write`. The dialect is described in docs/file-format.md.
package import ProseMirror

/// What a line end inside a paragraph means.
package enum SoftBreak: Sendable, Hashable {
    /// A space, as every forge shows it.
    case space
    /// A hard break, as Obsidian shows it when strict line breaks are off.
    case hardBreak
    /// A newline in the text.
    case newline
}

/// Which block ids are written, in the form ` ^abcdefghijkl`. They are always read.
package enum WrittenIDs: Sendable, Hashable {
    case none
    /// Only of blocks that a link or a mention of the same document points at.
    case referenced
    case all
}

/// What happens to comment marks when a document is written. They are always read.
package enum WrittenComments: Sendable, Hashable {
    /// Left out: whoever merges puts them back onto unchanged text.
    case carry
    /// Written as `<span data-comment-id="…">`.
    case inline
}

/// How documents are read and written.
package struct MarkdownOptions: Sendable {
    package var flavor: Flavor
    package var softBreak: SoftBreak
    package var ids: WrittenIDs
    package var comments: WrittenComments
    package var limits: Limits
    /// From the `href` of a link to the destination that is written, for links to pages of the space; nil keeps it.
    package var destination: (@Sendable (_ href: String) -> String?)?
    /// From a destination in a file to the `href` of the document; nil keeps it. Must undo `destination`.
    package var href: (@Sendable (_ destination: String) -> String?)?
    /// Labels of the footnotes that the file at hand defines, where only a part of it is written or read.
    var footnoteLabels: Set<[UInt8]>?

    package init(
        flavor: Flavor = .upstream,
        softBreak: SoftBreak = .space,
        ids: WrittenIDs = .none,
        comments: WrittenComments = .carry,
        limits: Limits = Limits(),
        destination: (@Sendable (_ href: String) -> String?)? = nil,
        href: (@Sendable (_ destination: String) -> String?)? = nil
    ) {
        self.flavor = flavor
        self.softBreak = softBreak
        self.ids = ids
        self.comments = comments
        self.limits = limits
        self.destination = destination
        self.href = href
    }
}
