/// The parameters of one statement in the arrays that libpq takes.
struct Message {
    private let values: [[UInt8]?]
    private let formats: [Int32]

    init(_ parameters: [PostgresValue]) throws(PostgresError) {
        var values: [[UInt8]?] = []
        values.reserveCapacity(parameters.count)
        for parameter in parameters { values.append(try parameter.encoded()) }
        self.values = values
        formats = parameters.map { $0.isBinary ? 1 : 0 }
    }

    /// Calls with pointers that are valid during the call only. A pointer is nil for NULL, and never for empty bytes.
    func withPointers<Result>(
        _ body: ([UnsafePointer<CChar>?], [Int32], [Int32]) -> Result
    ) -> Result {
        let lengths = values.map { Int32($0?.count ?? 0) }
        var offsets: [Int?] = []
        var storage: [UInt8] = []
        storage.reserveCapacity(values.reduce(1) { $0 + ($1?.count ?? 0) })
        for value in values {
            offsets.append(value.map { _ in storage.count })
            storage += value ?? []
        }
        // One byte more, so that an empty value at the end has an address inside the buffer.
        storage.append(0)
        return storage.withUnsafeBytes { bytes in
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            return body(offsets.map { offset in offset.flatMap { start?.advanced(by: $0) } }, lengths, formats)
        }
    }
}

/// Calls with a nil-terminated array of C strings that is valid during the call only.
func withCStrings<Result>(_ texts: [String], _ body: ([UnsafePointer<CChar>?]) -> Result) -> Result {
    var storage: [CChar] = []
    var offsets: [Int] = []
    for text in texts {
        offsets.append(storage.count)
        storage += text.utf8CString
    }
    return storage.withUnsafeBufferPointer { buffer in
        body(offsets.map { buffer.baseAddress?.advanced(by: $0) } + [nil])
    }
}
