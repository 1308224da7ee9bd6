import Base
import FastCGI
import GitHTTP
import Glibc
import Inflate
import Processes

/// The body of a request on its way to git: one buffer that is filled when it is empty.
struct Upload {
    private var buffer: [UInt8]
    private var pending: Range<Int> = 0..<0
    private let expected: Int?
    private(set) var received = 0
    private(set) var hasEnded = false
    /// What came compressed cannot be unpacked.
    private(set) var isDamaged = false
    /// Unpacks what comes compressed; `packed` is then what is read, and `buffer` what git gets.
    private let inflater: Inflater?
    private var packed: [UInt8] = []
    /// git reads no more: the rest is taken and dropped, so that the reply can follow the body.
    private var isDiscarding = false
    /// Of a push: what is counted before its pack.
    private var preamble: PushPreamble?

    init(expected: Int?, inflater: Inflater? = nil, preamble: PushPreamble? = nil) {
        self.preamble = preamble
        self.expected = expected
        self.inflater = inflater
        if inflater != nil { packed = [UInt8](repeating: 0, count: 65_536) }
        buffer = [UInt8](repeating: 0, count: 65_536)
    }

    var wantsInput: Bool { !hasEnded && pending.isEmpty }
    var wantsOutput: Bool { !pending.isEmpty }
    /// A push that says more before its pack than anybody should.
    var isTooLong: Bool { preamble?.isTooLong ?? false }

    /// Reads what is there; a body that ends before its announced length was broken off.
    mutating func read(from exchange: any Exchange) throws(ExchangeError) {
        let got = inflater == nil ? try fill(&buffer, from: exchange) : try fill(&packed, from: exchange)
        guard got > 0 else {
            if let expected, received < expected { throw .disconnected }
            hasEnded = true
            return
        }
        received += got
        guard !isDiscarding else { return }
        guard let inflater else {
            pending = 0..<got
            preamble?.take(buffer[pending])
            return
        }
        inflater.feed(packed.prefix(got))
        unpack()
    }

    private func fill(_ buffer: inout [UInt8], from exchange: any Exchange) throws(ExchangeError) -> Int {
        try buffer.withUnsafeMutableBufferPointer { (buffer) throws(ExchangeError) in
            try exchange.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    /// Unpacks the next piece, if there is one. To git, a damaged stream is one that was cut short there.
    private mutating func unpack() {
        guard let inflater, pending.isEmpty, !isDiscarding else { return }
        do {
            while inflater.hasMore, pending.isEmpty {
                pending = 0..<(try buffer.withUnsafeMutableBytes { try inflater.inflate(into: $0) })
                preamble?.take(buffer[pending])
            }
        } catch {
            isDamaged = true
            discard()
        }
    }

    /// Writes what the pipe takes.
    mutating func write(to child: Child) {
        let range = pending
        let written = buffer.withUnsafeBytes {
            Glibc.write(child.input, $0.baseAddress.map { $0 + range.lowerBound }, range.count)
        }
        if written > 0 {
            pending = (range.lowerBound + written)..<range.upperBound
            unpack()
        } else if errno != EAGAIN && errno != EINTR {
            discard()
        }
    }

    mutating func discard() {
        isDiscarding = true
        pending = 0..<0
    }
}
