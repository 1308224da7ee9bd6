import Base
import CFastCGI
import CShims
import Glibc

// The reply's records are written here and not by libfcgi: its writer blocks, and makes eight times as many system calls.
extension FastCGIExchange {
    private static let largestContent = 65_528
    private static let leastForwarded = 16_384

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
        if outgoingOffset < outgoing.count { try pushOutgoing() }
        if outgoingOffset == outgoing.count, forwarding.left > 0 { try pushForwarded() }
        return !hasPendingOutput
    }

    private func pushOutgoing() throws(ExchangeError) {
        let offset = outgoingOffset
        let written = try outgoing.withUnsafeBufferPointer { (all) throws(ExchangeError) in
            try transmit([], UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(all)[offset...]))
        }
        outgoingOffset += written
    }

    package func forward(from pipe: Int32) throws(ExchangeError) -> Int? {
        guard try pushPending() else { return 0 }
        // Fewer bytes are sooner copied than spliced, and a head of their own costs more than they do.
        let there = min(dg_pipe_available(pipe), Self.largestContent)
        guard canForward, there >= Self.leastForwarded else { return nil }
        waitOnSocket(false)
        outgoing.removeAll(keepingCapacity: true)
        outgoing.append(contentsOf: recordHeader(length: there))
        outgoingOffset = 0
        forwarding = (pipe, there)
        _ = try pushPending()
        return there
    }

    private func pushForwarded() throws(ExchangeError) {
        while forwarding.left > 0 {
            let moved = splice(forwarding.pipe, request.pointee.ipcFd, forwarding.left)
            guard moved <= 0 else {
                forwarding.left -= moved
                continue
            }
            switch moved == 0 ? EPIPE : dg_errno() {
            case EAGAIN, EINTR, ENOBUFS: return
            case EINVAL, ENOSYS, EPERM, EOPNOTSUPP: return try copyForwarded()
            case EPIPE, ECONNRESET: throw .disconnected
            case let code: throw .system(code)
            }
        }
    }

    /// The record has begun: where the kernel does not splice, its bytes come out of the pipe as usual.
    private func copyForwarded() throws(ExchangeError) {
        canForward = false
        var bytes = [UInt8](repeating: 0, count: forwarding.left)
        let got = Glibc.read(forwarding.pipe, &bytes, bytes.count)
        guard got == bytes.count else { throw .disconnected }
        forwarding = (-1, 0)
        outgoing = outgoing[outgoingOffset...] + bytes
        outgoingOffset = 0
        try pushOutgoing()
    }

    /// splice(2) has no flag for one call, as sendmsg(2) has: whether it waits is a matter of the socket.
    func waitOnSocket(_ waits: Bool) {
        let flags = dg_fcntl(request.pointee.ipcFd, F_GETFL, 0)
        let wanted = waits ? flags & ~O_NONBLOCK : flags | O_NONBLOCK
        if flags >= 0, wanted != flags { _ = dg_fcntl(request.pointee.ipcFd, F_SETFL, wanted) }
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
