import CZlib

// Bodies of pushes that come compressed are unpacked here and not by git http-backend: where such a body is cut short,
// http-backend signals the receive-pack behind it while its unpacker still writes, and the quarantine stays on disk.

/// What a client sent is not gzip.
package struct InflateError: Error {
    package init() {}
}

/// Unpacks one gzip stream (RFC 1952) piece by piece; what follows its end is dropped.
///
/// Confined to one thread.
package final class Inflater {
    private let stream: UnsafeMutablePointer<z_stream>
    private var input: [UInt8] = []
    private var position = 0
    /// The last call filled its buffer: zlib may hold more.
    private var isFull = false

    /// The end of the stream was seen, with the right checksum.
    package private(set) var hasEnded = false

    package init() throws(InflateError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window, and 16 says: only gzip.
        guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            // `deinit` gives the memory back: it runs, as every property has its value.
            throw InflateError()
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Whether `inflate` has something to give before more input comes.
    package var hasMore: Bool { !hasEnded && (position < input.count || isFull) }

    /// Takes the next piece of the stream; call it when there is no more of the last.
    package func feed(_ bytes: some Collection<UInt8>) {
        input.removeAll(keepingCapacity: true)
        input.append(contentsOf: bytes)
        position = 0
    }

    /// Unpacks into a buffer what is there.
    ///
    /// - Returns: how many bytes; 0 when more input is needed, or at the end.
    package func inflate(into buffer: UnsafeMutableRawBufferPointer) throws(InflateError) -> Int {
        guard hasMore, let target = buffer.baseAddress else { return 0 }
        let offset = position
        let (result, unread, room) = input.withUnsafeMutableBufferPointer { all in
            stream.pointee.next_in = all.baseAddress.map { $0 + offset }
            stream.pointee.avail_in = UInt32(all.count - offset)
            stream.pointee.next_out = target.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(buffer.count)
            let result = CZlib.inflate(stream, Z_NO_FLUSH)
            return (result, Int(stream.pointee.avail_in), Int(stream.pointee.avail_out))
        }
        position = input.count - unread
        isFull = room == 0
        switch result {
        case Z_OK: break
        case Z_STREAM_END: hasEnded = true
        // No progress was possible: nothing held back, nothing to read.
        case Z_BUF_ERROR: isFull = false
        default: throw InflateError()
        }
        return buffer.count - room
    }
}
