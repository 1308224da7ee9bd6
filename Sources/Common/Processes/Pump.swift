package import Base
import Glibc

/// What a short-lived child may do before it is ended.
package struct RunLimits: Sendable {
    /// Bytes of standard output kept; more is an error.
    package var outputBytes: Int
    /// Longest silence on all pipes, in milliseconds.
    package var idleMilliseconds: Int

    package init(outputBytes: Int = 256 << 20, idleMilliseconds: Int = 120_000) {
        self.outputBytes = outputBytes
        self.idleMilliseconds = idleMilliseconds
    }
}

/// What a short-lived child left behind.
package struct RunOutput: Sendable {
    package let status: ExitStatus
    package let output: [UInt8]
    /// The first 64 KiB of standard error.
    package let errors: [UInt8]

    package var text: String { String(decoding: output, as: UTF8.self) }
    package var errorText: String { String(decoding: errors, as: UTF8.self) }
}

/// Runs a program to its end: feeds `input`, collects both outputs at once, never write-all-then-read-all.
///
/// A status other than 0 is an answer, not an error; see `runChecked`.
package func run(
    _ command: Command,
    input: [UInt8] = [],
    limits: RunLimits = RunLimits(),
    cancellation: Cancellation? = nil
) throws(ProcessError) -> RunOutput {
    var command = command
    if !input.isEmpty { command.input = .pipe }
    let child = try Child(command)
    var pump = Pump(child: child, input: input, limits: limits)
    while pump.isOpen {
        if let reason = cancellation?.reason {
            child.terminate()
            throw ProcessError(.cancelled, "\(command.program): \(reason)")
        }
        try pump.step()
    }
    guard let status = child.wait(until: .after(milliseconds: limits.idleMilliseconds)) else {
        child.terminate()
        throw ProcessError(.timedOut, "\(command.program) closed its output and did not end")
    }
    return RunOutput(status: status, output: pump.output, errors: pump.errors)
}

/// Runs a program and throws, with its standard error, unless it ends with status 0.
@discardableResult
package func runChecked(
    _ command: Command,
    input: [UInt8] = [],
    limits: RunLimits = RunLimits(),
    cancellation: Cancellation? = nil
) throws(ProcessError) -> RunOutput {
    let result = try run(command, input: input, limits: limits, cancellation: cancellation)
    guard result.status.isSuccess else {
        let words = ([command.program] + command.arguments.prefix(3)).joined(separator: " ")
        let text = result.errorText.split(separator: "\n").joined(separator: "; ")
        throw ProcessError(.failed, "\(words): \(result.status)\(text.isEmpty ? "" : ": \(text)")")
    }
    return result
}

/// One poll loop over the three pipes of a child.
private struct Pump {
    let child: Child
    let input: [UInt8]
    let limits: RunLimits
    var written = 0
    var output: [UInt8] = []
    var errors: [UInt8] = []

    static let errorBytes = 64 << 10

    init(child: Child, input: [UInt8], limits: RunLimits) {
        self.child = child
        self.input = input
        self.limits = limits
        if input.isEmpty { child.closeInput() }
    }

    var isOpen: Bool { child.output >= 0 || child.errors >= 0 }

    /// Waits until something can move, at most 500 ms at a time so that cancellation is seen, and moves it.
    mutating func step() throws(ProcessError) {
        var descriptors = [
            pollfd(fd: child.input, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: child.output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: child.errors, events: Int16(POLLIN), revents: 0),
        ]
        let slice = min(500, limits.idleMilliseconds)
        let ready = poll(&descriptors, 3, Int32(slice))
        if ready == 0 {
            silence += slice
            guard silence < limits.idleMilliseconds else {
                child.terminate()
                throw ProcessError(.timedOut, "no progress for \(limits.idleMilliseconds) ms")
            }
            return
        }
        if ready > 0 { silence = 0 }
        if descriptors[0].revents != 0 { feed() }
        if descriptors[1].revents != 0, !Self.drain(child.output, into: &output, keep: .max) { child.closeOutput() }
        if descriptors[2].revents != 0, !Self.drain(child.errors, into: &errors, keep: Self.errorBytes) {
            child.closeErrors()
        }
        guard output.count <= limits.outputBytes else {
            child.terminate()
            throw ProcessError(.tooMuchOutput, "more than \(limits.outputBytes) bytes of output")
        }
    }

    private var silence = 0

    private mutating func feed() {
        let count = input.withUnsafeBytes {
            write(child.input, $0.baseAddress.map { $0 + written }, $0.count - written)
        }
        if count > 0 { written += count }
        let broken = count < 0 && errno != EAGAIN && errno != EINTR
        if written == input.count || broken { child.closeInput() }
    }

    /// Reads what is there; false at the end of the stream.
    private static func drain(_ descriptor: Int32, into bytes: inout [UInt8], keep: Int) -> Bool {
        let count = withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { buffer in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 { bytes.append(contentsOf: buffer.prefix(min(count, max(0, keep - bytes.count)))) }
            return count
        }
        return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
    }
}
