/// Why a Yjs update or state was refused, or why a target cannot be written.
package struct YDocError: Error, Equatable, CustomStringConvertible {
    /// The reasons of a refusal.
    package enum Code: Sendable, Equatable {
        /// The input ends inside a value.
        case truncated
        /// The bytes do not follow the format.
        case malformed
        /// A content kind, type or value that Docmost does not write.
        case unsupported
        /// The update depends on changes that are not in the document.
        case pending
        /// More work or memory than any real document needs.
        case tooLarge
        /// The target cannot be written without damage to the page.
        case invalidTarget
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "Yjs document: \(message)" }

    static let truncated = YDocError(.truncated, "the input ends inside a value")

    static func malformed(_ message: String) -> YDocError { YDocError(.malformed, message) }
    static func unsupported(_ message: String) -> YDocError { YDocError(.unsupported, message) }
    static func tooLarge(_ message: String) -> YDocError { YDocError(.tooLarge, message) }
    static func invalidTarget(_ message: String) -> YDocError { YDocError(.invalidTarget, message) }

    static func pending(client: UInt64, clock: Int) -> YDocError {
        YDocError(.pending, "changes are missing before client \(client), clock \(clock)")
    }
}
