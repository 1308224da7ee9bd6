import JSON
import ProseMirror

extension BlockWriter {
    mutating func writeCode(_ node: Node) {
        let text = Array((node.content?.first?.text ?? "").utf8)
        guard node.children.count <= 1, !text.contains(ASCII.carriageReturn) else {
            writeJSON(node)
            return
        }
        // A language that a fence cannot hold stands in an element around it.
        var attrs = node.attrs ?? JSONObject()
        var name = ""
        if let language = attrs["language"]?.string, isPlainInfo(language) {
            name = language
            attrs["language"] = nil
        }
        wrap(WrapperSpelling.attributes(attrs, on: node.type)) { writer in
            let marker = name.utf8.contains(ASCII.backtick) ? ASCII.tilde : ASCII.backtick
            let length = max(3, longestRun(of: marker, text) + 1)
            let fence = String(repeating: marker == ASCII.tilde ? "~" : "`", count: length)
            writer.writeFence(fence + name, text, fence)
        }
    }

    /// Whether a fence holds the language as it is spelled.
    private func isPlainInfo(_ name: String) -> Bool {
        if name.isEmpty || name == JSONFence.language || (options.flavor == .fork && name == "html-embed") {
            return false
        }
        return name.utf8.allSatisfy { $0 > ASCII.space && $0 != 127 && $0 != ASCII.backslash && $0 != ASCII.ampersand }
            && !name.hasPrefix("~") && !name.hasPrefix("`")
    }

    mutating func writeMath(_ node: Node) {
        let attrs = node.attrs?.members.filter { $0.key != "text" } ?? []
        guard attrs.isEmpty, let text = node.attribute("text")?.string, !text.isEmpty,
            !text.contains("$$"), !text.utf8.contains(ASCII.carriageReturn)
        else {
            writeAtom(node)
            return
        }
        writeFence("$$", Array(text.utf8), "$$")
    }

    mutating func writeEmbed(_ node: Node) {
        let height = node.attribute("height")?.number
        guard let source = node.attribute("source")?.string, !source.utf8.contains(ASCII.carriageReturn),
            (node.attrs?.members.count ?? 0) == (height == nil ? 1 : 2)
        else {
            writeAtom(node)
            return
        }
        let text = Array(source.utf8)
        let fence = String(repeating: "`", count: max(3, longestRun(of: ASCII.backtick, text) + 1))
        writeFence(fence + "html-embed" + (height.map { " height=" + $0.text } ?? ""), text, fence)
    }

    // MARK: Images

    mutating func writeImage(_ node: Node) {
        if let text = plainImage(node) {
            out.writeLine(text)
            return
        }
        let (spelled, rest) = ElementAttributes.spell(node.attrs, as: "image")
        out.writeLine(HTMLText.tag("img", spelled + HTMLText.rest(rest)))
    }

    /// `![alt|640x480](src "caption")`; nil when the image holds more.
    private func plainImage(_ node: Node) -> String? {
        guard let source = node.attribute("src")?.string, !source.isEmpty else { return nil }
        var alt = ""
        var size = ""
        var title: String?
        for (name, value) in node.attrs?.members ?? [] {
            switch name {
            case "src": break
            case "alt":
                guard let text = value.string, !text.isEmpty, !text.utf8.contains(where: { $0 < ASCII.space }) else {
                    return nil
                }
                alt = text
            case "caption":
                guard let text = value.string else { return nil }
                title = text
            case "width", "height":
                guard let number = value.number, let pixels = number.int, (0...999_999).contains(pixels) else {
                    return nil
                }
                if name == "width" { size = "|\(pixels)" + size } else { size += "x\(pixels)" }
            default: return nil
            }
        }
        guard !size.hasPrefix("x") else { return nil }
        let surroundings = TextEscaper.Surroundings(hasLinkEnd: true, dollars: 2, tildeRuns: 2, equalsRuns: 2)
        var escaper = TextEscaper(surroundings: surroundings)
        escaper.isInLink = true
        var text: [UInt8] = []
        escaper.write(alt, to: &text, isLineStart: false, isFirstLine: true, isEnd: false, beforeLink: true)
        return "![" + String(decoding: text, as: UTF8.self) + size + "]("
            + Destination.text(source, title, isCell: false) + ")"
    }

    // MARK: Elements on one line

    /// `<div data-type="embed" data-src="…"><a href="…">…</a></div>`: what is inside is for other readers.
    mutating func writeAtom(_ node: Node) {
        let (spelled, rest) = ElementAttributes.spell(node.attrs, as: node.type)
        let tag = HTMLText.tag("div", [("data-type", node.type)] + spelled + HTMLText.rest(rest))
        out.writeLine(tag + shown(node) + "</div>")
    }

    private func shown(_ node: Node) -> String {
        let source = (node.attribute("src") ?? node.attribute("url"))?.string ?? ""
        guard !source.isEmpty else { return "" }
        let name = (node.attribute("name") ?? node.attribute("title") ?? node.attribute("alt"))?.string ?? source
        switch node.type {
        case "video", "audio":
            return HTMLText.tag(node.type, [("src", source), ("controls", "")]) + "</" + node.type + ">"
        case "drawio", "excalidraw": return HTMLText.tag("img", [("src", source), ("alt", name)])
        case "pdf", "attachment", "youtube", "embed":
            let text = SureText.html(name, isStart: false, isEnd: false)
            return HTMLText.tag("a", [("href", source)]) + String(decoding: text, as: UTF8.self) + "</a>"
        default: return ""
        }
    }
}
