/// A child process could not be started, or did not end as it should.
package struct ProcessError: Error, CustomStringConvertible, Sendable {
    package enum Code: Sendable, Equatable {
        /// The program is missing, or the system had no process or descriptor left.
        case cannotStart
        /// Nothing moved on its pipes for the permitted time, or its deadline passed.
        case timedOut
        /// It wrote more than the caller permits.
        case tooMuchOutput
        /// It ended with a status other than 0.
        case failed
        /// The work was cancelled; the child was ended.
        case cancelled
        /// A pipe to it broke in another way.
        case pipe
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
