import CShims
import Foundation
import Synchronization

/// A server that lives exactly as long as this object, and dies with the test process however that ends.
///
/// It runs under a shell that waits for the end of a pipe held by us: when we are killed, the pipe closes and the
/// shell ends the server.
package final class ServerProcess: Sendable {
    private let shell: Mutex<Process>
    private let input: FileHandle
    private let logPath: String

    /// Starts `arguments[0]`, found on PATH, with its output appended to `log`.
    ///
    /// - Parameters:
    ///   - user: run as this user when we are root (PostgreSQL refuses to run as root).
    ///   - stopSignal: what ends it in an orderly way.
    package init(
        _ arguments: [String],
        log: String,
        user: String? = nil,
        directory: String? = nil,
        stopSignal: String = "TERM"
    ) throws {
        // Close-on-exec from the start: a child that another test starts meanwhile must not keep the pipe open after us.
        var ends: [Int32] = [-1, -1]
        guard dg_pipe_cloexec(&ends) == 0 else { throw ServerFailure("pipe: \(errno)") }
        let process = Process()
        // Threads of the test runner block signals, and children inherit that: `env` gives them back.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // The shell keeps the pipe on descriptor 3, so that the server does not read it.
        let script = """
            exec 3<&0 </dev/null
            "$@" & server=$!
            echo "$server" >"$0.pid"
            read -r line <&3
            kill -\(stopSignal) "$server" 2>/dev/null
            setsid sh -c 'sleep 5; kill -KILL "$0"' "$server" 2>/dev/null & killer=$!
            wait "$server"; kill -s KILL -- "-$killer" 2>/dev/null
            """
        process.arguments =
            ["--default-signal", "/bin/sh", "-c", script, log] + ServerProcess.asUser(user, arguments)
        let readEnd = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        process.standardInput = readEnd
        guard FileManager.default.createFile(atPath: log, contents: nil) else {
            throw ServerFailure("cannot write \(log)")
        }
        let output = FileHandle(forWritingAtPath: log)
        process.standardOutput = output
        process.standardError = output
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        try process.run()
        try readEnd.close()
        input = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
        logPath = log
        shell = Mutex(process)
    }

    deinit { stop() }

    /// Ends the server and waits for it.
    package func stop() {
        try? input.close()
        shell.withLock { if $0.isRunning { $0.waitUntilExit() } }
    }

    /// Sends a signal to the server itself, not to the shell above it.
    package func signal(_ number: Int32) throws {
        guard kill(try processID(), number) == 0 else { throw ServerFailure("kill: \(errno)") }
    }

    /// The server itself, not the shell above it.
    package func processID() throws -> Int32 {
        var found: Int32?
        try waitUntil("the server has a process id") {
            let text = try? String(contentsOfFile: "\(logPath).pid", encoding: .utf8)
            found = text.flatMap { Int32($0.trimmingCharacters(in: .newlines)) }
            return found != nil
        }
        guard let found else { throw ServerFailure("no process id") }
        return found
    }

    package var isRunning: Bool { shell.withLock { $0.isRunning } }

    /// What the server has printed so far.
    package var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

    /// The command line that runs `arguments` as `user` when this process is root.
    package static func asUser(_ user: String?, _ arguments: [String]) -> [String] {
        guard let user, getuid() == 0 else { return arguments }
        return ["setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups", "--"] + arguments
    }
}

/// What went wrong while a server of the tests was started.
package struct ServerFailure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// A TCP port of the loopback interface that is free now.
package func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw ServerFailure("socket: \(errno)") }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
        }
    }
    guard bound else { throw ServerFailure("bind: \(errno)") }
    return Int(UInt16(bigEndian: address.sin_port))
}

/// Asks until `ready` says yes, every 20 ms, at most `seconds`.
package func waitUntil(_ what: String, seconds: Double = 20, _ ready: () throws -> Bool) throws {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
        if try ready() { return }
        usleep(20_000)
    }
    throw ServerFailure("\(what): not within \(seconds) s")
}

/// Runs a program found on PATH and returns its output; throws with the output when it fails.
@discardableResult
package func runProgram(
    _ arguments: [String],
    input: String? = nil,
    environment: [String: String] = [:],
    directory: String? = nil
) throws -> String {
    let result = try runProgramResult(arguments, input: input, environment: environment, directory: directory)
    guard result.status == 0 else {
        throw ServerFailure("\(arguments.joined(separator: " ")): exit \(result.status)\n\(result.output)")
    }
    return result.output
}

/// Runs a program found on PATH; standard output and standard error together.
package func runProgramResult(
    _ arguments: [String],
    input: String? = nil,
    environment: [String: String] = [:],
    directory: String? = nil
) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["--default-signal"] + arguments
    var merged = ProcessInfo.processInfo.environment
    merged.merge(environment) { $1 }
    process.environment = merged
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    let source = Pipe()
    process.standardInput = input == nil ? FileHandle.nullDevice : source
    try process.run()
    if let input {
        // Small inputs only: what does not fit the pipe would wait for output nobody reads yet.
        source.fileHandleForWriting.write(Data(input.utf8))
        try? source.fileHandleForWriting.close()
    }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
}
