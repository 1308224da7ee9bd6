import Base
import Glibc

extension Child {
    /// Whether a process of the child's group is left, the reaped child itself not counted.
    ///
    /// Descendants are reaped by init or by their own parents, or by us where we are the subreaper; until then the
    /// group exists.
    var isGroupLeft: Bool {
        while waitpid(-processID, nil, WNOHANG) > 0 {}
        return kill(-processID, 0) == 0
    }

    /// The values that a variable has in the environments of the group's living processes (proc(5)).
    ///
    /// git tells its helpers by environment what it keeps to itself otherwise.
    package func values(of variable: String) -> Set<String> {
        guard let listing = opendir("/proc") else { return [] }
        defer { closedir(listing) }
        var values: Set<String> = []
        let prefix = Array("\(variable)=".utf8)
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let id = pid_t(name), getpgid(id) == processID else { continue }
            for assignment in (fileBytes("/proc/\(id)/environ", limit: 1 << 20) ?? []).split(separator: 0)
            where assignment.starts(with: prefix) {
                values.insert(String(decoding: assignment.dropFirst(prefix.count), as: UTF8.self))
            }
        }
        return values
    }
}
