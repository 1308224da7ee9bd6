package import Base
import CShims
import Glibc

/// The one request of a plain CGI process: its environment and its standard streams.
package final class CGIExchange: Exchange {
    package let parameters: Parameters
    package let inputDescriptor: Int32
    package let outputDescriptor: Int32
    private let flags: Int32
    /// What is left of a body of known length; nil when it ends with the stream (chunked).
    private var remaining: Int?

    /// - Parameters: the descriptors are those of the standard streams; tests give others.
    package init(parameters: Parameters? = nil, input: Int32 = 0, output: Int32 = 1) {
        let parameters = parameters ?? Parameters(copying: environ)
        self.parameters = parameters
        // A reader must not go beyond the body (RFC 3875 §4.2): of a GET there is none, and the stream need not end.
        remaining =
            parameters.text("REQUEST_METHOD") == "GET" ? 0 : parameters.text("CONTENT_LENGTH").flatMap { Int($0) }
        inputDescriptor = input
        outputDescriptor = output
        flags = dg_fcntl(output, F_GETFL, 0)
        _ = dg_fcntl(output, F_SETFL, flags | O_NONBLOCK)
    }

    package var hasBufferedInput: Bool { remaining == 0 }
    package var hasPendingOutput: Bool { false }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ExchangeError) -> Int {
        let wanted = min(buffer.count, remaining ?? .max)
        while wanted > 0 {
            let got = Glibc.read(inputDescriptor, buffer.baseAddress, wanted)
            guard got < 0 else {
                remaining = remaining.map { $0 - got }
                return got
            }
            switch dg_errno() {
            case EINTR: continue
            case EAGAIN: _ = wait(for: inputDescriptor, events: .input, deadline: .never)
            case ECONNRESET: throw .disconnected
            case let code: throw .system(code)
            }
        }
        return 0
    }

    package func send(_ bytes: UnsafeRawBufferPointer) throws(ExchangeError) -> Int {
        guard !bytes.isEmpty else { return 0 }
        let sent = write(outputDescriptor, bytes.baseAddress, bytes.count)
        guard sent < 0 else { return sent }
        switch dg_errno() {
        case EAGAIN, EINTR: return 0
        case EPIPE, ECONNRESET: throw .disconnected
        case let code: throw .system(code)
        }
    }

    package var closingEvents: PollEvents { .gone }

    /// A closed sending side means nothing here: mod_cgid ends the body that way. Only a peer that closed both counts.
    package var peerHasGone: Bool {
        !wait(for: outputDescriptor, events: [], deadline: .after(milliseconds: 0)).isDisjoint(with: .gone)
    }

    /// Of a socket with unread bytes in it the other side gets an error, and not what was written to it: a reply before the
    /// end of the body, a refusal, would be lost.
    package func finish(by deadline: Deadline) {
        discardBody(until: deadline)
        close()
    }

    private func discardBody(until deadline: Deadline) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while remaining != 0, !deadline.hasPassed {
            // A client that has fallen silent is not waited for.
            let pause = Deadline.after(milliseconds: 500)
            guard !wait(for: inputDescriptor, events: .input, deadline: pause).isEmpty else { return }
            let got = Glibc.read(inputDescriptor, &buffer, min(buffer.count, remaining ?? .max))
            guard got > 0 else { return }
            remaining = remaining.map { $0 - got }
        }
    }

    /// Plain CGI has no way to say that a reply failed; see `ReplyGuard`.
    package func abandon() { close() }

    private func close() {
        _ = dg_fcntl(outputDescriptor, F_SETFL, flags)
        Glibc.close(outputDescriptor)
    }
}
