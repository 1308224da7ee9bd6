internal import Base
internal import CShims
internal import Glibc

/// The few file operations that the vault needs.
enum Files {
    enum Kind { case file, directory, link, other }

    /// Nil when there is nothing at the path. A link is not followed.
    static func kind(_ path: String) -> Kind? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .directory
        case S_IFLNK: return .link
        default: return .other
        }
    }

    static func isDirectory(_ path: String) -> Bool { kind(path) == .directory }

    /// Seconds since the file was last changed; nil when there is none.
    static func age(_ path: String) -> Int? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return max(0, now.tv_sec - status.st_mtim.tv_sec)
    }

    /// Whether what is made in a directory is meant for its whole group: setgid, and writable by the group. The directory
    /// may be given by a link to it.
    static func isGroupShared(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & 0o2020 == 0o2020
    }

    static func size(_ path: String) -> Int? {
        var status = stat()
        return lstat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// The time of the last change in nanoseconds; nil when there is no such file.
    static func changeTime(_ path: String) -> Int? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
    }

    /// Makes a directory and what is missing above it.
    static func makeDirectory(_ path: String, mode: mode_t) throws(VaultError) {
        if isDirectory(path) { return }
        if mkdir(path, mode) == 0 {
            // The umask must not take the group's rights away.
            if mode & 0o020 != 0 { chmod(path, mode) }
            return
        }
        if dg_errno() == EEXIST { return }
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        guard dg_errno() == ENOENT, !parent.isEmpty else { throw .system("mkdir \(path)") }
        try makeDirectory(parent, mode: mode)
        try makeDirectory(path, mode: mode)
    }

    /// Replaces a file as a whole: a reader sees the old or the new one, also after a power cut.
    static func replace(_ path: String, with text: String) throws(VaultError) {
        let temporary = "\(path).\(getpid()).new"
        let descriptor = dg_open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o640)
        guard descriptor >= 0 else { throw .system("write \(temporary)") }
        let bytes = Array(text.utf8)
        defer { close(descriptor) }
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0,
            Glibc.rename(temporary, path) == 0
        else {
            let error = VaultError.system("write \(path)")
            unlink(temporary)
            throw error
        }
    }

    static func rename(_ path: String, to other: String) throws(VaultError) {
        guard Glibc.rename(path, other) == 0 else { throw .system("rename \(path)") }
    }

    static func remove(_ path: String) { unlink(path) }

    /// Makes `path` a link to `target`, replacing what it was.
    static func link(_ path: String, to target: String) throws(VaultError) {
        if linkTarget(path) == target { return }
        // A name of its own for every call: two threads of one process may be here at once.
        let temporary = "\(path).\(getpid()).\(randomWord()).new"
        guard symlink(target, temporary) == 0, Glibc.rename(temporary, path) == 0 else {
            let error = VaultError.system("link \(path)")
            unlink(temporary)
            throw error
        }
    }

    static func linkTarget(_ path: String) -> String? {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let count = readlink(path, start, buffer.count)
            return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
        }
    }

    /// The names in a directory, without `.` and `..`; empty when it cannot be read.
    static func names(in path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Runs `work` while this process, alone on this machine, holds the lock file; it dies with the process.
    static func exclusively<Value>(
        _ path: String,
        _ work: () throws(VaultError) -> Value
    ) throws(VaultError) -> Value {
        let descriptor = dg_open(path, O_RDWR | O_CREAT, 0o660)
        guard descriptor >= 0 else { throw .system("open \(path)") }
        defer { close(descriptor) }
        // The first user to come makes the file; the others of the group lock it too.
        fchmod(descriptor, 0o660)
        while flock(descriptor, LOCK_EX) != 0 {
            guard dg_errno() == EINTR else { throw .system("lock \(path)") }
        }
        return try work()
    }
}
