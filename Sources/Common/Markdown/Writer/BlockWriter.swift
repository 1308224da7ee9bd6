import JSON
import ProseMirror

/// Writes blocks in the forms chosen for them. It only writes: whether a form reads back is the verifier's business.
struct BlockWriter {
    let options: MarkdownOptions
    var out = LineBuffer()
    /// How many blocks were written in each form.
    var counts = RungCounts()
    /// Containers around the block at hand.
    var depth = 0

    init(_ options: MarkdownOptions) { self.options = options }

    /// Beyond this depth the parser would take markers for text.
    private var isTooDeep: Bool { depth >= options.limits.depth - 2 }

    // MARK: Siblings

    /// Writes blocks with a blank line between them.
    mutating func write(_ nodes: [Node], _ forms: Forms) {
        var marker: UInt8?
        for (index, node) in nodes.enumerated() {
            if index > 0 { out.endLine() }
            marker = ListMarker.of(node, after: marker)
            write(node, forms[index], marker: marker)
        }
    }

    /// Writes one block and ends its last line.
    mutating func write(_ node: Node, _ form: Forms, marker: UInt8? = nil, isFirst: Bool = false) {
        if form.rung == .json || isTooDeep {
            writeJSON(node)
            return
        }
        counts.add(form.rung)
        switch node.type {
        case "paragraph": writeParagraph(node, form)
        case "heading": writeHeading(node, form)
        case "bulletList", "orderedList", "taskList": writeList(node, form, marker ?? ListMarker.first(node))
        case "table": writeTable(node, form)
        case "image": writeImage(node)
        case "details": writeDetails(node, form)
        case "blockquote": writeQuote(node, form)
        case "callout": writeCallout(node, form)
        case "codeBlock": writeCode(node)
        case "mathBlock": writeMath(node)
        case "horizontalRule": writeRule(node, isFirst: isFirst)
        case "pageBreak" where node.attrs == nil: out.writeLine("<div style=\"page-break-after: always\"></div>")
        case "htmlEmbed" where options.flavor == .fork: writeEmbed(node)
        case _ where BlockAtoms.types.contains(node.type): writeAtom(node)
        default: writeElement(node, form)
        }
    }

    mutating func writeJSON(_ node: Node) {
        counts.add(.json)
        writeFence("```" + JSONFence.language, JSONFence.text(node), "```")
    }

    mutating func writeFence(_ open: String, _ text: [UInt8], _ close: String) {
        out.writeLine(open)
        if !text.isEmpty {
            out.write(lines: text)
            out.endLine()
        }
        out.writeLine(close)
    }

    // MARK: Textblocks

    /// Attributes that only a wrapper can hold, and whether an element or the heading's marks hold the others.
    private func wrapper(_ node: Node) -> [(String, String)] {
        var rest = node.attrs ?? JSONObject()
        if node.type == "heading", let level = rest["level"]?.int, (2...6).contains(level) { rest["level"] = nil }
        if rest["id"]?.string.map(isBlockID) == true, node.content != nil, writesIDs { rest["id"] = nil }
        return WrapperSpelling.attributes(rest, on: node.type)
    }

    private var writesIDs: Bool { options.ids != .none }

    private func isBlockID(_ id: String) -> Bool {
        id.utf8.count == 12 && id.utf8.allSatisfy { $0 >= 0x61 && $0 <= 0x7A }
    }

    private func blockID(_ node: Node) -> String {
        guard writesIDs, node.content != nil, let id = node.attribute("id")?.string, isBlockID(id) else { return "" }
        return " ^" + id
    }

    mutating func wrap(_ attributes: [(String, String)], _ body: (inout BlockWriter) -> Void) {
        guard !attributes.isEmpty else {
            body(&self)
            return
        }
        out.writeLine(HTMLText.tag("div", attributes))
        out.endLine()
        depth += 1
        body(&self)
        depth -= 1
        out.endLine()
        out.writeLine("</div>")
    }

    private mutating func writeParagraph(_ node: Node, _ form: Forms) {
        if form.rung == .element {
            writeTextElement("p", node)
            return
        }
        wrap(wrapper(node)) { writer in
            guard node.content != nil else {
                writer.out.writeLine("<br>")
                return
            }
            writer.out.write(lines: writer.inline(node, form, .paragraph))
            writer.out.writeLine(writer.blockID(node))
        }
    }

    private mutating func writeHeading(_ node: Node, _ form: Forms) {
        let level = node.attribute("level")?.int ?? 1
        if form.rung == .element {
            writeTextElement((1...6).contains(level) ? "h\(level)" : "h1", node)
            return
        }
        wrap(wrapper(node)) { writer in
            writer.out.write(String(repeating: "#", count: max(1, min(6, level))))
            if node.content != nil {
                writer.out.write(ASCII.space)
                writer.out.write(writer.inline(node, form, .heading))
            }
            writer.out.writeLine(writer.blockID(node))
        }
    }

    func inline(_ node: Node, _ form: Forms, _ place: InlineStyle.Place) -> [UInt8] {
        let style = InlineStyle(text: form.rung == .escaped ? .escaped : .plain, place: place)
        return InlineWriter.write(node.children, style, options)
    }

    /// A textblock as one HTML block: `<p align="center">a<br>b</p>`.
    private mutating func writeTextElement(_ name: String, _ node: Node) {
        var rest = node.attrs ?? JSONObject()
        if name.hasPrefix("h"), rest["level"]?.int.map({ name == "h\($0)" }) == true { rest["level"] = nil }
        out.write(HTMLText.tag(name, WrapperSpelling.attributes(rest, on: node.type)))
        out.write(InlineWriter.write(node.children, InlineStyle(text: .html, place: .element), options))
        out.writeLine("</" + name + ">")
    }

    private mutating func writeRule(_ node: Node, isFirst: Bool) {
        wrap(WrapperSpelling.attributes(node.attrs ?? JSONObject(), on: node.type)) {
            $0.out.writeLine(isFirst ? "***" : "---")
        }
    }
}

/// How many blocks were written in each form.
package struct RungCounts: Sendable, Equatable {
    package private(set) var counts: [Int] = Array(repeating: 0, count: Rung.allCases.count)

    mutating func add(_ rung: Rung) { counts[Int(rung.rawValue)] += 1 }

    package subscript(rung: Rung) -> Int { counts[Int(rung.rawValue)] }
    package var total: Int { counts.reduce(0, +) }
}

/// The attributes of a `<div>` around one block.
enum WrapperSpelling {
    static func attributes(_ attrs: JSONObject, on type: String) -> [(String, String)] {
        var spelled: [(String, String)] = []
        var rest = JSONObject()
        for (name, value) in attrs.members {
            guard let (spelling, kind) = Wrapper.spelling(of: name, on: type) else {
                rest.members.append((name, value))
                continue
            }
            switch (kind, value) {
            case (.number, .number(let number)): spelled.append((spelling, number.text))
            case (.string, .string(let text)): spelled.append((spelling, text))
            default: rest.members.append((name, value))
            }
        }
        return spelled + HTMLText.rest(rest)
    }
}
