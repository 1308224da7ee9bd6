import Base
import CShims
import Glibc
import Synchronization
import Testing

@testable import FastCGI

/// A pipe that a thread fills with bytes, as git does, and then closes.
private func filledPipe(_ bytes: [UInt8]) -> (pipe: Int32, writer: ThreadHandle?) {
    var ends: [Int32] = [-1, -1]
    guard dg_pipe_cloexec(&ends) == 0 else { return (-1, nil) }
    _ = dg_fcntl(ends[0], F_SETFL, O_NONBLOCK)
    let source = ends[1]
    let writer = startThread {
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes {
                write(source, $0.baseAddress.map { $0 + offset }, bytes.count - offset)
            }
            guard written > 0 else { break }
            offset += written
        }
        close(source)
    }
    return (writer == nil ? -1 : ends[0], writer)
}

/// How a reply got out.
private struct Passed: Sendable {
    var forwarded = 0
    var copied = 0
}

/// Passes a pipe on to its end, as `Transfer` does, once so many bytes wait there: forwards what can be, and reads and
/// sends the rest.
private func pass(
    _ source: (pipe: Int32, writer: ThreadHandle?),
    to exchange: FastCGIExchange,
    startingWith fill: Int
) throws -> Passed {
    let pipe = source.pipe
    defer {
        close(pipe)
        source.writer?.join()
    }
    var passed = Passed()
    var buffer = [UInt8](repeating: 0, count: 10_000)
    let deadline = Deadline.after(milliseconds: 20_000)
    while dg_pipe_available(pipe) < fill, !deadline.hasPassed { usleep(1000) }
    while !deadline.hasPassed {
        if exchange.hasPendingOutput {
            _ = wait(for: exchange.outputDescriptor, events: .output, deadline: deadline)
            _ = try exchange.send(UnsafeRawBufferPointer(start: nil, count: 0))
            continue
        }
        _ = wait(for: pipe, events: .input, deadline: deadline)
        if let taken = try exchange.forward(from: pipe) {
            passed.forwarded += taken
            continue
        }
        let got = read(pipe, &buffer, buffer.count)
        if got == 0 { break }
        guard got > 0 else { continue }
        try exchange.sendAll(Array(buffer[..<got]), by: deadline)
        passed.copied += got
    }
    exchange.finish(by: deadline)
    return passed
}

/// What a slow web server received of the bytes, and how they were passed on to it.
private func reply(
    of bytes: [UInt8],
    preparing: @escaping @Sendable (FastCGIExchange) -> Void = { _ in }
) throws -> (content: [UInt8], isEnded: Bool, passed: Passed) {
    let passed = Mutex(Passed())
    let responder = try Responder { exchange in
        preparing(exchange)
        guard let made = try? pass(filledPipe(bytes), to: exchange, startingWith: min(bytes.count, 32_768)) else {
            return exchange.abandon()
        }
        passed.withLock { $0 = made }
    }
    let server = try WebServerDouble(connectingTo: responder.path)
    server.write(WebServerDouble.begin() + WebServerDouble.parameters([("A", "b")]) + WebServerDouble.input([]))
    // Long enough for the socket to be full.
    usleep(100_000)
    let (content, isEnded) = server.readReply()
    responder.end()
    return (content, isEnded, passed.withLock { $0 })
}

private let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

@Suite("Passing git's output on without copying it")
struct ForwardTests {
    @Test("Three megabytes from a pipe reach a slow web server whole, in order, and with the request's end")
    func whole() throws {
        let reply = try reply(of: large)
        #expect(reply.content == large && reply.isEnded)
        #expect(reply.passed.forwarded >= 32_768, "all of it was copied after all")
        #expect(reply.passed.forwarded + reply.passed.copied == large.count)
    }

    @Test("Where the kernel refuses to splice, the record that has begun is completed, and no other begun so")
    func refused() throws {
        let asked = Mutex(0)
        let reply = try reply(of: large) { exchange in
            exchange.splice = { _, _, _ in
                asked.withLock { $0 += 1 }
                errno = EINVAL
                return -1
            }
        }
        #expect(reply.content == large && reply.isEnded)
        #expect(asked.withLock { $0 } == 1)
        #expect((16_384...65_528).contains(reply.passed.forwarded))
        #expect(reply.passed.forwarded + reply.passed.copied == large.count)
    }

    @Test("A few bytes are not worth a record's head of their own: they are left to be read")
    func few() throws {
        let reply = try reply(of: Array(large.prefix(5000)))
        #expect(reply.content == Array(large.prefix(5000)) && reply.isEnded)
        #expect(reply.passed.forwarded == 0 && reply.passed.copied == 5000)
    }

    @Test("A web server that goes away in the middle is noticed, and the worker serves the next")
    func gone() throws {
        let errors = Mutex<[ExchangeError]>([])
        let responder = try Responder { exchange in
            do {
                _ = try pass(filledPipe(large), to: exchange, startingWith: 32_768)
            } catch {
                if let error = error as? ExchangeError { errors.withLock { $0.append(error) } }
                exchange.abandon()
            }
        }
        for number in 1...2 {
            let server = try WebServerDouble(connectingTo: responder.path)
            server.write(WebServerDouble.begin() + WebServerDouble.parameters([("A", "b")]) + WebServerDouble.input([]))
            usleep(100_000)
            shutdown(server.socket, Int32(SHUT_RDWR))
            let deadline = Deadline.after(milliseconds: 10_000)
            while errors.withLock({ $0.count }) < number, !deadline.hasPassed { usleep(10_000) }
        }
        responder.end()
        #expect(errors.withLock { $0 } == [.disconnected, .disconnected])
    }
}
