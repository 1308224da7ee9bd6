package import ProseMirror

/// Changes a body so that it means a new document, and leaves every block that means the same as it stands.
package enum MarkdownRewriter {
    /// What a rewriting did.
    package struct Rewritten: Sendable {
        package var bytes: [UInt8]
        /// How many stretches of the old text were kept.
        package var kept: Int
        /// Whether the whole body had to be written anew.
        package var isWhole: Bool
    }

    /// The old body, changed to mean the document: reading it gives the document's canonical form, always.
    ///
    /// - Parameter isCRLF: how new lines end; nil for the style of the first line.
    package static func rewrite(
        _ old: [UInt8],
        to document: Node,
        _ options: MarkdownOptions = MarkdownOptions(),
        isCRLF: Bool? = nil
    ) -> [UInt8] {
        rewritten(old, to: document, options, isCRLF: isCRLF).bytes
    }

    /// As `rewrite`, and says how much was kept.
    package static func rewritten(
        _ old: [UInt8],
        to document: Node,
        _ options: MarkdownOptions = MarkdownOptions(),
        isCRLF: Bool? = nil
    ) -> Rewritten {
        let lines = isCRLF.map(LineStyle.init(isCRLF:)) ?? LineStyle(old)
        let written = WrittenForm(options)
        let body = Body(written.form(of: document), flavor: options.flavor)
        var attempt = RewriteAttempt(old, body, options, lines)
        if attempt.isSame { return Rewritten(bytes: old, kept: attempt.kept.count, isWhole: false) }
        for round in 0..<6 {
            // A label of theirs may be text of the new document: then the document counts.
            if round == 4 { attempt.keepsDefinitions = false }
            let bytes = attempt.bytes()
            if attempt.isRead(from: bytes) { return Rewritten(bytes: bytes, kept: attempt.kept.count, isWhole: false) }
        }
        let bytes = lines.applied(to: attempt.withDefinitions(MarkdownWriter.write(document, options)))
        return Rewritten(bytes: bytes, kept: 0, isWhole: true)
    }
}

/// How a file ends its lines.
struct LineStyle {
    let isCRLF: Bool

    init(isCRLF: Bool) { self.isCRLF = isCRLF }

    /// The style of the first line.
    init(_ bytes: [UInt8]) {
        guard let end = bytes.firstIndex(of: ASCII.newline) else {
            isCRLF = false
            return
        }
        isCRLF = end > 0 && bytes[end - 1] == ASCII.carriageReturn
    }

    var lineEnd: [UInt8] { isCRLF ? [ASCII.carriageReturn, ASCII.newline] : [ASCII.newline] }

    func applied(to text: [UInt8]) -> [UInt8] {
        guard isCRLF else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(text.count + text.count / 16)
        for byte in text {
            if byte == ASCII.newline { result.append(ASCII.carriageReturn) }
            result.append(byte)
        }
        return result
    }
}
