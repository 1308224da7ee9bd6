/// What one file may ask for. Beyond a limit the text is taken literally: nothing fails, nothing grows without bound.
package struct Limits: Sendable {
    /// How deep quotes, lists, footnotes and HTML elements may nest, together.
    package var depth = 64
    /// Columns of a pipe table.
    package var tableColumns = 256
    /// Cells that are missing from rows and filled in, over the whole file.
    package var filledCells = 65_536
    /// Reference definitions.
    package var references = 50_000
    /// Bytes that reference links may add over the whole file, at least; a file may always add its own length.
    package var referenceBytes = 200_000

    package init() {}
}
