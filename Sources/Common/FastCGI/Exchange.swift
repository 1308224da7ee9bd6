// FastCGI: how requests come in and replies go out.
//
// `Exchange` is one request with its two streams. `FastCGIExchange` carries it over libfcgi, `CGIExchange` over the
// standard streams of a plain CGI process. Neither ever blocks longer than its caller allows: the caller polls the
// descriptors given here together with its own, reads what is there and sends what fits.
// `Listener` owns (or inherits) the socket that FastCGI connections come from; `Stop` wakes everybody who waits on it.

package import Base

/// One request and its reply, whatever carries them.
package protocol Exchange: AnyObject {
    /// What the web server says about the request.
    var parameters: Parameters { get }

    /// Poll this for the rest of the body and, once the body has ended, for the peer hanging up.
    var inputDescriptor: Int32 { get }

    /// Body bytes wait in memory: read them before polling.
    var hasBufferedInput: Bool { get }

    /// Reads what is there, at most the buffer; waits only if nothing is. 0 means the body has ended.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ExchangeError) -> Int

    /// Poll this for room in the reply.
    var outputDescriptor: Int32 { get }

    /// Part of what was sent has not left this process yet.
    var hasPendingOutput: Bool { get }

    /// Takes what fits without waiting and returns how many bytes that were; an empty buffer pushes pending bytes on.
    func send(_ bytes: UnsafeRawBufferPointer) throws(ExchangeError) -> Int

    /// Takes bytes that wait in a pipe, as `send` takes them from memory, and leaves them to the kernel to move.
    ///
    /// They stay in the pipe until there is room for them, so nobody else may read from it while output is pending.
    /// nil: too few wait there to be worth it, or the pipe has ended, or this exchange cannot; then read and send them.
    func forward(from pipe: Int32) throws(ExchangeError) -> Int?

    /// What poll(2) reports on the output descriptor, once the body has ended, when the peer may have gone.
    var closingEvents: PollEvents { get }

    /// Whether the peer has gone away; asked after the body has ended.
    var peerHasGone: Bool { get }

    /// Ends a complete reply, at the latest when the deadline passes.
    func finish(by deadline: Deadline)

    /// Ends a reply that failed half-way so that nobody can take it for a complete one.
    func abandon()
}

/// Why an exchange cannot go on.
package enum ExchangeError: Error, Equatable, CustomStringConvertible {
    /// The peer is gone, or broke off inside the body.
    case disconnected
    /// No progress before the deadline.
    case timedOut
    case system(Int32)

    package var description: String {
        switch self {
        case .disconnected: "the web server closed the connection"
        case .timedOut: "no progress in time"
        case .system(let code): "system error \(code)"
        }
    }
}

extension Exchange {
    package func forward(from pipe: Int32) throws(ExchangeError) -> Int? { nil }

    /// Sends all bytes, waiting for room until the deadline.
    package func sendAll(_ bytes: [UInt8], by deadline: Deadline) throws(ExchangeError) {
        var offset = 0
        while offset < bytes.count || hasPendingOutput {
            let taken = try bytes.withUnsafeBufferPointer { (all) throws(ExchangeError) in
                try send(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(all)[offset...]))
            }
            offset += taken
            guard offset < bytes.count || hasPendingOutput else { return }
            guard taken == 0 else { continue }
            guard !deadline.hasPassed else { throw .timedOut }
            _ = wait(for: outputDescriptor, events: .output, deadline: deadline)
        }
    }
}

extension Exchange {
    /// Reads a short body to its end; stops early when it is longer than permitted.
    package func readAll(atMost limit: Int, by deadline: Deadline) throws(ExchangeError) -> [UInt8] {
        var body: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: limit + 1)
        while body.count <= limit {
            if !hasBufferedInput {
                guard !deadline.hasPassed else { throw .timedOut }
                guard !wait(for: inputDescriptor, events: .input, deadline: deadline).isEmpty else { continue }
            }
            let got = try buffer.withUnsafeMutableBufferPointer { (buffer) throws(ExchangeError) in
                try read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            guard got > 0 else { return body }
            body += buffer[..<got]
        }
        return body
    }
}
