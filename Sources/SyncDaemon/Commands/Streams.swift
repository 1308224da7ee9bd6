import Glibc

/// Whole files and streams, for the commands that convert one document.
enum Streams {
    /// Larger input than this is no page.
    static let limit = 512 << 20

    /// All bytes of a file, or of standard input for nil.
    static func read(_ path: String?) throws -> [UInt8] {
        let descriptor = path.map { open($0, O_RDONLY | O_CLOEXEC) } ?? STDIN_FILENO
        guard descriptor >= 0 else { throw StreamError(path, "cannot be opened", errno) }
        defer { if path != nil { close(descriptor) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw StreamError(path, "cannot be read", errno) }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { throw StreamError(path, "is larger than 512 MiB", nil) }
        }
    }

    /// Writes all bytes to a file, or to standard output for nil.
    static func write(_ bytes: [UInt8], to path: String? = nil) throws {
        let descriptor = path.map { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644) } ?? STDOUT_FILENO
        guard descriptor >= 0 else { throw StreamError(path, "cannot be opened for writing", errno) }
        defer { if path != nil { close(descriptor) } }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw StreamError(path, "cannot be written", errno) }
            rest = rest.dropFirst(count)
        }
    }
}

/// A file or stream that does not do what is asked of it.
struct StreamError: Error, CustomStringConvertible {
    let description: String

    init(_ path: String?, _ problem: String, _ code: Int32?) {
        let reason = code.map { ": " + String(cString: strerror($0)) } ?? ""
        description = "\(path ?? "the standard stream") \(problem)\(reason)"
    }
}
