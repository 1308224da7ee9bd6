import Base
import FastCGI
import Glibc
import Processes

/// The body of a request on its way to git: one buffer that is filled when it is empty.
struct Upload {
    private var buffer: [UInt8]
    private var pending: Range<Int> = 0..<0
    private let expected: Int?
    private(set) var received = 0
    private(set) var hasEnded = false
    /// git reads no more: the rest is taken and dropped, so that the reply can follow the body.
    private var isDiscarding = false

    init(expected: Int?) {
        self.expected = expected
        buffer = [UInt8](repeating: 0, count: 65_536)
    }

    var wantsInput: Bool { !hasEnded && pending.isEmpty }
    var wantsOutput: Bool { !pending.isEmpty }

    /// Reads what is there; a body that ends before its announced length was broken off.
    mutating func read(from exchange: any Exchange) throws(ExchangeError) {
        let got = try buffer.withUnsafeMutableBufferPointer { (buffer) throws(ExchangeError) in
            try exchange.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
        guard got > 0 else {
            if let expected, received < expected { throw .disconnected }
            hasEnded = true
            return
        }
        received += got
        if !isDiscarding { pending = 0..<got }
    }

    /// Writes what the pipe takes.
    mutating func write(to child: Child) {
        let range = pending
        let written = buffer.withUnsafeBytes {
            Glibc.write(child.input, $0.baseAddress.map { $0 + range.lowerBound }, range.count)
        }
        if written > 0 {
            pending = (range.lowerBound + written)..<range.upperBound
        } else if errno != EAGAIN && errno != EINTR {
            discard()
        }
    }

    mutating func discard() {
        isDiscarding = true
        pending = 0..<0
    }
}
