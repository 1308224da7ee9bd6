import JSON
import ProseMirror

/// The marker of a list: neighbouring lists of a kind need different ones, else they would be one list.
enum ListMarker {
    /// The marker of a block after a sibling with another; nil for anything but a list.
    static func of(_ node: Node, after previous: UInt8?) -> UInt8? {
        switch node.type {
        case "bulletList", "taskList": previous == ASCII.dash ? ASCII.asterisk : ASCII.dash
        case "orderedList": previous == ASCII.dot ? ASCII.closeParenthesis : ASCII.dot
        default: nil
        }
    }

    /// A marker between two neighbours that stay.
    static func of(_ node: Node, after previous: UInt8?, before next: UInt8?) -> UInt8? {
        guard let marker = of(node, after: previous), marker == next, node.type != "orderedList" else {
            return of(node, after: previous)
        }
        return [ASCII.dash, ASCII.asterisk, ASCII.plus].first { $0 != previous && $0 != next }
    }

    static func first(_ node: Node) -> UInt8 { of(node, after: nil) ?? ASCII.dash }
}

extension BlockWriter {
    mutating func writeList(_ node: Node, _ form: Forms, _ marker: UInt8) {
        let itemType = node.type == "taskList" ? "taskItem" : "listItem"
        guard form.rung < .element, node.content != nil,
            node.children.allSatisfy({ $0.type == itemType && isPlainItem($0) })
        else {
            writeElement(node, form)
            return
        }
        var attrs = node.attrs ?? JSONObject()
        var start = 1
        if node.type == "orderedList", let number = attrs["start"]?.int, number >= 0,
            number <= 999_999_999 - node.children.count, attrs["start"]?.number?.text == String(number)
        {
            start = number
            attrs["start"] = nil
        }
        wrap(WrapperSpelling.attributes(attrs, on: node.type)) { writer in
            let isTight = node.children.enumerated().allSatisfy { writer.isTight($1, form[$0]) }
            for (index, item) in node.children.enumerated() {
                if index > 0, !isTight { writer.out.endLine() }
                let text = node.type == "orderedList" ? String(start + index) : ""
                writer.writeItem(item, form[index], text + String(Unicode.Scalar(marker)), isTight: isTight)
            }
        }
    }

    private func isPlainItem(_ item: Node) -> Bool {
        guard item.children.first?.type == "paragraph", item.extra == nil else { return false }
        return item.attrs?.members.allSatisfy { $0.key == "checked" && $0.value == true } ?? true
    }

    /// Whether an item is a line, or a line and lists that may follow it directly.
    private func isTight(_ item: Node, _ form: Forms) -> Bool {
        guard isLine(item.children[0], form[0]) else { return item.children.count == 1 && item.type == "listItem" }
        return item.children.enumerated().dropFirst().allSatisfy { index, child in
            (index == 1 || item.children[index - 1].type != child.type) && mayFollowLine(child, form[index])
                && (index == 1 || !item.children[0].isEmptyParagraph)
        } && item.children.count <= 2
    }

    /// Whether a paragraph stands on the marker's line.
    private func isLine(_ paragraph: Node, _ form: Forms) -> Bool {
        paragraph.attrs?.members.allSatisfy { $0.key == "id" && options.ids != .none } ?? true && form.rung < .element
    }

    /// Whether a list after a line of text is read as a list without a blank line between.
    private func mayFollowLine(_ node: Node, _ form: Forms) -> Bool {
        guard ["bulletList", "orderedList", "taskList"].contains(node.type), form.rung < .element, node.attrs == nil,
            let item = node.children.first, item.children.first?.type == "paragraph",
            isLine(item.children[0], form[0][0])
        else { return false }
        return item.type == "taskItem" || !item.children[0].isEmptyParagraph
    }

    private mutating func writeItem(_ item: Node, _ form: Forms, _ marker: String, isTight: Bool) {
        out.write(marker)
        let isTask = item.type == "taskItem"
        let first = item.children[0]
        let isLine = isLine(first, form[0])
        if isTask { out.write(item.attribute("checked") == true ? " [x]" : " [ ]") }
        nest(String(repeating: " ", count: marker.utf8.count + 1)) { writer in
            if first.isEmptyParagraph, form[0].rung == .plain {
                writer.writeEmptyLine(item, isTask: isTask)
            } else if isLine {
                writer.out.write(ASCII.space)
                writer.write(first, form[0])
            } else if isTask {
                writer.out.endLine()
                writer.write(first, form[0])
            } else {
                writer.out.write(ASCII.space)
                writer.write(first, form[0])
            }
            writer.writeRest(item, form, isTight: isTight)
        }
    }

    /// The line of an item whose first paragraph is empty.
    private mutating func writeEmptyLine(_ item: Node, isTask: Bool) {
        let next = item.children.count > 1 ? item.children[1].type : ""
        let isListNext = ["bulletList", "orderedList", "taskList", ""].contains(next)
        out.write(isListNext ? "" : " <br>")
        out.endLine()
    }

    private mutating func writeRest(_ item: Node, _ form: Forms, isTight: Bool) {
        guard item.children.count > 1 else { return }
        let first = item.children[0]
        let isDirect =
            isTight
            || (first.isEmptyParagraph && form[0].rung == .plain
                && ["bulletList", "orderedList", "taskList"].contains(item.children[1].type) && form[1].rung < .element
                && item.children[1].attrs == nil)
        if !isDirect { out.endLine() }
        var rest = form
        if !rest.children.isEmpty { rest.children.removeFirst() }
        write(Array(item.children.dropFirst()), rest)
    }
}
