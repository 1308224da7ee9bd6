/// What to run: a program by its path or name on PATH, without a shell.
package struct Command: Sendable {
    /// Where a standard stream of the child goes.
    package enum Stream: Sendable, Equatable {
        /// A pipe to us.
        case pipe
        /// `/dev/null`.
        case null
        /// A copy of one of our descriptors.
        case descriptor(Int32)
    }

    package var program: String
    package var arguments: [String]
    package var environment: Environment
    package var directory: String?
    package var input: Stream
    package var output: Stream
    package var errors: Stream
    /// Descriptors of ours that the child gets under the given numbers (3 and above); all others are closed.
    package var inherited: [Int32: Int32]
    /// It works for throughput: woken, it waits for its turn and does not interrupt whoever runs (SCHED_BATCH).
    package var isBatch = false

    package init(
        _ program: String,
        _ arguments: [String] = [],
        environment: Environment = Environment(),
        directory: String? = nil,
        input: Stream = .null,
        output: Stream = .pipe,
        errors: Stream = .pipe,
        inherited: [Int32: Int32] = [:]
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.input = input
        self.output = output
        self.errors = errors
        self.inherited = inherited
    }
}

/// How a child ended.
package enum ExitStatus: Sendable, Equatable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)

    init(waitStatus status: Int32) {
        self = status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signalled(status & 0x7F)
    }

    package var isSuccess: Bool { self == .exited(0) }

    package var description: String {
        switch self {
        case .exited(let code): "exit \(code)"
        case .signalled(let signal): "signal \(signal)"
        }
    }
}
