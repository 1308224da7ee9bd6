package import Processes

/// A git command of ours failed, or the repository does not hold what was asked for.
package struct GitError: Error, CustomStringConvertible, Sendable {
    package enum Code: Sendable, Equatable {
        /// A ref was not at the expected value, or somebody else is moving it now.
        case refMoved
        /// No such object, ref or path.
        case missing
        /// The object is not what was expected, or the answer of git cannot be read.
        case malformed
        /// git could not be run or ended badly.
        case failed
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package init(_ error: ProcessError) { self.init(.failed, error.message) }

    package var description: String { message }
}
