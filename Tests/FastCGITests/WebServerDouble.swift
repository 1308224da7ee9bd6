import Base
import Glibc

@testable import FastCGI

/// The web server's side of one FastCGI connection, written record by record.
struct WebServerDouble: ~Copyable {
    let socket: Int32

    init(connectingTo path: String) throws {
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw ListenerError(path, code: errno) }
    }

    deinit { close(socket) }

    static func record(_ type: UInt8, _ content: [UInt8], padding: Int = 0) -> [UInt8] {
        [1, type, 0, 1, UInt8(content.count >> 8), UInt8(content.count & 255), UInt8(padding), 0] + content
            + [UInt8](repeating: 0, count: padding)
    }

    static func begin(keep: Bool = false) -> [UInt8] { record(1, [0, 1, keep ? 1 : 0, 0, 0, 0, 0, 0]) }

    static func parameters(_ pairs: [(String, String)]) -> [UInt8] {
        let content = pairs.flatMap { name, value in
            [UInt8(name.utf8.count)] + length(value.utf8.count) + Array(name.utf8) + Array(value.utf8)
        }
        return (content.isEmpty ? [] : record(4, content)) + record(4, [])
    }

    private static func length(_ count: Int) -> [UInt8] {
        count < 128
            ? [UInt8(count)]
            : [UInt8(count >> 24) | 128, UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)]
    }

    static func input(_ content: [UInt8], padding: Int = 0) -> [UInt8] { record(5, content, padding: padding) }

    func write(_ bytes: [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let sent = bytes.withUnsafeBytes {
                send(socket, $0.baseAddress! + offset, bytes.count - offset, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return }
            offset += sent
        }
    }

    /// Everything until the other side closes: the content of STDOUT, and whether the request was ended properly.
    func readReply() -> (content: [UInt8], isEnded: Bool) {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let got = recv(socket, &buffer, buffer.count, 0)
            guard got > 0 else { break }
            all += buffer[..<got]
        }
        var content: [UInt8] = []
        var isEnded = false
        var index = 0
        while index + 8 <= all.count {
            let length = Int(all[index + 4]) << 8 | Int(all[index + 5])
            let end = min(index + 8 + length, all.count)
            if all[index + 1] == 6 { content += all[(index + 8)..<end] }
            if all[index + 1] == 3 { isEnded = true }
            index = index + 8 + length + Int(all[index + 6])
        }
        return (content, isEnded)
    }
}

/// A responder on a thread of its own that lends each request to a closure.
final class Responder: Sendable {
    let path: String
    let stop: Stop
    private let done: Done

    final class Done: @unchecked Sendable {
        // Written by the one thread, read after its join.
        var thread = pthread_t()
    }

    init(_ handle: @escaping @Sendable (FastCGIExchange) -> Void) throws {
        path = "/tmp/docmost-git-fastcgi-\(getpid())-\(UInt32.random(in: 0 ... .max)).sock"
        stop = try Stop()
        done = Done()
        let listener = try Listener(path: path)
        _ = prepared
        let stop = stop
        let body: @Sendable () -> Void = {
            let exchange = FastCGIExchange(listener)
            while exchange.accept(until: stop) { handle(exchange) }
        }
        let box = Unmanaged.passRetained(Box(body)).toOpaque()
        pthread_create(
            &done.thread,
            nil,
            { raw in
                guard let raw else { return nil }
                Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().body()
                return nil
            },
            box
        )
    }

    func end() {
        stop.request()
        pthread_join(done.thread, nil)
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}

private let prepared: Void = FastCGIExchange.prepareLibrary()
