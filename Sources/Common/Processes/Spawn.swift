import CShims
import Glibc

/// What `spawn` hands to `Child`: the process and our ends of its pipes (-1 where there is none).
struct Spawned {
    var processID: pid_t = 0
    var input: Int32 = -1
    var output: Int32 = -1
    var errors: Int32 = -1
}

/// The descriptors of one standard stream: what the child gets, what we keep, and what to close after the spawn.
private struct StreamEnds {
    var child: Int32
    var ours: Int32 = -1
    var owned = true

    /// - Parameter childReads: true for standard input.
    init(_ stream: Command.Stream, childReads: Bool) throws(ProcessError) {
        switch stream {
        case .descriptor(let descriptor):
            child = descriptor
            owned = false
        case .null:
            child = dg_open("/dev/null", childReads ? O_RDONLY : O_WRONLY, 0)
            guard child >= 0 else { throw ProcessError(.cannotStart, "/dev/null: \(errorText())") }
        case .pipe:
            var ends: [Int32] = [-1, -1]
            guard dg_pipe_cloexec(&ends) == 0 else { throw ProcessError(.cannotStart, "pipe: \(errorText())") }
            child = childReads ? ends[0] : ends[1]
            ours = childReads ? ends[1] : ends[0]
            _ = dg_fcntl(ours, F_SETFL, O_NONBLOCK)
        }
    }

    func closeChildEnd() { if owned { close(child) } }
    func closeBoth() {
        closeChildEnd()
        if ours >= 0 { close(ours) }
    }
}

/// Starts a program in a process group of its own, with default signal dispositions and an empty signal mask
/// (ignored and blocked signals are inherited across exec), and without any descriptor that it was not given.
func spawn(_ command: Command) throws(ProcessError) -> Spawned {
    let input = try StreamEnds(command.input, childReads: true)
    let output: StreamEnds
    let errors: StreamEnds
    do throws(ProcessError) {
        output = try StreamEnds(command.output, childReads: false)
    } catch {
        input.closeBoth()
        throw error
    }
    do throws(ProcessError) {
        errors = try StreamEnds(command.errors, childReads: false)
    } catch {
        input.closeBoth()
        output.closeBoth()
        throw error
    }
    let processID: pid_t
    do throws(ProcessError) {
        processID = try spawn(command, streams: [input.child, output.child, errors.child])
    } catch {
        input.closeBoth()
        output.closeBoth()
        errors.closeBoth()
        throw error
    }
    input.closeChildEnd()
    output.closeChildEnd()
    errors.closeChildEnd()
    return Spawned(processID: processID, input: input.ours, output: output.ours, errors: errors.ours)
}

private func spawn(_ command: Command, streams: [Int32]) throws(ProcessError) -> pid_t {
    // Sources are moved above every target first, so that no dup2 overwrites a source that is still needed.
    var targets: [(source: Int32, target: Int32)] = []
    defer { for pair in targets { close(pair.source) } }
    let wanted = streams.enumerated().map { ($1, Int32($0)) } + command.inherited.map { ($1, $0) }
    let lowest = max(64, (command.inherited.keys.max() ?? 2) + 1)
    for (descriptor, target) in wanted.sorted(by: { $0.1 < $1.1 }) {
        let copy = dg_fcntl(descriptor, F_DUPFD_CLOEXEC, lowest)
        guard copy >= 0 else { throw ProcessError(.cannotStart, "\(command.program): \(errorText())") }
        targets.append((copy, target))
    }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for pair in targets { posix_spawn_file_actions_adddup2(&actions, pair.source, pair.target) }
    closeOthers(&actions, keeping: targets.map(\.target))
    if let directory = command.directory { _ = dg_spawn_chdir(&actions, directory) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    configure(&attributes)

    let arguments = CStringArray([command.program] + command.arguments)
    let environment = CStringArray(command.environment.variables.sorted { $0.key < $1.key }.map { "\($0)=\($1)" })
    var processID: pid_t = 0
    let result = posix_spawnp(
        &processID,
        command.program,
        &actions,
        &attributes,
        arguments.pointers,
        environment.pointers
    )
    guard result == 0 else {
        throw ProcessError(.cannotStart, "\(command.program): \(String(cString: strerror(result)))")
    }
    return processID
}

/// Closes every descriptor that is not in `keeping` (sorted, starting with 0, 1, 2).
private func closeOthers(_ actions: inout posix_spawn_file_actions_t, keeping: [Int32]) {
    let highest = keeping.last ?? 2
    for descriptor in 3..<max(3, highest) where !keeping.contains(descriptor) {
        posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    _ = dg_spawn_closefrom(&actions, highest + 1)
}

private func configure(_ attributes: inout posix_spawnattr_t) {
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
        &attributes,
        Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP)
    )
}

/// A NULL-terminated array of C strings, released with its owner.
private final class CStringArray {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        pointers = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
        pointers[count] = nil
    }

    deinit {
        for index in 0..<count { free(pointers[index]) }
        pointers.deallocate()
    }
}

/// What errno says now.
func errorText() -> String { String(cString: strerror(errno)) }
