package import Markdown
package import ProseMirror

extension PageFile {
    /// The document that the file holds.
    package func document(_ options: MarkdownOptions = MarkdownOptions()) -> Node {
        MarkdownDocument.parse(Array(bytes[body]), options).document
    }

    /// The whole file, changed to hold another document: blocks that mean the same keep their bytes.
    ///
    /// The envelope stays as it is; `settingID` writes an id.
    package func rewritten(to document: Node, _ options: MarkdownOptions = MarkdownOptions()) -> [UInt8] {
        let text = MarkdownRewriter.rewrite(Array(bytes[body]), to: document, options, isCRLF: lineEnd == .crlf)
        let before = Array(bytes[..<body.lowerBound])
        guard body.isEmpty, !text.isEmpty, frontmatter != nil else {
            return before + text + Array(bytes[body.upperBound...])
        }
        // There was no text yet: a blank line sets it off from the frontmatter.
        let separator = before.last == 0x0A ? lineEnd.bytes : lineEnd.bytes + lineEnd.bytes
        return before + separator + text
    }
}
