internal import CShims
internal import GitStore
internal import Glibc

/// A space's repository cannot be made, opened or mended.
package struct VaultError: Error, CustomStringConvertible, Sendable {
    package let description: String

    package init(_ description: String) { self.description = description }

    init(_ error: GitError) { description = error.message }

    /// A system call failed; errno says why.
    static func system(_ action: String) -> VaultError {
        VaultError("\(action): \(String(cString: strerror(dg_errno())))")
    }
}
