import Base
import Cycle
import Markdown
import PageFile
import ProseMirror
import Reconcile
import Settings

/// Pages as Markdown files: `PageFormat` on PageFile, Markdown and the block merge.
///
/// Links between pages of the space are relative paths in files and addresses in documents. An address has many
/// spellings, a path has none of them; so documents are compared and written with one neutral spelling (`PageAddress`),
/// and what the wiki holds keeps its own.
struct MarkdownFormat: PageFormat {
    private let options: MarkdownOptions
    /// What counts as a change: comments do when they are in the files.
    private let canonical: Canonical

    init(_ settings: Settings) {
        options = MarkdownOptions(comments: settings.commentMarks == .inline ? .inline : .carry)
        canonical = Canonical(ids: false, comments: settings.commentMarks == .inline)
    }

    let names = Names(
        stem: { FileName.stem($0) },
        collisionKey: { FileName.collisionKey($0) },
        title: { FileName.title(ofStem: $0) }
    )

    func id(in bytes: [UInt8]) -> PageID? { (try? PageFile(bytes))?.id }

    func document(in bytes: [UInt8], links: PageLinks) throws(FormatError) -> Node {
        let file = try read(bytes)
        return MarkdownDocument.parse(Array(bytes[file.body]), linked(links)).document
    }

    func file(for document: Node, id: PageID, links: PageLinks) throws(FormatError) -> [UInt8] {
        PageFile.make(id: id, body: MarkdownWriter.write(PageAddress.neutral(document), linked(links)))
    }

    func rewrite(_ bytes: [UInt8], to document: Node, id: PageID, links: PageLinks) throws(FormatError) -> [UInt8] {
        let file = try read(try read(bytes).settingID(id))
        return file.rewritten(to: PageAddress.neutral(document), linked(links))
    }

    func isSame(_ left: Node, _ right: Node) -> Bool {
        canonical.isSame(PageAddress.neutral(left), PageAddress.neutral(right))
    }

    func merge(base: Node, git: Node, wiki: Node) -> MergedDocument {
        let spellings = PageAddress.spellings(in: wiki)
        let merged = ProseMirror.merge(
            base: PageAddress.respelled(base, spellings),
            git: PageAddress.respelled(git, spellings),
            wiki: wiki,
            canonical: canonical
        )
        return MergedDocument(document: merged.document, conflicts: merged.conflicts.count)
    }

    func carry(from old: Node, to new: Node) -> Node {
        Carry(canonical: canonical).carry(from: old, to: PageAddress.respelled(new, PageAddress.spellings(in: old)))
    }

    private func read(_ bytes: [UInt8]) throws(FormatError) -> PageFile {
        do throws(PageFileError) {
            return try PageFile(bytes)
        } catch {
            throw FormatError(error.description)
        }
    }

    /// The options with the links of one file.
    private func linked(_ links: PageLinks) -> MarkdownOptions {
        var options = options
        options.destination = { href in
            guard let address = PageAddress(href), let path = links.pathOfSlug(address.slug) else { return nil }
            return RelativePath.destination(to: path, from: links.path) + address.fragment
        }
        options.href = { destination in
            for path in [links.path] + links.formerPaths {
                guard let target = RelativePath(destination, from: path), let slug = links.slugAtPath(target.path)
                else { continue }
                return PageAddress(slug: slug, fragment: target.fragment).text
            }
            return nil
        }
        return options
    }
}
