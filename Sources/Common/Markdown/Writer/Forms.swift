/// How friendly the form of a block is; the later, the more surely it reads back.
package enum Rung: UInt8, Sendable, Comparable, CaseIterable {
    /// Plain Markdown, or the block's own element where Markdown has nothing.
    case plain
    /// Every mark of punctuation escaped, marks as elements.
    case escaped
    /// An element: `<p>`, `<table>`, `<div data-type="…">`.
    case element
    /// JSON in a code fence.
    case json

    package static func < (left: Rung, right: Rung) -> Bool { left.rawValue < right.rawValue }
}

/// The form chosen for a block and for the blocks in it.
struct Forms: Sendable {
    var rung = Rung.plain
    /// Of the children in order; empty when all are plain.
    var children: [Forms] = []

    static let plain = Forms()

    subscript(index: Int) -> Forms { index < children.count ? children[index] : .plain }
}
