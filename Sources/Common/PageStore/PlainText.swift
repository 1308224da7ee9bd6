internal import JSON
package import ProseMirror

/// The text of a document as Docmost keeps it for full-text search.
package enum PlainText {
    private static let inlineTypes: Set<String> = [
        "text", "hardBreak", "mention", "mathInline", "status", "footnoteReference",
    ]

    /// The texts of all blocks with an empty line between them, runs of line ends shortened to two.
    ///
    /// A separator stands before every block, nested ones too, but the one at the very start.
    package static func of(_ document: Node) -> String {
        var text: [UInt8] = []
        var isFirst = true
        var pending = Array(document.children.reversed())
        while let node = pending.popLast() {
            if !inlineTypes.contains(node.type) {
                if !isFirst { text += [0x0A, 0x0A] }
            }
            isFirst = false
            switch node.type {
            case "text": text += Array((node.text ?? "").utf8)
            case "hardBreak": text.append(0x0A)
            case "mention":
                text.append(UInt8(ascii: "@"))
                text += Array((node.attribute("label")?.string ?? node.attribute("id")?.string ?? "").utf8)
            default: pending.append(contentsOf: node.children.reversed())
            }
        }
        return String(decoding: shortened(text), as: UTF8.self)
    }

    private static func shortened(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var lineEnds = 0
        for byte in text {
            lineEnds = byte == 0x0A ? lineEnds + 1 : 0
            // PostgreSQL's text cannot hold U+0000.
            if lineEnds <= 2 && byte != 0 { result.append(byte) }
        }
        return result
    }
}
