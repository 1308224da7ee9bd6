import Foundation

/// A directory that is removed with its last reference.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init(_ prefix: String = "docmost-git") throws {
        var template = Array("/tmp/\(prefix).XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw CocoaError(.fileWriteUnknown) }
        path = String(cString: made)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    package func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// A path inside the package, from any test file.
package func packagePath(_ relative: String) -> String {
    // Tests/TestSupport/TemporaryDirectory.swift is three levels below the root.
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    return root.appendingPathComponent(relative).path
}
