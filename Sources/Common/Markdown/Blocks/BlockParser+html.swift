extension BlockParser {
    /// Opens an HTML block. The kinds are numbered as in CommonMark: 1…5 end at a closing mark, 6 and 7 at a blank line.
    mutating func openHTML(in container: Int) -> BlockStart {
        let kind = htmlKind(at: nextNonspace)
        guard kind > 0, kind < 7 || !isParagraphOpen(container) else { return .none }
        let html = open(.html, in: container)
        blocks[html].level = kind
        return .leaf(html)
    }

    private func isParagraphOpen(_ container: Int) -> Bool {
        // Also not a line that would lazily continue a paragraph.
        blocks[container].kind == .paragraph || blocks[tip].kind == .paragraph
    }

    private func htmlKind(at start: Int) -> Int {
        let next = start + 1
        guard next < lineEnd else { return 0 }
        switch source[next] {
        case ASCII.bang:
            if source.starts(with: "--", at: next + 1, end: lineEnd) { return 2 }
            if source.starts(with: "[CDATA[", at: next + 1, end: lineEnd) { return 5 }
            return next + 1 < lineEnd && source[next + 1].isLetter ? 4 : 0
        case ASCII.question:
            return 3
        default:
            break
        }
        let isClosing = source[next] == ASCII.slash
        let name = isClosing ? next + 1 : next
        var end = name
        while end < lineEnd, source[end].isAlphanumeric { end += 1 }
        guard end > name, source[name].isLetter else { return 0 }
        let isEnded = end == lineEnd || source[end].isSpaceOrTab || source[end] == ASCII.greater
        if !isClosing, isEnded, HTMLNames.isRaw(source, name..<end) { return 1 }
        let isSelfClosed = end + 1 < lineEnd && source[end] == ASCII.slash && source[end + 1] == ASCII.greater
        if isEnded || isSelfClosed, HTMLNames.isBlock(source, name..<end) { return 6 }
        guard let tag = HTMLTag.end(source, at: start, limit: lineEnd) else { return 0 }
        return source[tag..<lineEnd].allSatisfy { $0.isSpaceOrTab } ? 7 : 0
    }

    /// Whether the line just added ends an HTML block of kinds 1…5.
    func endsHTML(_ index: Int) -> Bool {
        switch blocks[index].level {
        case 1:
            HTMLNames.raw.contains { contains("</", then: $0) }
        case 2: contains("-->")
        case 3: contains("?>")
        case 4: contains(">")
        case 5: contains("]]>")
        default: false
        }
    }

    private func contains(_ word: StaticString) -> Bool {
        var index = offset
        while index < lineEnd {
            if source[index] == word.utf8Start[0], source.starts(with: word, at: index, end: lineEnd) { return true }
            index += 1
        }
        return false
    }

    private func contains(_ word: StaticString, then name: StaticString) -> Bool {
        var index = offset
        while index < lineEnd {
            if source.starts(with: word, at: index, end: lineEnd),
                source.startsIgnoringCase(with: name, at: index + 2, end: lineEnd)
            {
                let end = index + 2 + name.utf8CodeUnitCount
                if end < lineEnd, source[end] == ASCII.greater { return true }
            }
            index += 1
        }
        return false
    }
}

/// The element names that CommonMark gives a meaning.
enum HTMLNames {
    /// Elements whose content is never markup.
    static let raw: [StaticString] = ["script", "pre", "style", "textarea"]

    static func isRaw(_ bytes: Bytes, _ name: Range<Int>) -> Bool {
        raw.contains { isName(bytes, name, $0) }
    }

    static func isName(_ bytes: Bytes, _ name: Range<Int>, _ word: StaticString) -> Bool {
        name.count == word.utf8CodeUnitCount
            && bytes.startsIgnoringCase(with: word, at: name.lowerBound, end: name.upperBound)
    }

    static func isBlock(_ bytes: Bytes, _ name: Range<Int>) -> Bool {
        guard name.count <= 10 else { return false }
        return blocks.contains(String(decoding: bytes[name].map(\.lowercased), as: UTF8.self))
    }

    private static let blocks: Set<String> = [
        "address", "article", "aside", "base", "basefont", "blockquote", "body", "caption", "center", "col", "colgroup",
        "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
        "frame", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "iframe", "legend",
        "li", "link", "main", "menu", "menuitem", "nav", "noframes", "ol", "optgroup", "option", "p", "param", "search",
        "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "track", "ul",
    ]
}
