// docmost-git-hook: what git runs as a hook of a push.
//
// It decides nothing. It tells the responder, over a descriptor inherited from it, which hook it is and what git
// writes to it, and does what it is told: print, run the repository's own hook of some kind, end with a status.
// Without that descriptor it refuses: nobody else should have linked it as a hook.

import CShims
import Glibc

@main
enum HookProgram {
    static func main() {
        guard let number = variable("DOCMOST_GIT_HOOK_FD").flatMap({ Int32($0) }), fcntl(number, F_GETFD) >= 0 else {
            print(to: 2, Array("docmost-git-hook: not started by docmost-git; the push is refused\n".utf8))
            exit(1)
        }
        // Hooks of the repository must not hold the line to the responder open.
        _ = dg_fcntl(number, F_SETFD, FD_CLOEXEC)
        unsetenv("DOCMOST_GIT_HOOK_FD")
        var relay = Relay(line: number)
        relay.greet()
        exit(relay.run())
    }
}

/// The value of an environment variable.
func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}

/// Writes all bytes, or gives up when the reader has gone.
@discardableResult
func print(to descriptor: Int32, _ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
        let count = bytes.withUnsafeBytes { buffer in
            buffer.baseAddress.map { write(descriptor, $0 + done, buffer.count - done) } ?? 0
        }
        if count > 0 { done += count } else if dg_errno() != EINTR { return false }
    }
    return true
}
