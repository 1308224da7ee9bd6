import JSON
import ProseMirror

extension DocumentMapper {
    /// The nodes that one block means.
    mutating func nodes(of index: Int) -> [Node] {
        let block = tree.blocks[index]
        switch block.kind {
        case .paragraph: return textblock("paragraph", block, level: nil)
        case .heading: return textblock("heading", block, level: block.level)
        case .rule: return [Node("horizontalRule")]
        case .quote: return [block.hasInfo ? callout(index) : Node("blockquote", content: blocks(in: index))]
        case .fencedCallout:
            return [callout(type: text.text(block.infoRange), icon: nil, content: blocks(in: index))]
        case .list: return lists(index)
        case .footnote:
            footnote(index)
            return []
        case .indentedCode: return [code(block.textRange, language: nil)]
        case .fencedCode: return fenced(block)
        case .html: return [code(block.textRange, language: "html")]
        case .math: return [Node("mathBlock", attrs: ["text": .string(withoutLastNewline(block.textRange))])]
        case .table: return [table(block)]
        case .definitions, .document, .item: return []
        }
    }

    /// The blocks of a container that must hold at least one.
    mutating func blocks(in index: Int) -> [Node] {
        let content = content(of: index)
        return content.isEmpty ? [Node("paragraph")] : content
    }

    private mutating func textblock(_ type: String, _ block: Block, level: Int?) -> [Node] {
        var range = block.textRange
        var attrs = JSONObject()
        if let level { attrs.members.append(("level", .number(JSONNumber(level)))) }
        if let start = Textblock.blockID(text, range) {
            attrs.members.append(("id", .string(text.text(start + 2..<range.upperBound))))
            range = range.lowerBound..<start
        }
        let content = inlines.parse(text, range)
        return Textblock.split(content, as: type, attrs: attrs.isEmpty ? nil : attrs)
    }

    // MARK: Code

    private func withoutLastNewline(_ range: Range<Int>) -> String {
        let end = range.isEmpty || text[range.upperBound - 1] != ASCII.newline ? range.upperBound : range.upperBound - 1
        return text.text(range.lowerBound..<end)
    }

    private func code(_ range: Range<Int>, language: String?) -> Node {
        let content = withoutLastNewline(range)
        return Node(
            "codeBlock",
            attrs: language.map { ["language": .string($0)] },
            content: content.isEmpty ? nil : [.text(content)]
        )
    }

    private func fenced(_ block: Block) -> [Node] {
        let info = Entities.decodeWithEscapes(text, block.infoRange)
        let language = String(info.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true).first ?? "")
        if language == JSONFence.language, let nodes = JSONFence.nodes(text, block.textRange) { return nodes }
        if language == "html-embed", options.flavor == .fork { return [embed(block, info)] }
        return [code(block.textRange, language: language.isEmpty ? nil : language)]
    }

    private func embed(_ block: Block, _ info: String) -> Node {
        var attrs: JSONObject = ["source": .string(withoutLastNewline(block.textRange))]
        for field in info.split(separator: " ").dropFirst() where field.hasPrefix("height=") {
            attrs.members.append(("height", ElementAttributes.value(of: String(field.dropFirst(7)), kind: .measure)))
        }
        return Node("htmlEmbed", attrs: attrs)
    }

    // MARK: Callouts

    /// `[!type|icon]+ Title`: GitHub's names in capitals are translated, the title becomes a bold first paragraph.
    private mutating func callout(_ index: Int) -> Node {
        let range = tree.blocks[index].infoRange
        var end = range.lowerBound
        while end < range.upperBound, text[end] != ASCII.pipe, text[end] != ASCII.closeBracket { end += 1 }
        let type = text.text(range.lowerBound..<end)
        var icon: String?
        if text[end] == ASCII.pipe {
            let start = end + 1
            while end < range.upperBound, text[end] != ASCII.closeBracket { end += 1 }
            icon = Entities.decodeWithEscapes(text, start..<end)
        }
        var title = end + 1
        if title < range.upperBound, text[title] == ASCII.plus || text[title] == ASCII.dash { title += 1 }
        let titleRange = text.trimmed(title..<range.upperBound)
        var content: [Node] = []
        if !titleRange.isEmpty { content = bold(inlines.parse(text, titleRange)) }
        content += self.content(of: index)
        return callout(type: calloutType(type), icon: icon, content: content)
    }

    private func callout(type: String, icon: String?, content: [Node]) -> Node {
        var attrs: JSONObject = ["type": .string(type)]
        if let icon { attrs.members.append(("icon", .string(icon))) }
        return Node("callout", attrs: attrs, content: content.isEmpty ? [Node("paragraph")] : content)
    }

    private func calloutType(_ name: String) -> String {
        switch name {
        case "TIP": "success"
        case "IMPORTANT": "info"
        case "CAUTION": "danger"
        default: name.lowercased()
        }
    }

    private func bold(_ nodes: [Node]) -> [Node] {
        let marked = nodes.map { node in
            guard node.isText, !(node.marks ?? []).contains(where: { $0.type == "code" || $0.type == "bold" })
            else { return node }
            var node = node
            let marks = (node.marks ?? []) + [Mark("bold")]
            node.marks = marks.sorted { MarkRank.of($0.type) < MarkRank.of($1.type) }
            return node
        }
        return Textblock.split(marked, as: "paragraph", attrs: nil)
    }

    // MARK: Lists

    /// A list; where plain and task items are mixed, several.
    private mutating func lists(_ index: Int) -> [Node] {
        let list = tree.blocks[index]
        var lists: [Node] = []
        var number = list.level
        var next = list.firstChild
        while next >= 0 {
            let item = tree.blocks[Int(next)]
            let type = item.task != .none ? "taskList" : list.isOrdered ? "orderedList" : "bulletList"
            if lists.last?.type != type {
                lists.append(Node(type, content: []))
                if type == "orderedList", number != 1 {
                    lists[lists.count - 1].attrs = ["start": .number(JSONNumber(number))]
                }
            }
            lists[lists.count - 1].content?.append(self.item(Int(next), type))
            number += 1
            next = item.next
        }
        return lists
    }

    private mutating func item(_ index: Int, _ list: String) -> Node {
        var content = content(of: index)
        if list == "taskList", content.first?.isOnlyBreak == true { content[0].content = nil }
        if content.first?.type != "paragraph" { content.insert(Node("paragraph"), at: 0) }
        guard list == "taskList" else { return Node("listItem", content: content) }
        return Node("taskItem", attrs: ["checked": .bool(tree.blocks[index].task == .done)], content: content)
    }

    // MARK: Footnotes

    private mutating func footnote(_ index: Int) {
        let label = tree.footnotes[tree.blocks[index].level]
        let place = footnotes.count
        // Definitions inside this one come after it.
        footnotes.append(Node("footnote"))
        let content = FootnoteContent.paragraphs(blocks(in: index))
        if options.flavor == .fork {
            footnotes[place] = Node("footnoteDefinition", attrs: ["id": .string(label)], content: content)
        } else {
            footnotes[place] = Node("footnote", attrs: ["data-id": .string(label)], content: content)
        }
    }
}

extension Node {
    /// Whether it is a paragraph of one hard break.
    fileprivate var isOnlyBreak: Bool {
        type == "paragraph" && content?.count == 1 && content?.first?.type == "hardBreak" && attrs == nil
    }
}
