internal import Glibc

extension Vault {
    /// Bytes that are free for us on the disk of the repositories; nil when that cannot be asked.
    package var freeBytes: Int? {
        var volume = statvfs()
        guard statvfs(dataDirectory, &volume) == 0 else { return nil }
        return Int(volume.f_bavail) * Int(volume.f_frsize)
    }

    /// Whether a failure to write is explained by the disk: what little is left is not enough for git.
    package var isFull: Bool { freeBytes.map { $0 < 1 << 20 } ?? false }
}
