import JSON
import ProseMirror

/// The address of a page as a link in a document has it: `/p/<slug id>`, or with space and title before the slug id,
/// as Docmost's editor writes it (`/s/handbook/p/our-first-week-dgPage0003`).
struct PageAddress: Hashable {
    /// Ten letters and digits: what Docmost finds the page by.
    let slug: String
    /// What follows, with its `#`; or empty.
    let fragment: String

    init(slug: String, fragment: String = "") {
        self.slug = slug
        self.fragment = fragment
    }

    /// Reads an address within the wiki; nil for any other.
    init?(_ href: String) {
        let end = href.firstIndex(of: "#") ?? href.endIndex
        var parts = href[..<end].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.first == "", parts.count == 3 || parts.count == 5 else { return nil }
        parts.removeFirst()
        if parts.count == 4 {
            guard parts[0] == "s" else { return nil }
            parts.removeFirst(2)
        }
        guard parts[0] == "p", let slug = parts[1].split(separator: "-").last, slug.utf8.count == 10,
            slug.utf8.allSatisfy(Self.isAlphanumeric)
        else { return nil }
        self.init(slug: String(slug), fragment: String(href[end...]))
    }

    /// The neutral spelling.
    var text: String { "/p/\(slug)\(fragment)" }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}

extension PageAddress {
    /// The document with every page address in its neutral spelling.
    static func neutral(_ document: Node) -> Node { mapped(document) { PageAddress($0)?.text } }

    /// The spelling that a document uses for each address; the first one where it uses several.
    static func spellings(in document: Node) -> [PageAddress: String] {
        var spellings: [PageAddress: String] = [:]
        visit(document) { href in
            if let address = PageAddress(href), spellings[address] == nil { spellings[address] = href }
        }
        return spellings
    }

    /// The document with its addresses spelled as another document spells them.
    static func respelled(_ document: Node, _ spellings: [PageAddress: String]) -> Node {
        guard !spellings.isEmpty else { return document }
        return mapped(document) { href in PageAddress(href).flatMap { spellings[$0] } }
    }

    private static func visit(_ node: Node, _ body: (String) -> Void) {
        for mark in node.marks ?? [] where mark.type == "link" {
            if let href = mark.attribute("href")?.string { body(href) }
        }
        for child in node.children { visit(child, body) }
    }

    private static func mapped(_ node: Node, _ change: (String) -> String?) -> Node {
        var node = node
        if let marks = node.marks {
            for (index, mark) in marks.enumerated() where mark.type == "link" && mark.attribute("internal") == true {
                guard let href = mark.attribute("href")?.string, let changed = change(href) else { continue }
                node.marks?[index].attrs?["href"] = .string(changed)
            }
        }
        if let content = node.content { node.content = content.map { mapped($0, change) } }
        return node
    }
}
