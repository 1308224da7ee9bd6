/// What somebody knows: the next clock of every client.
package struct StateVector: Sendable, Equatable {
    private var clocks: [UInt64: Int] = [:]

    /// Knows nothing.
    package init() {}

    /// Reads the encoded form.
    ///
    /// - Throws: `truncated` or `malformed`.
    package init(decoding bytes: [UInt8]) throws(YDocError) {
        var reader = ByteReader(bytes)
        for _ in 0..<(try reader.varUint()) {
            let client = UInt64(try reader.varUint())
            clocks[client] = try reader.varUint()
        }
        guard reader.isAtEnd else { throw .malformed("bytes follow the state vector") }
    }

    /// The next clock of a client; 0 if it is unknown.
    package subscript(client: UInt64) -> Int {
        get { clocks[client] ?? 0 }
        set { clocks[client] = newValue == 0 ? nil : newValue }
    }

    /// The encoded form, the highest client first.
    package var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.varUint(clocks.count)
        for (client, clock) in clocks.sorted(by: { $0.key > $1.key }) {
            writer.varUint(Int(client))
            writer.varUint(clock)
        }
        return writer.bytes
    }
}
