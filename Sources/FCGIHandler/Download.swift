import Base
import FastCGI
import GitHTTP
import Glibc
import Processes

/// git's output on its way to the client: its head is read first, and nothing leaves before it may.
///
/// Behind nginx without request buffering the first byte of a reply stops the rest of the body, and git writes its head
/// at once: for a POST all output is held here until the body has ended.
struct Download {
    private var held: [UInt8] = []
    private var offset = 0
    private var chunk: [UInt8]
    private(set) var head: ReplyHead?
    private(set) var sent = 0
    /// git's head is none.
    private(set) var isMalformed = false

    /// What is held at most. git writes kilobytes before a body has ended; it stalls at the limit and times out.
    private static let limit = 1 << 20

    /// Two full records of FastCGI: a few bytes more would travel as a record, and a packet, of their own.
    init() { chunk = [UInt8](repeating: 0, count: 2 * 65_528) }

    var isEmpty: Bool { offset == held.count }
    var hasRoom: Bool { held.count - offset < Self.limit }
    /// While it flows, the next piece is read when the last one has left: one piece of memory per transfer.
    func wantsInput(flowing: Bool) -> Bool { flowing && head != nil ? isEmpty : hasRoom }
    func wantsOutput(_ exchange: any Exchange) -> Bool { head != nil && (!isEmpty || exchange.hasPendingOutput) }

    /// Reads what is there; false at the end of git's output.
    mutating func read(from child: Child) -> Bool {
        let got = chunk.withUnsafeMutableBytes { Glibc.read(child.output, $0.baseAddress, $0.count) }
        guard got > 0 else { return got < 0 && (errno == EAGAIN || errno == EINTR) }
        if isEmpty {
            held.removeAll(keepingCapacity: true)
            offset = 0
        }
        held.append(contentsOf: chunk.prefix(got))
        if head == nil { readHead() }
        return true
    }

    private mutating func readHead() {
        switch ReplyHead.parse(held) {
        case .incomplete: return
        case .malformed: isMalformed = true
        case .complete(let found, let bodyAt):
            head = found
            // The head goes out in our spelling, in front of the body.
            held.replaceSubrange(0..<bodyAt, with: found.bytes)
            sent = -found.bytes.count
        }
    }

    /// Leaves git's output to the kernel to move, piece by piece, until the connection is full or little is there.
    ///
    /// Returns whether anything was taken so; otherwise it is to be read.
    mutating func forward(from child: Child, to exchange: any Exchange) throws(ExchangeError) -> Bool {
        guard head != nil, isEmpty else { return false }
        var isAny = false
        while !exchange.hasPendingOutput, let taken = try exchange.forward(from: child.output) {
            sent += taken
            isAny = true
        }
        return isAny
    }

    /// Sends what the connection takes; returns whether anything moved.
    mutating func send(to exchange: any Exchange) throws(ExchangeError) -> Bool {
        let start = offset
        let taken = try held.withUnsafeBufferPointer { (held) throws(ExchangeError) in
            try exchange.send(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(held)[start...]))
        }
        offset += taken
        sent += taken
        return taken > 0
    }
}
