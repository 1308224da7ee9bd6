package import Base
import CFastCGI
import CShims
import Glibc

/// One worker's place at the listening socket: takes one FastCGI request after the other.
///
/// One request per connection, and the connection is closed after it, even where the web server asked to keep it:
/// nobody would poll a kept one. Confined to the thread that made it.
package final class FastCGIExchange: Exchange {
    let request: UnsafeMutablePointer<FCGX_Request>
    private let listener: Listener
    var outgoing: [UInt8] = []
    var outgoingOffset = 0
    /// The rest of the record that was begun, where it waits in a pipe and not in `outgoing`.
    var forwarding: (pipe: Int32, left: Int) = (-1, 0)
    /// Cleared where the kernel does not splice into this socket.
    var canForward = true
    /// From a pipe, to a socket, so many bytes; tests give another, as few kernels refuse.
    var splice: (Int32, Int32, Int) -> Int = dg_splice
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
        forwarding = (-1, 0)
        var timeout = ioTimeout
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(request.pointee.ipcFd, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
        setsockopt(request.pointee.ipcFd, SOL_SOCKET, SO_SNDTIMEO, &timeout, size)
        _ = dg_fcntl(request.pointee.ipcFd, F_SETFD, FD_CLOEXEC)
    }

    package var inputDescriptor: Int32 { request.pointee.ipcFd }
    package var outputDescriptor: Int32 { request.pointee.ipcFd }
    package var hasPendingOutput: Bool { outgoingOffset < outgoing.count || forwarding.left > 0 }

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
        // libfcgi writes the record that ends the request, and takes a full socket for a lost one.
        waitOnSocket(true)
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
