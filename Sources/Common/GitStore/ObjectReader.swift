import Base
import Glibc
import Processes

/// Reads many objects through one `git cat-file --batch`.
///
/// Confined to one thread. The process is started on the first read and ends with the reader.
package final class ObjectReader {
    /// The kind of an object, with git's own names.
    package enum Kind: String, Sendable { case blob, tree, commit, tag }

    /// An object as stored.
    package struct Object: Sendable {
        package let kind: Kind
        package let bytes: [UInt8]
    }

    private let repository: Repository
    private let environment: [String: String]
    private var child: Child?
    private var buffer: [UInt8] = []
    private var position = 0

    /// - Parameter environment: more variables for git, such as those of a quarantine.
    package init(_ repository: Repository, environment: [String: String] = [:]) {
        self.repository = repository
        self.environment = environment
    }

    /// The bytes of a blob.
    package func blob(_ id: ObjectID) throws(GitError) -> [UInt8] {
        let object = try object("\(id)")
        guard object.kind == .blob else { throw GitError(.malformed, "\(id) is a \(object.kind.rawValue), not a blob") }
        return object.bytes
    }

    /// The object that a name in git's notation stands for (`<id>`, `<commit>:<path>`).
    package func object(_ name: String) throws(GitError) -> Object {
        var result: Object?
        try objects([name]) { result = $1 }
        guard let result else { throw GitError(.missing, "no such object: \(name)") }
        return result
    }

    /// Reads many objects, in order, asking ahead so that git never waits for us; nil for one that is missing.
    ///
    /// - Parameter body: gets the index of the name and the object.
    package func objects(_ names: [String], _ body: (Int, Object?) -> Void) throws(GitError) {
        guard !names.isEmpty else { return }
        do throws(GitError) {
            try exchange(names, body)
        } catch {
            // The stream is out of step: the next read starts a new process.
            child = nil
            buffer = []
            position = 0
            throw error
        }
    }

    private func exchange(_ names: [String], _ body: (Int, Object?) -> Void) throws(GitError) {
        let child = try started()
        var request: [UInt8] = []
        for name in names {
            guard !name.utf8.contains(UInt8(ascii: "\n")) else {
                throw GitError(.malformed, "a line break in an object name")
            }
            request.append(contentsOf: name.utf8)
            request.append(UInt8(ascii: "\n"))
        }
        var sent = 0
        for index in names.indices {
            let header = try line(from: child, request, &sent)
            let fields = header.split(separator: UInt8(ascii: " "))
            guard fields.count >= 3,
                let kind = Kind(rawValue: String(decoding: fields[fields.count - 2], as: UTF8.self)),
                let size = Int(String(decoding: fields[fields.count - 1], as: UTF8.self))
            else {
                body(index, nil)
                continue
            }
            let bytes = try take(size + 1, from: child, request, &sent)
            body(index, Object(kind: kind, bytes: Array(bytes.dropLast())))
        }
    }

    private func started() throws(GitError) -> Child {
        if let child { return child }
        do throws(ProcessError) {
            var command = repository.command(["cat-file", "--batch"], environment: environment)
            command.input = .pipe
            command.errors = .null
            let started = try Child(command)
            child = started
            return started
        } catch {
            throw GitError(error)
        }
    }

    private func line(from child: Child, _ request: [UInt8], _ sent: inout Int) throws(GitError) -> [UInt8] {
        while true {
            if let end = buffer[position...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { position = end + 1 }
                return Array(buffer[position..<end])
            }
            try fill(from: child, request, &sent)
        }
    }

    private func take(_ count: Int, from child: Child, _ request: [UInt8], _ sent: inout Int) throws(GitError)
        -> ArraySlice<UInt8>
    {
        while buffer.count - position < count { try fill(from: child, request, &sent) }
        defer { position += count }
        return buffer[position..<position + count]
    }

    /// Writes what git takes and reads what it gives, whichever is possible first.
    private func fill(from child: Child, _ request: [UInt8], _ sent: inout Int) throws(GitError) {
        if position > 1 << 20 {
            buffer.removeFirst(position)
            position = 0
        }
        let pending = sent < request.count
        var descriptors = [
            pollfd(fd: pending ? child.input : -1, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: child.output, events: Int16(POLLIN), revents: 0),
        ]
        let ready = poll(&descriptors, 2, 120_000)
        guard ready != 0 else { throw GitError(.failed, "git cat-file: no answer for 120 s") }
        if descriptors[0].revents != 0 {
            let count = request.withUnsafeBytes {
                write(child.input, $0.baseAddress.map { $0 + sent }, $0.count - sent)
            }
            if count > 0 { sent += count }
            if count < 0, errno != EAGAIN, errno != EINTR { throw GitError(.failed, "git cat-file ended") }
        }
        guard descriptors[1].revents != 0 else { return }
        let count = withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { space in
            let count = read(child.output, space.baseAddress, space.count)
            if count > 0 { buffer.append(contentsOf: space.prefix(count)) }
            return count
        }
        if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) {
            throw GitError(.failed, "git cat-file ended")
        }
    }
}
