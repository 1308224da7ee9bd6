import CShims
import Foundation

/// A directory that is removed with its last reference, and at the latest with this process.
///
/// What lives as long as the process (a shared PostgreSQL) has no last reference, and a killed process removes nothing:
/// a day of test runs filled a disk of 250 GB.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init(_ prefix: String = "docmost-git") throws {
        path = try Self.make("\(Self.root.get())/\(prefix)")
    }

    private static func make(_ prefix: String) throws -> String {
        var template = Array("\(prefix).XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw CocoaError(.fileWriteUnknown) }
        return String(cString: made)
    }

    /// The directory of this process. A shell of its own session waits for the end of a pipe that only we hold, gives
    /// the servers of the tests time to end, and removes it.
    private static let root = Result { () throws -> String in
        let root = try make("/tmp/dg-tests")
        chmod(root, 0o755)
        var ends: [Int32] = [-1, -1]
        guard dg_pipe_cloexec(&ends) == 0 else { throw CocoaError(.fileWriteUnknown) }
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let script = "read -r line; sleep 10; rm -rf -- \"$0\""
        shell.arguments = ["--default-signal", "setsid", "--fork", "/bin/sh", "-c", script, root]
        let readEnd = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        shell.standardInput = readEnd
        shell.standardOutput = FileHandle.nullDevice
        shell.standardError = FileHandle.nullDevice
        try shell.run()
        try readEnd.close()
        // setsid has forked and is gone. Left unreaped, it would be all that the monitor of exit tests ever sees. Foundation
        // waits for the end of a socket that the shell has inherited, and so for ever.
        waitpid(shell.processIdentifier, nil, 0)
        return root
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
