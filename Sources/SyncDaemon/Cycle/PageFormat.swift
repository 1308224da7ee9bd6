package import Base
package import ProseMirror
package import Reconcile

/// How pages are written as files and read back; pure. Two implementations: Markdown, and plain lines in tests.
package protocol PageFormat: Sendable {
    /// The rules of names.
    var names: Names { get }
    /// The id that a file states.
    func id(in bytes: [UInt8]) -> PageID?
    /// The document a file means.
    func document(in bytes: [UInt8], links: PageLinks) throws(FormatError) -> Node
    /// The file of a page that has none yet.
    func file(for document: Node, id: PageID, links: PageLinks) throws(FormatError) -> [UInt8]
    /// A file changed to mean another document; what did not change keeps its bytes.
    func rewrite(_ bytes: [UInt8], to document: Node, id: PageID, links: PageLinks) throws(FormatError) -> [UInt8]
    /// Whether two documents mean the same as far as files can show.
    func isSame(_ left: Node, _ right: Node) -> Bool
    /// Both sides' changes since the base, git's first where they meet.
    func merge(base: Node, git: Node, wiki: Node) -> MergedDocument
    /// The new document with what files do not show taken over from the old: ids, comments.
    func carry(from old: Node, to new: Node) -> Node
}

/// A merged document, and how many blocks both sides had changed.
package struct MergedDocument {
    package var document: Node
    package var conflicts: Int

    package init(document: Node, conflicts: Int) {
        self.document = document
        self.conflicts = conflicts
    }
}

/// A file or a document cannot be turned into the other.
package struct FormatError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Turns links between pages into relative paths and back, as seen from one file.
package struct PageLinks: Sendable {
    /// The file that holds the links.
    package let path: PagePath
    /// Where that file was before: a link that leads nowhere is followed from there.
    package let formerPaths: [PagePath]
    /// The path of a page's file, by slug.
    package let pathOfSlug: @Sendable (String) -> PagePath?
    /// The slug of the page at a path.
    package let slugAtPath: @Sendable (PagePath) -> String?

    package init(
        path: PagePath,
        formerPaths: [PagePath] = [],
        pathOfSlug: @escaping @Sendable (String) -> PagePath? = { _ in nil },
        slugAtPath: @escaping @Sendable (PagePath) -> String? = { _ in nil }
    ) {
        self.path = path
        self.formerPaths = formerPaths
        self.pathOfSlug = pathOfSlug
        self.slugAtPath = slugAtPath
    }
}
