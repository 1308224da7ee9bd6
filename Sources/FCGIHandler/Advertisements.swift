import Base
import Directory
import FastCGI
import GitHTTP
import Glibc
import Processes
import Synchronization

/// git's answers to the first request of a fetch, kept for a while.
///
/// In protocol 2 that answer names no refs, only what git and the repository's configuration can do: it is the same for
/// everybody, and starting two processes for it is most of the cost of a poll. The bytes are git http-backend's own.
/// A changed configuration ends an entry; so does a minute, for an update of git.
final class Advertisements: Sendable {
    private struct Entry {
        let reply: [UInt8]
        let bodyAt: Int
        let stamp: Stamp
        let validUntil: Deadline
    }

    /// What tells one state of a configuration file from another.
    private struct Stamp: Equatable {
        let inode: UInt64
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    private let entries = Mutex<[SpaceID: Entry]>([:])
    private static let lifetimeMilliseconds = 60_000
    private static let capacity = 10_000

    /// The reply and where its body begins; nil where git has to be asked in the usual way.
    ///
    /// - Parameter command: the git http-backend that would answer this request.
    func reply(
        for request: GatedRequest,
        repository path: String,
        command: () throws -> Command
    ) throws -> (bytes: [UInt8], bodyAt: Int)? {
        guard request.endpoint == .advertisement(.uploadPack), request.version == .two else { return nil }
        guard let stamp = Self.stamp("\(path)/config") else { return nil }
        let space = request.space.id
        if let entry = entries.withLock({ $0[space] }), entry.stamp == stamp, !entry.validUntil.hasPassed {
            return (entry.reply, entry.bodyAt)
        }
        let output = try run(try command(), limits: RunLimits(outputBytes: 65_536, idleMilliseconds: 10_000))
        guard output.status.isSuccess, case .complete(let head, let bodyAt) = ReplyHead.parse(output.output) else {
            return nil
        }
        let type = ReplyHead.Header("Content-Type", GitService.uploadPack.advertisementType)
        // Only the answer of protocol 2 is free of refs.
        let body = output.output[bodyAt...]
        guard head.status == 200, head.headers.contains(type), body.starts(with: Array("000eversion 2\n".utf8)) else {
            return nil
        }
        let entry = Entry(
            reply: head.bytes + body,
            bodyAt: head.bytes.count,
            stamp: stamp,
            validUntil: .after(milliseconds: Self.lifetimeMilliseconds)
        )
        entries.withLock { entries in
            if entries.count >= Self.capacity { entries.removeAll() }
            entries[space] = entry
        }
        return (entry.reply, entry.bodyAt)
    }

    private static func stamp(_ path: String) -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Stamp(
            inode: UInt64(status.st_ino),
            size: Int(status.st_size),
            seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec
        )
    }
}
