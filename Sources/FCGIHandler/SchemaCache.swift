import Base
import CShims
import Directory
import Glibc

/// Keeps what is known of the database's schema on disk, so that a plain CGI process does not ask for it each time.
///
/// A file in the data directory that only our own user can write: its owner and mode are checked before it is believed.
struct SchemaCache {
    /// nil: nothing is kept. The threaded server keeps it in memory.
    let path: String?

    static let lifetimeSeconds = 300
    private static let magic = "docmost-git schema 1 "

    func read() -> DirectorySchema? {
        guard let path else { return nil }
        let descriptor = dg_open(path, O_RDONLY | O_NOFOLLOW, 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_uid == geteuid(), status.st_mode & 0o022 == 0,
            abs(time(nil) - status.st_mtim.tv_sec) < Self.lifetimeSeconds
        else { return nil }
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        guard text.hasPrefix(Self.magic) else { return nil }
        return Int(text.dropFirst(Self.magic.count)).map(DirectorySchema.init(rawValue:))
    }

    /// Failing to write is no harm: the next process asks the database again.
    func write(_ schema: DirectorySchema) {
        guard let path else { return }
        let temporary = "\(path).\(getpid())"
        let descriptor = dg_open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return }
        let text = Array("\(Self.magic)\(schema.rawValue)".utf8)
        let isWritten = Glibc.write(descriptor, text, text.count) == text.count
        close(descriptor)
        guard isWritten, rename(temporary, path) == 0 else {
            unlink(temporary)
            return
        }
    }

    func forget() { if let path { unlink(path) } }
}
