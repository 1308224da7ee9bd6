package import ProseMirror

/// Writes documents as Markdown that reads back as the same document.
package enum MarkdownWriter {
    /// What was written, and how friendly it is.
    package struct Written: Sendable {
        package var bytes: [UInt8]
        /// How many blocks, at any depth, were written in each form.
        package var rungs: RungCounts
    }

    /// The file's body for a document.
    ///
    /// It depends on the canonical form of the document only, and reading it gives that form again.
    package static func write(_ document: Node, _ options: MarkdownOptions = MarkdownOptions()) -> [UInt8] {
        written(document, options).bytes
    }

    /// As `write`, and counts the forms.
    package static func written(_ document: Node, _ options: MarkdownOptions = MarkdownOptions()) -> Written {
        let canonical = WrittenForm(options).form(of: document)
        var verifier = Verifier(Body(canonical, flavor: options.flavor), options)
        return verifier.write()
    }

    /// As `write`, without reading anything back: for measuring what the checks cost.
    package static func unverified(_ document: Node, _ options: MarkdownOptions = MarkdownOptions()) -> [UInt8] {
        let canonical = WrittenForm(options).form(of: document)
        let body = Body(canonical, flavor: options.flavor)
        var options = options
        options.footnoteLabels = body.labels(options.flavor)
        return BodyWriter(body, options).write([], []).bytes
    }
}

/// The part of a document that is written: its canonical form, with ids and comments as the options say.
struct WrittenForm {
    let options: MarkdownOptions
    let canonical: Canonical

    init(_ options: MarkdownOptions) {
        self.options = options
        canonical = Canonical(ids: options.ids != .none, comments: options.comments == .inline)
    }

    func form(of document: Node) -> Node {
        var form = canonical.form(of: document)
        if options.ids == .referenced { ReferencedIDs.keep(in: &form) }
        return form
    }
}
