package import Base
import CFastCGI
import CShims
import Glibc

/// One worker's place at the listening socket: takes one FastCGI request after the other.
///
/// One request per connection, and the connection is closed after it, even where the web server asked to keep it:
/// nobody would poll a kept one. Confined to the thread that made it.
package final class FastCGIExchange: Exchange {
    private let request: UnsafeMutablePointer<FCGX_Request>
    private let listener: Listener
    private var outgoing: [UInt8] = []
    private var outgoingOffset = 0
    package private(set) var parameters = Parameters()

    /// How long one read or write inside libfcgi may block.
    private let ioTimeout = timeval(tv_sec: 60, tv_usec: 0)

    package init(_ listener: Listener) {
        self.listener = listener
        request = .allocate(capacity: 1)
        request.initialize(to: FCGX_Request())
        FCGX_InitRequest(request, listener.descriptor, 0)
    }

    deinit {
        FCGX_Free(request, 1)
        request.deinitialize(count: 1)
        request.deallocate()
    }

    /// Prepares libfcgi; once per process, before any worker starts and before signal handlers are installed.
    package static func prepareLibrary() { FCGX_Init() }

    /// Waits for the next request; false when a stop was asked for.
    ///
    /// The socket does not block and is polled together with the stop: libfcgi's own accept cannot be woken reliably.
    package func accept(until stop: Stop) -> Bool {
        while true {
            var entries = [
                pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&entries, 2, -1)
            if entries[1].revents != 0 { return false }
            guard ready > 0 else { continue }
            // Another worker may have been quicker, or descriptors ran out: both come back as an error, and are no reason to end.
            if FCGX_Accept_r(request) >= 0 {
                begin()
                return true
            }
            if dg_errno() == EMFILE || dg_errno() == ENFILE { sleep(milliseconds: 20) }
        }
    }

    private func begin() {
        parameters = Parameters(copying: request.pointee.envp)
        outgoing.removeAll(keepingCapacity: true)
        outgoingOffset = 0
        var timeout = ioTimeout
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(request.pointee.ipcFd, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
        setsockopt(request.pointee.ipcFd, SOL_SOCKET, SO_SNDTIMEO, &timeout, size)
        _ = dg_fcntl(request.pointee.ipcFd, F_SETFD, FD_CLOEXEC)
    }

    package var inputDescriptor: Int32 { request.pointee.ipcFd }
    package var outputDescriptor: Int32 { request.pointee.ipcFd }
    package var hasPendingOutput: Bool { outgoingOffset < outgoing.count }

    /// Also true where libfcgi's buffer cannot be seen: then reading blocks, for at most the time-out of the socket.
    package var hasBufferedInput: Bool {
        guard let stream = request.pointee.in, stream.pointee.isClosed == 0 else { return true }
        if stream.pointee.rdNext != stream.pointee.stop { return true }
        return dg_fcgi_buffered(stream.pointee.data, stream.pointee.rdNext, request) != 0
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ExchangeError) -> Int {
        guard let stream = request.pointee.in, let target = buffer.baseAddress, !buffer.isEmpty else { return 0 }
        let first = FCGX_GetChar(stream)
        guard first >= 0 else {
            // A short body looks like a complete one unless the stream's error is asked for.
            guard FCGX_GetError(stream) == 0 else { throw .disconnected }
            return 0
        }
        buffer[0] = UInt8(truncatingIfNeeded: first)
        let there = min(stream.pointee.stop - stream.pointee.rdNext, buffer.count - 1)
        guard there > 0, let next = stream.pointee.rdNext else { return 1 }
        memcpy(target + 1, next, there)
        stream.pointee.rdNext = next + there
        return there + 1
    }

    package var closingEvents: PollEvents { [.input, .peerClosed, .hangUp, .error] }

    package var peerHasGone: Bool {
        var byte: UInt8 = 0
        let got = recv(request.pointee.ipcFd, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
        // Nothing may follow the body but an abort record, which the library does not understand.
        return got >= 0 || !(dg_errno() == EAGAIN || dg_errno() == EINTR)
    }

    package func finish(by deadline: Deadline) {
        do throws(ExchangeError) {
            try sendAll([], by: deadline)
        } catch {
            abandon()
            return
        }
        FCGX_Finish_r(request)
        if request.pointee.ipcFd >= 0 { FCGX_Free(request, 1) }
    }

    /// Closes the connection without the record that ends a request: the web server then cuts its reply, too.
    package func abandon() {
        if request.pointee.ipcFd >= 0 {
            close(request.pointee.ipcFd)
            request.pointee.ipcFd = -1
        }
        FCGX_Free(request, 0)
    }
}

// The reply's records are written here and not by libfcgi: its writer blocks, and makes eight times as many system calls.
extension FastCGIExchange {
    private static let largestContent = 65_528

    package func send(_ bytes: UnsafeRawBufferPointer) throws(ExchangeError) -> Int {
        guard try pushPending(), !bytes.isEmpty else { return 0 }
        let content = UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.largestContent))
        let header = recordHeader(length: content.count)
        let written = try transmit(header, content)
        let total = header.count + content.count
        guard written < total else { return content.count }
        // A record that was begun must be completed before anything else.
        outgoing.removeAll(keepingCapacity: true)
        outgoing.append(contentsOf: header.dropFirst(written))
        outgoing.append(contentsOf: content.dropFirst(max(0, written - header.count)))
        outgoingOffset = 0
        return content.count
    }

    private func pushPending() throws(ExchangeError) -> Bool {
        guard hasPendingOutput else { return true }
        let offset = outgoingOffset
        let written = try outgoing.withUnsafeBufferPointer { (all) throws(ExchangeError) in
            try transmit([], UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(all)[offset...]))
        }
        outgoingOffset += written
        return !hasPendingOutput
    }

    private func recordHeader(length: Int) -> [UInt8] {
        let id = UInt16(truncatingIfNeeded: request.pointee.requestId)
        // version 1, STDOUT, request id, content length, no padding, reserved
        return [1, 6, UInt8(id >> 8), UInt8(id & 255), UInt8(length >> 8), UInt8(length & 255), 0, 0]
    }

    private func transmit(_ header: [UInt8], _ content: UnsafeRawBufferPointer) throws(ExchangeError) -> Int {
        let socket = request.pointee.ipcFd
        let sent = header.withUnsafeBytes { head in
            var parts = [
                iovec(iov_base: UnsafeMutableRawPointer(mutating: head.baseAddress), iov_len: head.count),
                iovec(iov_base: UnsafeMutableRawPointer(mutating: content.baseAddress), iov_len: content.count),
            ]
            return parts.withUnsafeMutableBufferPointer { parts in
                var message = msghdr()
                message.msg_iov = parts.baseAddress
                message.msg_iovlen = parts.count
                return sendmsg(socket, &message, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
            }
        }
        guard sent < 0 else { return sent }
        switch dg_errno() {
        case EAGAIN, EINTR, ENOBUFS: return 0
        case EPIPE, ECONNRESET: throw .disconnected
        case let code: throw .system(code)
        }
    }
}
