import Glibc
import Processes
import Synchronization

/// Where `git http-backend` is: the program itself, as `git http-backend` would be one process more per request.
final class GitBackend: Sendable {
    private let found = Mutex<String?>(nil)

    /// Where Debian's git keeps it; another git is asked, once per process, when it is first needed.
    func path() throws(ProcessError) -> String {
        if let known = found.withLock({ $0 }) { return known }
        if access("/usr/local/bin/git", X_OK) != 0, access("/usr/lib/git-core/git-http-backend", X_OK) == 0 {
            return "/usr/lib/git-core/git-http-backend"
        }
        let output = try runChecked(Command("git", ["--exec-path"], environment: .git))
        let path = "\(output.text.split(separator: "\n").first ?? "")/git-http-backend"
        found.withLock { $0 = path }
        return path
    }
}
