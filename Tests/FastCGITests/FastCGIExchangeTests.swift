import Base
import Glibc
import Synchronization
import Testing

@testable import FastCGI

private typealias Server = WebServerDouble

/// Reads the body to its end; nil if it broke off.
private func body(of exchange: FastCGIExchange) -> [UInt8]? {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 20_000)
    while true {
        if !exchange.hasBufferedInput {
            let deadline = Deadline.after(milliseconds: 5000)
            guard !wait(for: exchange.inputDescriptor, events: .input, deadline: deadline).isEmpty else { return nil }
        }
        guard let got = try? buffer.withUnsafeMutableBytes({ try exchange.read(into: $0) }) else { return nil }
        if got == 0 { return all }
        all += buffer[..<got]
    }
}

private let text = Array("Content-Type: text/plain\r\n\r\nhello".utf8)

private func answer(_ exchange: FastCGIExchange, _ bytes: [UInt8] = text) {
    try? exchange.sendAll(bytes, by: .after(milliseconds: 5000))
    exchange.finish(by: .after(milliseconds: 5000))
}

@Suite("FastCGI over libfcgi")
struct FastCGIExchangeTests {
    @Test("Parameters are copied, the first of a repeated name wins, long values are whole")
    func parameters() throws {
        let seen = Mutex<Parameters?>(nil)
        let responder = try Responder { exchange in
            seen.withLock { $0 = exchange.parameters }
            answer(exchange)
        }
        defer { responder.end() }
        let server = try Server(connectingTo: responder.path)
        let long = String(repeating: "x", count: 3000)
        let pairs = [("REMOTE_ADDR", "192.0.2.1"), ("EMPTY", ""), ("REMOTE_ADDR", "10.0.0.1"), ("LONG", long)]
        server.write(Server.begin() + Server.parameters(pairs) + Server.input([]))
        #expect(server.readReply().content == text)
        let parameters = try #require(seen.withLock { $0 })
        #expect(parameters.text("REMOTE_ADDR") == "192.0.2.1")
        #expect(parameters.text("LONG") == long)
        #expect(parameters.text("EMPTY") == nil && parameters.bytes("EMPTY") == [])
    }

    @Test("A body in many records, padded, split anywhere, arrives whole", arguments: [1, 7, 8, 9, 100, 8191, 65_536])
    func split(_ size: Int) throws {
        let received = Mutex<[UInt8]?>(nil)
        let responder = try Responder { exchange in
            received.withLock { $0 = body(of: exchange) }
            answer(exchange)
        }
        defer { responder.end() }
        let content = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var bytes = Server.begin() + Server.parameters([("A", "b")])
        for start in stride(from: 0, to: content.count, by: 1000) {
            bytes += Server.input(Array(content[start..<(start + 1000)]), padding: start % 8)
        }
        bytes += Server.input([])
        let server = try Server(connectingTo: responder.path)
        for start in stride(from: 0, to: bytes.count, by: max(size, 50)) {
            // Tiny pieces only where the records begin, to keep the test short.
            server.write(Array(bytes[start..<min(start + max(size, 50), bytes.count)]))
        }
        let reply = server.readReply()
        #expect(reply.content == text && reply.isEnded)
        #expect(received.withLock { $0 } == content)
    }

    @Test("The end of the body that came together with the last bytes is seen without another byte from the socket")
    func bufferedEnd() throws {
        let received = Mutex<[UInt8]?>(nil)
        let responder = try Responder { exchange in
            received.withLock { $0 = body(of: exchange) }
            answer(exchange)
        }
        defer { responder.end() }
        let server = try Server(connectingTo: responder.path)
        server.write(
            Server.begin() + Server.parameters([]) + Server.input([1, 2, 3]) + Server.input([4]) + Server.input([])
        )
        #expect(server.readReply().isEnded)
        #expect(received.withLock { $0 } == [1, 2, 3, 4])
    }

    @Test("Padding that waits behind a record does not make a reader wait for the next record")
    func padding() throws {
        let seen = Mutex<Bool?>(nil)
        let responder = try Responder { exchange in
            var buffer = [UInt8](repeating: 0, count: 100)
            _ = try? buffer.withUnsafeMutableBytes { try exchange.read(into: $0) }
            seen.withLock { $0 = exchange.hasBufferedInput }
            exchange.abandon()
        }
        defer { responder.end() }
        let server = try Server(connectingTo: responder.path)
        server.write(Server.begin() + Server.parameters([]) + Server.input([1, 2, 3], padding: 5))
        _ = server.readReply()
        #expect(seen.withLock { $0 } == false)
    }

    @Test("A body that breaks off is an error and not a short body")
    func brokenBody() throws {
        let outcome = Mutex<Bool?>(nil)
        let responder = try Responder { exchange in
            outcome.withLock { $0 = body(of: exchange) == nil }
            exchange.abandon()
        }
        do {
            let server = try Server(connectingTo: responder.path)
            server.write(Server.begin() + Server.parameters([]) + Server.input([1, 2, 3]))
            shutdown(server.socket, Int32(SHUT_WR))
            _ = server.readReply()
        }
        responder.end()
        #expect(outcome.withLock { $0 } == true)
    }

