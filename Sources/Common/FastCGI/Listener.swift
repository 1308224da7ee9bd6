import CFastCGI
import CShims
import Glibc

/// The listening socket that FastCGI connections come from.
package final class Listener: Sendable {
    package let descriptor: Int32
    private let path: String?

    /// Takes over a socket that listens already; it stays open when this goes away, as others may share it.
    package init(inheriting descriptor: Int32) throws(ListenerError) {
        self.descriptor = descriptor
        path = nil
        try makeNonBlocking(descriptor)
    }

    /// Binds a Unix socket, replacing one that nobody listens on any more.
    ///
    /// - Parameter mode: who may connect. libfcgi trusts its peer (CVE-2025-23016): never more than owner and group.
    package init(path: String, mode: UInt32 = 0o660, backlog: Int32 = 511) throws(ListenerError) {
        guard !isAnswered(path) else { throw ListenerError("\(path): another process listens here", code: EADDRINUSE) }
        let temporary = "\(path).new"
        unlink(temporary)
        descriptor = try bind(temporary)
        guard chmod(temporary, mode & 0o770) == 0, listen(descriptor, backlog) == 0, rename(temporary, path) == 0 else {
            let code = dg_errno()
            close(descriptor)
            unlink(temporary)
            throw ListenerError(path, code: code)
        }
        // Only now: a path that is set is removed by `deinit`, which also runs when this throws from here on.
        self.path = path
        try makeNonBlocking(descriptor)
    }

    deinit {
        guard let path else { return }
        unlink(path)
        close(descriptor)
    }

    /// Finds the socket that a process manager has handed over: systemd's (LISTEN_FDS), else descriptor 0.
    ///
    /// nil means there is none: this process was started as plain CGI.
    package static func handedOver(
        environment: (String) -> String? = { getenv($0).map { String(cString: $0) } }
    ) throws(ListenerError) -> Listener? {
        if let count = environment("LISTEN_FDS").flatMap({ Int32($0) }), count > 0,
            environment("LISTEN_PID").flatMap({ Int32($0) }) == getpid()
        {
            return try Listener(inheriting: 3)
        }
        return isListening(0) ? try Listener(inheriting: 0) : nil
    }
}

/// Why there is no socket to listen on.
package struct ListenerError: Error, CustomStringConvertible {
    package let description: String

    init(_ what: String, code: Int32) {
        description = "\(what): \(String(cString: strerror(code)))"
    }
}

private func makeNonBlocking(_ descriptor: Int32) throws(ListenerError) {
    let flags = dg_fcntl(descriptor, F_GETFL, 0)
    guard flags >= 0, dg_fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) >= 0 else {
        throw ListenerError("fcntl", code: dg_errno())
    }
    _ = dg_fcntl(descriptor, F_SETFD, FD_CLOEXEC)
}

private func isListening(_ descriptor: Int32) -> Bool {
    var value: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value != 0
}

private func withAddress<Result>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
}

private func bind(_ path: String) throws(ListenerError) -> Int32 {
    let made = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard made >= 0 else { throw ListenerError("socket", code: dg_errno()) }
    guard let result = withAddress(path, { Glibc.bind(made, $0, $1) }) else {
        close(made)
        throw ListenerError(path, code: ENAMETOOLONG)
    }
    guard result == 0 else {
        let code = dg_errno()
        close(made)
        throw ListenerError(path, code: code)
    }
    return made
}

private func isAnswered(_ path: String) -> Bool {
    let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard probe >= 0 else { return false }
    defer { close(probe) }
    return withAddress(path) { connect(probe, $0, $1) } == 0
}
