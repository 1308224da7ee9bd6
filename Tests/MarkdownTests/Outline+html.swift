import Foundation

extension Outline {
    /// The outline of what cmark renders; nil when raw HTML passes through it.
    init?(html: String) {
        self.init()
        var marks: [String] = []
        var rest = Substring(html)
        while let first = rest.first {
            guard first == "<" else {
                let end = rest.firstIndex(of: "<") ?? rest.endIndex
                add(Self.unescaped(String(rest[..<end])), Set(marks))
                rest = rest[end...]
                continue
            }
            if rest.hasPrefix("<pre><code") {
                guard let (language, code, after) = Self.code(rest) else { return nil }
                verbatim(language, code)
                rest = after
                continue
            }
            guard let end = rest.firstIndex(of: ">") else { return nil }
            let tag = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
            guard take(tag, &marks) else { return nil }
        }
        self = finished()
    }

    private mutating func take(_ tag: String, _ marks: inout [String]) -> Bool {
        let name = String(tag.prefix { $0 != " " })
        switch name {
        case "em", "strong", "code", "del": marks.append(name)
        case "/em", "/strong", "/code", "/del", "/a":
            guard let index = marks.lastIndex(where: { $0 == name.dropFirst() || (name == "/a" && $0.hasPrefix("a ")) })
            else { return false }
            marks.remove(at: index)
        case "a":
            guard let href = Self.attribute("href", tag) else { return false }
            marks.append("a " + Self.decoded(href) + " " + (Self.attribute("title", tag) ?? ""))
        case "p", "/p", "thead", "/thead", "tbody", "/tbody": endText()
        case "h1", "h2", "h3", "h4", "h5", "h6": mark(name)
        case "/h1", "/h2", "/h3", "/h4", "/h5", "/h6": mark("/h")
        case "hr", "br": mark(name)
        case "img":
            guard let source = Self.attribute("src", tag) else { return false }
            mark("img " + Self.decoded(source) + " " + (Self.attribute("alt", tag) ?? ""))
        case "ol": mark("ol " + (Self.attribute("start", tag) ?? "1"))
        case "th", "td": mark(name + " " + (Self.attribute("align", tag) ?? ""))
        case "ul", "li", "blockquote", "table", "tr", "/ol", "/ul", "/li", "/blockquote", "/table", "/tr", "/th", "/td":
            mark(name)
        case "input": endText()
        default: return false
        }
        return true
    }

    private static func code(_ text: Substring) -> (String, String, Substring)? {
        guard let open = text.range(of: "<code")?.upperBound, let start = text[open...].firstIndex(of: ">"),
            let end = text.range(of: "</code></pre>")
        else { return nil }
        let language = attribute("class", String(text[open..<start]))?.replacing("language-", with: "") ?? ""
        var code = unescaped(String(text[text.index(after: start)..<end.lowerBound]))
        if code.hasSuffix("\n") { code.removeLast() }
        return (language, code, text[end.upperBound...])
    }

    private static func attribute(_ name: String, _ tag: String) -> String? {
        guard let start = tag.range(of: " \(name)=\"") else { return nil }
        let end = tag[start.upperBound...].firstIndex(of: "\"") ?? tag.endIndex
        return unescaped(String(tag[start.upperBound..<end]))
    }

    private static func unescaped(_ text: String) -> String {
        text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&amp;", with: "&")
    }
}
