import JSON
import ProseMirror

/// The elements that mean something inside text. All others are text themselves.
enum InlineElement {
    enum Meaning {
        case mark(Mark)
        case atom(Node)
        case nothing
    }

    private static let names: Set<String> = [
        "strong", "b", "em", "i", "s", "del", "strike", "u", "sup", "sub", "mark", "code", "a", "span", "br", "img",
    ]

    static func isKnown(_ name: String) -> Bool { names.contains(name) }

    /// The node of an element that has no content.
    static func voidNode(_ tag: HTMLTag) -> Node? {
        switch tag.name {
        case "br": return Node("hardBreak", attrs: ElementAttributes.read(tag, as: "hardBreak"))
        case "img": return image(tag)
        default: return nil
        }
    }

    /// A title, as browsers show it, is what stands in quotes in Markdown's form.
    private static func image(_ tag: HTMLTag) -> Node {
        var attrs = ElementAttributes.read(tag, as: "image") ?? JSONObject()
        if let title = tag.attribute("title"), attrs["caption"] == nil {
            attrs.members.append(("caption", .string(title)))
        }
        return Node("image", attrs: attrs.isEmpty ? nil : attrs)
    }

    static func meaning(of tag: HTMLTag, options: MarkdownOptions) -> Meaning {
        switch tag.name {
        case "strong", "b": .mark(mark("bold", tag))
        case "em", "i": .mark(mark("italic", tag))
        case "s", "del", "strike": .mark(mark("strike", tag))
        case "u": .mark(mark("underline", tag))
        case "sub": .mark(mark("subscript", tag))
        case "code": .mark(mark("code", tag))
        case "mark": .mark(highlight(tag))
        case "a": link(tag, options)
        case "sup": atom(tag) ?? .mark(mark("superscript", tag))
        case "span": atom(tag) ?? span(tag)
        default: .nothing
        }
    }

    private static func mark(_ type: String, _ tag: HTMLTag) -> Mark {
        var attrs = JSONObject()
        ElementAttributes.merge(tag.attribute("data-attrs"), into: &attrs)
        return Mark(type, attrs: attrs.isEmpty ? nil : attrs)
    }

    private static func mark(_ type: String, _ tag: HTMLTag, _ members: [(String, String?)]) -> Mark {
        var attrs = JSONObject()
        for (name, value) in members {
            if let value { attrs.members.append((name, .string(value))) }
        }
        ElementAttributes.merge(tag.attribute("data-attrs"), into: &attrs)
        return Mark(type, attrs: attrs.isEmpty ? nil : attrs)
    }

    private static func highlight(_ tag: HTMLTag) -> Mark {
        let color = tag.attribute("data-color") ?? style("background-color", of: tag)
        return mark("highlight", tag, [("color", color), ("colorName", tag.attribute("data-highlight-color-name"))])
    }

    private static func link(_ tag: HTMLTag, _ options: MarkdownOptions) -> Meaning {
        guard tag.attribute("href") != nil || tag.attribute("data-attrs") != nil else { return .nothing }
        var attrs = JSONObject()
        for name in ["href", "target", "rel", "class", "title"] {
            if let value = tag.attribute(name) { attrs.members.append((name, .string(value))) }
        }
        if let value = tag.attribute("data-internal") {
            attrs.members.append(("internal", ElementAttributes.value(of: value, kind: .boolean)))
        }
        ElementAttributes.merge(tag.attribute("data-attrs"), into: &attrs)
        return .mark(Mark("link", attrs: attrs.isEmpty ? nil : attrs))
    }

    private static func span(_ tag: HTMLTag) -> Meaning {
        if let type = tag.attribute("data-mark") { return .mark(mark(type, tag)) }
        if let comment = tag.attribute("data-comment-id") {
            var mark = mark("comment", tag, [("commentId", comment)])
            if tag.attribute("data-resolved") == "true" { mark.attrs?.members.append(("resolved", true)) }
            return .mark(mark)
        }
        if tag.attribute("data-spoiler") != nil { return .mark(mark("spoiler", tag)) }
        if let color = tag.attribute("data-color") ?? style("color", of: tag) {
            return .mark(mark("textStyle", tag, [("color", color)]))
        }
        return .nothing
    }

    private static func atom(_ tag: HTMLTag) -> Meaning? {
        if let type = tag.attribute("data-type") {
            guard InlineAtoms.isKnown(type) else { return nil }
            return .atom(InlineAtoms.node(type, tag))
        }
        guard let type = tag.attribute("data-node") else { return nil }
        var attrs = JSONObject()
        ElementAttributes.merge(tag.attribute("data-attrs"), into: &attrs)
        return .atom(Node(type, attrs: attrs.isEmpty ? nil : attrs))
    }

    /// The value of the only property in a `style`; nil when the style says anything else.
    private static func style(_ property: String, of tag: HTMLTag) -> String? {
        guard let style = tag.attribute("style") else { return nil }
        let bytes = Array(style.utf8)
        guard let colon = bytes.firstIndex(of: ASCII.colon),
            !bytes[colon...].contains(ASCII.semicolon)
                || bytes.lastIndex(of: ASCII.semicolon) == bytes.count - 1
        else { return nil }
        let name = bytes[..<colon].filter { !$0.isWhitespace }
        var value = bytes[(colon + 1)...]
        while value.last == ASCII.semicolon || value.last?.isWhitespace == true { value.removeLast() }
        while value.first?.isWhitespace == true { value.removeFirst() }
        guard name.elementsEqual(property.utf8), !value.isEmpty else { return nil }
        return String(decoding: value, as: UTF8.self)
    }
}

/// Inline nodes without content, as `<span data-type="status" data-color="green">Done</span>`.
enum InlineAtoms {
    static let types: Set<String> = ["mention", "mathInline", "status", "footnoteReference", "hardBreak"]

    static func isKnown(_ type: String) -> Bool { types.contains(type) }

    static func node(_ type: String, _ tag: HTMLTag) -> Node {
        Node(type, attrs: ElementAttributes.read(tag, as: type))
    }
}
