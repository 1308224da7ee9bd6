import Foundation
import TestSupport

/// A client that writes HTTP by hand, to stop where no proper client would.
final class RawClient {
    enum Goodbye: String, CaseIterable, Sendable {
        /// An orderly close.
        case fin = "FIN"
        /// The connection is torn down.
        case rst = "RST"
        /// Nothing more is said, and the connection stays open.
        case stall
    }

    private var descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // A small window, so that a large answer stands still soon.
        var window: Int32 = 16_384
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &window, socklen_t(MemoryLayout<Int32>.size))
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw ServerFailure("connect: \(errno)") }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Sends all bytes, or as many as the other side takes within ten seconds.
    func send(_ data: Data) {
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        data.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let sent = Glibc.send(
                    descriptor,
                    bytes.baseAddress! + offset,
                    bytes.count - offset,
                    Int32(MSG_NOSIGNAL)
                )
                guard sent > 0 else { return }
                offset += sent
            }
        }
    }

    func send(_ text: String) { send(Data(text.utf8)) }

    /// What has come within a time; empty when nothing has.
    func receive(atMost count: Int = 65_536, seconds: Int = 10) -> Data {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var buffer = [UInt8](repeating: 0, count: count)
        let got = recv(descriptor, &buffer, count, 0)
        return Data(buffer.prefix(max(0, got)))
    }

    /// Looks for a byte without waiting and without taking it; what recv(2) returns.
    func peek(_ byte: inout UInt8) -> Int {
        recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
    }

    /// Everything until the other side closes, at most so many bytes.
    func receiveAll(seconds: Int = 20) -> Data {
        var all = Data()
        while all.count < 1 << 24 {
            let piece = receive(seconds: seconds)
            guard !piece.isEmpty else { break }
            all += piece
        }
        return all
    }

    func leave(_ goodbye: Goodbye) {
        guard goodbye != .stall, descriptor >= 0 else { return }
        if goodbye == .rst {
            var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        }
        close(descriptor)
        descriptor = -1
    }
}

/// Request bodies that git would send, or the beginning of them.
enum RequestBody {
    static let authorization =
        "Authorization: Basic \(Data("wren@example.org:\(SampleWorkspace.password)".utf8).base64EncodedString())\r\n"

    static func packet(_ text: String) -> String { String(format: "%04x", text.utf8.count + 4) + text }

    /// The beginning of a push of one object that never ends: stored blocks of deflate.
    static func push(_ count: Int) -> Data {
        let zero = String(repeating: "0", count: 40)
        let new = String(repeating: "1", count: 40)
        let command = "\(zero) \(new) refs/heads/main\u{0} report-status side-band-64k agent=test"
        var data = Data((packet(command) + "0000").utf8)
        data += Data("PACK".utf8) + Data([0, 0, 0, 2, 0, 0, 0, 1])
        // A blob of some 2 GiB, in git's variable-length form, then zlib's header.
        data += Data([0xBF, 0xFF, 0xFF, 0xFF, 0x3F, 0x78, 0x01])
        let block = Data([0x00, 0xFF, 0x7F, 0x00, 0x80]) + noise(0x7FFF)
        while data.count < count { data += block }
        return data.prefix(count)
    }

    /// A request of protocol 2 for everything that main has.
    static func fetch(_ tip: String) -> Data {
        let arguments = packet("command=fetch") + "0001" + packet("ofs-delta") + packet("want \(tip)\n")
        return Data((arguments + packet("done\n") + "0000").utf8)
    }

    static func gzip(_ data: Data) throws -> Data {
        let directory = try TemporaryDirectory("docmost-git-gzip")
        try data.write(to: URL(fileURLWithPath: directory.file("x")))
        try runProgram(["gzip", "-1", "-n", directory.file("x")])
        return try Data(contentsOf: URL(fileURLWithPath: directory.file("x.gz")))
    }
}
