import JSON
import ProseMirror

/// The ids that something in the document points at.
enum ReferencedIDs {
    /// Drops all other ids of paragraphs and headings.
    static func keep(in document: inout Node) {
        var targets: Set<[UInt8]> = []
        collect(document, &targets)
        drop(&document, targets)
    }

    private static func collect(_ node: Node, _ targets: inout Set<[UInt8]>) {
        if node.type == "mention", let anchor = node.attribute("anchorId")?.string {
            targets.insert(Array(anchor.utf8))
        }
        for mark in node.marks ?? [] where mark.type == "link" {
            guard let href = mark.attribute("href")?.string, let hash = href.utf8.lastIndex(of: ASCII.hash) else {
                continue
            }
            targets.insert(Array(href.utf8[href.utf8.index(after: hash)...]))
        }
        for child in node.children { collect(child, &targets) }
    }

    private static func drop(_ node: inout Node, _ targets: Set<[UInt8]>) {
        if node.type == "paragraph" || node.type == "heading", let id = node.attribute("id")?.string,
            !targets.contains(Array(id.utf8))
        {
            node.attrs?["id"] = nil
            if node.attrs?.isEmpty == true { node.attrs = nil }
        }
        node.content = node.content?.map { child in
            var child = child
            drop(&child, targets)
            return child
        }
    }
}