    @Test("An abandoned reply is never ended properly")
    func abandoned() throws {
        let responder = try Responder { exchange in
            try? exchange.sendAll(text, by: .after(milliseconds: 1000))
            exchange.abandon()
        }
        defer { responder.end() }
        let server = try Server(connectingTo: responder.path)
        server.write(Server.begin() + Server.parameters([]) + Server.input([]))
        let reply = server.readReply()
        #expect(reply.content == text && !reply.isEnded)
    }

    @Test("An early answer to a large body arrives although the body was not read")
    func early() throws {
        let responder = try Responder { answer($0) }
        defer { responder.end() }
        let server = try Server(connectingTo: responder.path)
        server.write(Server.begin() + Server.parameters([]) + Server.input([UInt8](repeating: 7, count: 60_000)))
        let reply = server.readReply()
        #expect(reply.content == text && reply.isEnded)
    }

    @Test("A large reply to a slow reader is taken piece by piece, every byte once")
    func slowReader() throws {
        let reply = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 >> 8 ^ $0) }
        let responder = try Responder { answer($0, reply) }
        defer { responder.end() }
        let server = try Server(connectingTo: responder.path)
        server.write(Server.begin() + Server.parameters([]) + Server.input([]))
        sleep(milliseconds: 100)
        let received = server.readReply()
        #expect(received.isEnded && received.content == reply)
    }

    @Test("The connection is closed after its request, even where the web server wants to keep it")
    func keepAlive() throws {
        let responder = try Responder { answer($0) }
        defer { responder.end() }
        let server = try Server(connectingTo: responder.path)
        server.write(Server.begin(keep: true) + Server.parameters([]) + Server.input([]))
        // Returns only because the connection was closed.
        #expect(server.readReply().isEnded)
    }

    @Test("A peer that goes away after the body is noticed")
    func hangUp() throws {
        let gone = Mutex<[Bool]>([])
        let responder = try Responder { exchange in
            _ = body(of: exchange)
            let before = exchange.peerHasGone
            let events = wait(
                for: exchange.inputDescriptor,
                events: [.input, .peerClosed],
                deadline: .after(milliseconds: 3000)
            )
            gone.withLock { $0 = [before, !events.isEmpty && exchange.peerHasGone] }
            exchange.abandon()
        }
        do {
            let server = try Server(connectingTo: responder.path)
            server.write(Server.begin() + Server.parameters([]) + Server.input([]))
            sleep(milliseconds: 100)
        }
        responder.end()
        #expect(gone.withLock { $0 } == [false, true])
    }

    @Test("A stop wakes an idle worker at once")
    func stop() throws {
        let responder = try Responder { answer($0) }
        let started = MonotonicClock.milliseconds()
        responder.end()
        #expect(MonotonicClock.milliseconds() - started < 1000)
    }
}

@Suite("The listening socket")
struct ListenerTests {
    @Test("It is for owner and group only, replaces a dead one, and refuses to take a living one's place")
    func permissions() throws {
        let path = "/tmp/docmost-git-listener-\(getpid()).sock"
        let first = try Listener(path: path, mode: 0o777)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o770)
        #expect(throws: ListenerError.self) { try Listener(path: path) }
        withExtendedLifetime(first) {}
    }

    @Test("Without a socket on descriptor 0 and without systemd there is none: plain CGI")
    func none() throws {
        #expect(try Listener.handedOver(environment: { _ in nil }) == nil)
        #expect(try Listener.handedOver(environment: { $0 == "LISTEN_FDS" ? "1" : "1" }) == nil)
    }
}

@Suite("Plain CGI")
struct CGIExchangeTests {
    @Test("Body and reply go over the given descriptors")
    func streams() throws {
        var input: [Int32] = [0, 0]
        var output: [Int32] = [0, 0]
        #expect(pipe(&input) == 0 && pipe(&output) == 0)
        write(input[1], "abc", 3)
        close(input[1])
        let exchange = CGIExchange(parameters: Parameters(["A": "b"]), input: input[0], output: output[1])
        var buffer = [UInt8](repeating: 0, count: 10)
        #expect(try buffer.withUnsafeMutableBytes { try exchange.read(into: $0) } == 3)
        #expect(try buffer.withUnsafeMutableBytes { try exchange.read(into: $0) } == 0)
        #expect(!exchange.peerHasGone)
        try exchange.sendAll(Array("xyz".utf8), by: .after(milliseconds: 100))
        #expect(read(output[0], &buffer, 10) == 3)
        close(output[0])
        #expect(exchange.peerHasGone)
        exchange.finish(by: .after(milliseconds: 100))
        close(input[0])
    }

    /// A refusal to a client that had stopped in the middle of its body kept the process for ten seconds more.
    @Test("What is left of a body is read away, but a client that has fallen silent is not waited for")
    func silentClient() throws {
        var input: [Int32] = [0, 0]
        var output: [Int32] = [0, 0]
        #expect(pipe(&input) == 0 && pipe(&output) == 0)
        write(input[1], "abc", 3)
        let exchange = CGIExchange(
            parameters: Parameters(["CONTENT_LENGTH": "100"]),
            input: input[0],
            output: output[1]
        )
        let start = MonotonicClock.milliseconds()
        exchange.finish(by: .after(milliseconds: 60_000))
        #expect(MonotonicClock.milliseconds() - start < 30_000)
        #expect(wait(for: input[0], events: .input, deadline: .after(milliseconds: 0)).isEmpty)
        for descriptor in input + [output[0]] { close(descriptor) }
    }
}
