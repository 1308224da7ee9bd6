/// A text that never appears in a log, a message or a dump.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself; each use is a place to review.
    package let revealed: String

    package init(_ text: String) { revealed = text }

    package var description: String { "‹secret›" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
