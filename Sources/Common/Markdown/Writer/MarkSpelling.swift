import JSON
import ProseMirror

/// How a mark is written: delimiters where Markdown has them, else an element.
struct MarkSpelling {
    /// `*`, `**`, `~~`, `==`; nil when there are none.
    var delimiter: String?
    var open: String
    var close: String

    init(_ mark: Mark) {
        let attrs = mark.attrs ?? JSONObject()
        switch mark.type {
        case "bold": self.init("strong", attrs, delimiter: "**")
        case "italic": self.init("em", attrs, delimiter: "*")
        case "strike": self.init("s", attrs, delimiter: "~~")
        case "underline": self.init("u", attrs)
        case "superscript": self.init("sup", attrs)
        case "subscript": self.init("sub", attrs)
        case "code": self.init("code", attrs)
        case "highlight": self.init(highlight: attrs)
        case "textStyle": self.init(color: attrs)
        case "comment": self.init(comment: attrs)
        case "spoiler": self.init("span", [("data-spoiler", "true")], attrs)
        case "link": self.init(link: attrs)
        default: self.init("span", [("data-mark", mark.type)], attrs)
        }
    }

    private init(_ name: String, _ attrs: JSONObject, delimiter: String? = nil) {
        self.init(name, [], attrs)
        self.delimiter = attrs.isEmpty ? delimiter : nil
    }

    private init(_ name: String, _ spelled: [(String, String)], _ rest: JSONObject) {
        open = HTMLText.tag(name, spelled + HTMLText.rest(rest))
        close = "</" + name + ">"
    }

    private init(highlight attrs: JSONObject) {
        var rest = attrs
        var spelled: [(String, String)] = []
        if let color = MarkSpelling.take("color", &rest) {
            spelled.append(MarkSpelling.style("background-color", color))
        }
        if let name = MarkSpelling.take("colorName", &rest) { spelled.append(("data-highlight-color-name", name)) }
        self.init("mark", spelled, rest)
        delimiter = attrs.isEmpty ? "==" : nil
    }

    private init(color attrs: JSONObject) {
        var rest = attrs
        guard let color = MarkSpelling.take("color", &rest) else {
            self.init("span", [("data-mark", "textStyle")], attrs)
            return
        }
        self.init("span", [MarkSpelling.style("color", color)], rest)
    }

    private init(comment attrs: JSONObject) {
        var rest = attrs
        guard let id = MarkSpelling.take("commentId", &rest) else {
            self.init("span", [("data-mark", "comment")], attrs)
            return
        }
        var spelled = [("data-comment-id", id)]
        if rest["resolved"] == true {
            rest["resolved"] = nil
            spelled.append(("data-resolved", "true"))
        }
        self.init("span", spelled, rest)
    }

    private init(link attrs: JSONObject) {
        var rest = attrs
        var spelled: [(String, String)] = []
        for name in ["href", "target", "rel", "class", "title"] {
            if let value = MarkSpelling.take(name, &rest) { spelled.append((name, value)) }
        }
        if rest["internal"] == true {
            rest["internal"] = nil
            spelled.append(("data-internal", "true"))
        }
        if spelled.first?.0 != "href", rest.isEmpty { rest = ["href": nil] }
        self.init("a", spelled, rest)
    }

    /// Takes a member that is a string.
    private static func take(_ name: String, _ attrs: inout JSONObject) -> String? {
        guard let value = attrs[name]?.string else { return nil }
        attrs[name] = nil
        return value
    }

    /// A colour as a style where CSS would take it as it is.
    private static func style(_ property: String, _ color: String) -> (String, String) {
        let isPlain =
            !color.isEmpty
            && color.utf8.allSatisfy { $0.isAlphanumeric || "#(),.%- ".utf8.contains($0) }
            && color.utf8.first != ASCII.space && color.utf8.last != ASCII.space
        return isPlain ? ("style", property + ": " + color) : ("data-color", color)
    }
}

extension Mark {
    /// The link as `[text](destination "title")`; nil when it holds more than that.
    func markdownLink(_ options: MarkdownOptions) -> (destination: String, title: String?)? {
        guard type == "link", let attrs, let href = attrs["href"]?.string else { return nil }
        var destination = href
        var title: String?
        for (name, value) in attrs.members {
            switch name {
            case "href": break
            case "title":
                guard let text = value.string else { return nil }
                title = text
            case "internal":
                guard value == true, let relative = options.destination?(href) else { return nil }
                destination = relative
            default: return nil
            }
        }
        if attrs["internal"] == nil, options.href?(href) != nil { return nil }
        return destination.utf8.starts(with: "mention:".utf8) ? nil : (destination, title)
    }
}
