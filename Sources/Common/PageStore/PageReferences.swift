package import Base
internal import JSON
package import ProseMirror

/// What a document points at; Docmost keeps these in tables of their own.
package struct PageReferences: Sendable, Equatable {
    /// Pages mentioned by id.
    package var mentionedPages: Set<PageID> = []
    /// Pages linked by the slug id at the end of an internal address.
    package var linkedSlugIDs: Set<String> = []
    /// Blocks that other pages may include, by their `id` attribute, as `{"type":"doc","content":[…]}` texts.
    package var sources: [(id: String, content: [UInt8])] = []
    /// Blocks of other pages that this one includes.
    package var inclusions: Set<Inclusion> = []
    /// Pages that the fork embeds whole.
    package var embeddedPages: Set<PageID> = []

    package struct Inclusion: Sendable, Hashable {
        package let page: PageID
        package let block: String
    }

    package init() {}

    /// Collects what a document points at. A stack instead of recursion: lists may be nested a thousand deep.
    package init(of document: Node) {
        var pending = [document]
        while let node = pending.popLast() {
            pending.append(contentsOf: node.children.reversed())
            for mark in node.marks ?? [] where mark.type == "link" { add(link: mark) }
            switch node.type {
            case "mention" where node.attribute("entityType")?.string == "page":
                if let page = Self.page(node.attribute("entityId")) { mentionedPages.insert(page) }
            case "transclusionSource": add(source: node)
            case "transclusionReference":
                guard let page = Self.page(node.attribute("sourcePageId")),
                    let block = node.attribute("transclusionId")?.string
                else { continue }
                inclusions.insert(Inclusion(page: page, block: block))
            case "pageEmbed":
                if let page = Self.page(node.attribute("sourcePageId")) { embeddedPages.insert(page) }
            default: break
            }
        }
    }

    private static func page(_ value: JSONValue?) -> PageID? { value?.string.flatMap { PageID($0) } }

    /// A slug id is what follows the last hyphen of the last path segment.
    private mutating func add(link: Mark) {
        guard link.attribute("internal")?.bool == true, let address = link.attribute("href")?.string else { return }
        let path = address.utf8.prefix { $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "?") }
        let segment = path.split(separator: UInt8(ascii: "/")).last ?? path[...]
        let slug = String(decoding: segment.split(separator: UInt8(ascii: "-")).last ?? segment, as: UTF8.self)
        if !slug.isEmpty { linkedSlugIDs.insert(slug) }
    }

    private mutating func add(source: Node) {
        guard let id = source.attribute("id")?.string, !sources.contains(where: { sameText($0.id, id) }) else { return }
        sources.append((id, Node("doc", content: source.children).json.bytes()))
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.mentionedPages == right.mentionedPages && left.linkedSlugIDs == right.linkedSlugIDs
            && left.inclusions == right.inclusions && left.embeddedPages == right.embeddedPages
            && left.sources.elementsEqual(right.sources) { $0.id == $1.id && $0.content == $1.content }
    }
}
