import Foundation
import JSON
import ProseMirror

/// What a reader sees, without the differences between HTML's tree and the schema's: blocks as they begin and end,
/// and runs of text with the set of their marks.
struct Outline: Equatable, CustomStringConvertible {
    private(set) var items: [String] = []
    private var text = ""
    private var marks: Set<String> = []

    var description: String { items.joined(separator: "\n") }

    // MARK: Building

    mutating func add(_ more: String, _ marks: Set<String>) {
        // A code span has no other mark in the schema, and a link's address counts more than its typeface.
        var marks = marks
        if marks.contains("code") {
            let link = marks.filter { $0.hasPrefix("a ") }
            marks = link.isEmpty ? ["code"] : marks.subtracting(["code"])
        }
        if marks != self.marks { endRun() }
        self.marks = marks
        text += more
    }

    private mutating func endRun() {
        guard !text.isEmpty else { return }
        var shown = text
        if !marks.contains("code") {
            shown = String(shown.unicodeScalars.map { "\t\n\r ".unicodeScalars.contains($0) ? " " : Character($0) })
            while shown.contains("  ") { shown = shown.replacing("  ", with: " ") }
        }
        if !shown.isEmpty { items.append("text " + marks.sorted().description + " " + shown) }
        text = ""
        marks = []
    }

    /// Ends what is said in a block; spaces at its edges do not count.
    mutating func endText() {
        endRun()
        guard let last = items.last, last.hasPrefix("text "), last.hasSuffix(" "), !last.hasPrefix("text [\"code")
        else { return }
        items[items.count - 1] = String(last.dropLast())
    }

    mutating func mark(_ item: String) {
        endText()
        items.append(item)
    }

    mutating func verbatim(_ language: String, _ code: String) {
        mark("code " + language)
        items.append("verbatim " + code)
    }

    /// The outline without spaces after a block's beginning.
    func finished() -> Outline {
        var outline = self
        outline.endText()
        var result: [String] = []
        for item in outline.items {
            var item = item
            let isStart = result.last.map { !$0.hasPrefix("text ") } ?? true
            if isStart, item.hasPrefix("text "), let space = item.range(of: "]  ") {
                item.replaceSubrange(space, with: "] ")
            }
            if item.hasPrefix("text ") && item.hasSuffix("] ") { continue }
            result.append(item)
        }
        outline.items = result
        outline.marks = []
        return outline
    }
}

extension Outline {
    /// The outline of a document.
    init(_ document: Node) {
        self.init()
        for block in document.children { add(block) }
        self = finished()
    }

    private mutating func add(_ node: Node) {
        endText()
        switch node.type {
        case "paragraph", "detailsSummary": node.children.forEach { addInline($0) }
        case "heading":
            mark("h\(node.attribute("level")?.int ?? 1)")
            node.children.forEach { addInline($0) }
            mark("/h")
        case "codeBlock":
            verbatim(node.attribute("language")?.string ?? "", node.content?.first?.text ?? "")
        case "horizontalRule": mark("hr")
        case "image": mark("img \(node.attribute("src")?.string ?? "") \(node.attribute("alt")?.string ?? "")")
        case "orderedList": container("ol \(node.attribute("start")?.int ?? 1)", node)
        case "listItem", "taskItem": container("li", node)
        case "bulletList", "taskList": container("ul", node)
        case "callout": container("blockquote", node)
        case "tableHeader", "tableCell":
            container((node.type == "tableHeader" ? "th " : "td ") + (node.attribute("align")?.string ?? ""), node)
        default: container(node.type == "tableRow" ? "tr" : node.type, node)
        }
        endText()
    }

    private mutating func container(_ name: String, _ node: Node) {
        mark(name)
        node.children.forEach { add($0) }
        mark("/" + name.prefix { $0 != " " })
    }

    private mutating func addInline(_ node: Node) {
        switch node.type {
        case "hardBreak":
            endText()
            mark("br")
        case "text": add(node.text ?? "", Set((node.marks ?? []).map(Outline.name)))
        default: mark(node.type)
        }
    }

    private static func name(_ mark: Mark) -> String {
        switch mark.type {
        case "bold": "strong"
        case "italic": "em"
        case "strike": "del"
        case "link":
            "a " + decoded(mark.attribute("href")?.string ?? "") + " " + (mark.attribute("title")?.string ?? "")
        default: mark.type
        }
    }

    static func decoded(_ url: String) -> String { url.removingPercentEncoding ?? url }
}
