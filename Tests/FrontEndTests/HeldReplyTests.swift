import Foundation
import TestSupport
import Testing

// With fastcgi_request_buffering off, nginx stops forwarding a body once a byte of the reply has come, and git writes
// its head at once: pushes hung until the read time-out, the small ones as well as the large.
@Suite("No byte of a reply before the end of its request", .serialized)
struct HeldReplyTests {
    static let sizes = [200_000, 1_000_000] + (FullSizes.isOn ? [300_000_000] : [])

    @Test("A push is answered after its last byte, and not before", arguments: sizes, [false, true])
    func push(_ size: Int, _ isChunked: Bool) throws {
        let site = try Site(.nginxStream)
        try site.makeRepository()
        let push = try PreparedPush(bytes: size, to: site)
        let client = try RawClient(port: site.web.port)
        client.send(push.head(isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(push.body.count)"))
        let start = ContinuousClock.now
        // The last piece is kept back until git has had time to speak about all the others.
        let last = push.body.count - 100
        for from in stride(from: 0, to: last, by: 1 << 20) {
            client.send(piece(push.body[from..<min(last, from + (1 << 20))], isChunked))
            #expect(client.receivedByte() == nil)
        }
        usleep(500_000)
        #expect(client.receivedByte() == nil)
        client.send(piece(push.body[last...], isChunked))
        if isChunked { client.send("0\r\n\r\n") }
        let reply = String(decoding: client.receiveAll(seconds: 200), as: UTF8.self)
        #expect(reply.hasPrefix("HTTP/1.1 200"))
        #expect(reply.contains("ok refs/heads/main"), "\(reply.suffix(500))")
        #expect(try site.tip() == push.new)
        if FullSizes.isOn {
            let seconds = ((ContinuousClock.now - start) / .milliseconds(100)).rounded() / 10
            proof(
                "held reply, \(size) bytes, \(isChunked ? "chunked" : "with length"): answered after the end, \(seconds) s, "
                    + "responder's peak \(site.peakMegabytes) MB"
            )
        }
    }

    private func piece(_ bytes: Data, _ isChunked: Bool) -> Data {
        isChunked ? Data(String(format: "%x\r\n", bytes.count).utf8) + bytes + Data("\r\n".utf8) : Data(bytes)
    }
}

extension RawClient {
    /// The next byte of the answer, if one is there already; it stays there.
    func receivedByte() -> UInt8? {
        var byte: UInt8 = 0
        return peek(&byte) == 1 ? byte : nil
    }
}

extension Site {
    /// The largest resident size that a living responder has had, in megabytes (proc(5), VmHWM).
    var peakMegabytes: Int {
        let kilobytes = responderProcessIDs.map { id in
            let text = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
            let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
            return Int(line.filter(\.isNumber)) ?? 0
        }
        return (kilobytes.max() ?? 0) / 1024
    }

    /// Does something, and says what it took: seconds, and the largest resident size of a responder meanwhile.
    func measured(_ work: () throws -> Void) rethrows -> (seconds: Double, megabytes: Int) {
        // A responder of plain CGI is gone afterwards.
        let watch = PeakWatch(self)
        let start = ContinuousClock.now
        try work()
        let seconds = ((ContinuousClock.now - start) / .milliseconds(100)).rounded() / 10
        return (seconds, watch.end())
    }
}
