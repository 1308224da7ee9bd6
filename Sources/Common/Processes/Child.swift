package import Base
import CShims
import Glibc

/// A running child in its own process group.
///
/// Confined to one thread. When the last reference goes, what is left of the group is killed and reaped: no child
/// outlives the request or cycle that started it.
package final class Child {
    package let processID: Int32
    /// Our end of the child's standard input; -1 when it is not a pipe, or closed.
    package private(set) var input: Int32
    /// Our end of the child's standard output; -1 likewise.
    package private(set) var output: Int32
    package private(set) var errors: Int32
    package private(set) var status: ExitStatus?
    /// Processor time of the child and the descendants it reaped, in microseconds; known once it was reaped.
    package private(set) var processorMicroseconds = 0

    private let name: String

    package init(_ command: Command) throws(ProcessError) {
        BrokenPipes.neutralise()
        let spawned = try spawn(command)
        processID = spawned.processID
        input = spawned.input
        output = spawned.output
        errors = spawned.errors
        name = command.program
        // Where the system does not let us, it runs as all others do.
        if command.isBatch { _ = dg_schedule_as_batch(processID) }
    }

    deinit {
        closeInput()
        closeOutput()
        closeErrors()
        if status == nil { terminate(graceMilliseconds: 0) }
    }

    package func closeInput() { Self.close(&input) }
    package func closeOutput() { Self.close(&output) }
    package func closeErrors() { Self.close(&errors) }

    private static func close(_ descriptor: inout Int32) {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }

    /// Waits for the end of the child itself; its descendants may go on.
    ///
    /// - Returns: nil when it is still running at the deadline.
    package func wait(until deadline: Deadline = .never) -> ExitStatus? {
        if let status { return status }
        var pause = 0
        while true {
            var raw: Int32 = 0
            var usage = rusage()
            let reaped = wait4(processID, &raw, deadline == .never ? 0 : WNOHANG, &usage)
            if reaped == processID {
                processorMicroseconds = usage.processorMicroseconds
                status = ExitStatus(waitStatus: raw)
                return status
            }
            if reaped == -1, errno != EINTR {
                // Somebody else reaped it: nothing is known but that it is gone.
                status = .exited(-1)
                return status
            }
            guard !deadline.hasPassed else { return nil }
            pause = min(pause + 1, 20)
            if deadline != .never { sleep(milliseconds: pause) }
        }
    }

    /// Ends the whole process group, first politely, and reaps the child. Returns when the group is gone.
    @discardableResult
    package func terminate(graceMilliseconds: Int = 2000) -> ExitStatus {
        if graceMilliseconds > 0 {
            kill(-processID, SIGTERM)
            let grace = Deadline.after(milliseconds: graceMilliseconds)
            _ = wait(until: grace)
            // The child may be gone while a descendant is still tidying up.
            while isGroupLeft, !grace.hasPassed { sleep(milliseconds: 1) }
        }
        kill(-processID, SIGKILL)
        let ended = wait() ?? .signalled(SIGKILL)
        let deadline = Deadline.after(milliseconds: 2000)
        while isGroupLeft, !deadline.hasPassed { sleep(milliseconds: 1) }
        return ended
    }
}

extension rusage {
    fileprivate var processorMicroseconds: Int {
        Int(ru_utime.tv_sec + ru_stime.tv_sec) * 1_000_000 + Int(ru_utime.tv_usec + ru_stime.tv_usec)
    }
}

/// Writing to a pipe whose reader is gone must be an error, not the end of our process.
package enum BrokenPipes {
    /// Installs an empty handler for SIGPIPE where nobody has installed one.
    ///
    /// A handler, unlike SIG_IGN, is reset in the child by exec, so git keeps its own behaviour.
    package static func neutralise() { _ = installed }

    private static let installed: Bool = {
        var current = sigaction()
        sigaction(SIGPIPE, nil, &current)
        guard unsafeBitCast(current.__sigaction_handler.sa_handler, to: Int.self) <= 1 else { return false }
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in }
        return sigaction(SIGPIPE, &action, nil) == 0
    }()
}
