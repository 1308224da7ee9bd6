import JSON
import ProseMirror

/// Inline content that becomes blocks: images are blocks in the schema, so a paragraph is split around them.
enum Textblock {
    static func split(_ inlines: [Node], as type: String, attrs: JSONObject?) -> [Node] {
        guard inlines.contains(where: { $0.type == "image" }) else {
            return [Node(type, attrs: attrs, content: inlines.isEmpty ? nil : inlines)]
        }
        var blocks: [Node] = []
        var run: [Node] = []
        func endRun() {
            let content = trimmed(run)
            if !content.isEmpty { blocks.append(Node(type, attrs: attrs, content: content)) }
            run = []
        }
        for node in inlines {
            if node.type == "image" {
                endRun()
                blocks.append(node)
            } else {
                run.append(node)
            }
        }
        endRun()
        return blocks
    }

    /// Inline content without the spaces and breaks at its edges.
    private static func trimmed(_ run: [Node]) -> [Node] {
        var run = run
        while let first = run.first {
            if first.isText {
                let text = first.text ?? ""
                let rest = text.utf8.drop { $0.isWhitespace }
                if rest.count == text.utf8.count { break }
                run[0].text = String(Substring(rest))
                if !rest.isEmpty { break }
            } else if first.type != "hardBreak" {
                break
            }
            run.removeFirst()
        }
        while let last = run.last {
            if last.isText {
                var text = Substring(last.text ?? "")
                guard let end = text.utf8.last, end.isWhitespace else { break }
                while let end = text.utf8.last, end.isWhitespace { text.unicodeScalars.removeLast() }
                run[run.count - 1].text = String(text)
                if !text.isEmpty { break }
            } else if last.type != "hardBreak" {
                break
            }
            run.removeLast()
        }
        return run
    }

    /// ` ^abcdefghijkl` at the end of a textblock: where it begins.
    static func blockID(_ bytes: Bytes, _ range: Range<Int>) -> Int? {
        let start = range.upperBound - 14
        guard start >= range.lowerBound, bytes[start] == ASCII.space, bytes[start + 1] == ASCII.caret else {
            return nil
        }
        for index in (start + 2)..<range.upperBound where bytes[index] < 0x61 || bytes[index] > 0x7A { return nil }
        return start
    }
}
