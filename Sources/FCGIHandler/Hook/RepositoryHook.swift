import CShims
import Glibc

/// Runs a hook of the repository itself, as git would have: in the repository, with git's own environment.
///
/// - Parameter words: the kind of hook, then its arguments.
/// - Returns: its status; 0 when the repository has no such hook, 1 when it ended by a signal or could not be run.
func runRepositoryHook(_ words: [String], input: [UInt8]) -> Int32 {
    guard let kind = words.first, !kind.isEmpty, !kind.contains("/") else { return 1 }
    // git runs hooks of a bare repository inside it.
    let path = "hooks/\(kind)"
    guard access(path, X_OK) == 0 else { return 0 }
    var ends: [Int32] = [-1, -1]
    guard dg_pipe_cloexec(&ends) == 0 else { return 1 }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    // Standard output may be git's protocol; what a hook prints is for the person.
    posix_spawn_file_actions_adddup2(&actions, 2, 1)
    var arguments: [UnsafeMutablePointer<CChar>?] = ([path] + words.dropFirst()).map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var processID: pid_t = 0
    let failed = posix_spawn(&processID, path, &actions, nil, &arguments, environ)
    close(ends[0])
    guard failed == 0 else {
        close(ends[1])
        print(to: 2, Array("docmost-git: cannot run \(path): \(String(cString: strerror(failed)))\n".utf8))
        return 1
    }
    // A hook may end without reading: that must not end us.
    signal(SIGPIPE, SIG_IGN)
    print(to: ends[1], input)
    close(ends[1])
    var status: Int32 = 0
    while waitpid(processID, &status, 0) < 0 {
        guard dg_errno() == EINTR else { return 1 }
    }
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 1
}
