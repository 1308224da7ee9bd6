package import Markdown
package import ProseMirror

/// Changes the text of a file to mean another document.
package enum Rewrite {
    /// The new text of a file's body.
    package static func body(old: [UInt8], to document: Node, _ options: MarkdownOptions) -> [UInt8] {
        MarkdownWriter.write(document, options)
    }
}
