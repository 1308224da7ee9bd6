package import Base
internal import CPostgres

/// The rows of an answer. They are read from the answer in place, so a large result is not copied twice.
package struct PostgresRows {
    private let result: PostgresResult

    init(_ result: PostgresResult) { self.result = result }

    package var count: Int { result.rowCount }
    package var isEmpty: Bool { count == 0 }
    package var first: PostgresRow? { isEmpty ? nil : self[0] }
    package subscript(index: Int) -> PostgresRow { PostgresRow(result: result, row: index) }

    /// How many rows an INSERT, UPDATE or DELETE touched.
    package var affected: Int { result.affectedCount }

    /// The rows as values of the caller's type, in order.
    package func map<Value>(_ read: (PostgresRow) throws(PostgresError) -> Value) throws(PostgresError) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(count)
        for index in 0..<count { values.append(try read(self[index])) }
        return values
    }
}

/// One row; columns are read by name, as the type the caller states.
package struct PostgresRow {
    fileprivate let result: PostgresResult
    fileprivate let row: Int

    package func bool(_ column: String) throws(PostgresError) -> Bool { try required(column, optionalBool) }
    package func int(_ column: String) throws(PostgresError) -> Int { try required(column, optionalInt) }
    package func text(_ column: String) throws(PostgresError) -> String { try required(column, optionalText) }
    package func bytes(_ column: String) throws(PostgresError) -> [UInt8] { try required(column, optionalBytes) }
    /// Microseconds since 1970; `Int64.min` and `Int64.max` for `-infinity` and `infinity`.
    package func timestamp(_ column: String) throws(PostgresError) -> Int64 { try required(column, optionalTimestamp) }

    package func id<Kind>(_ column: String) throws(PostgresError) -> Identifier<Kind> {
        guard let id: Identifier<Kind> = try optionalID(column) else { throw isNull(column) }
        return id
    }

    package func optionalBool(_ column: String) throws(PostgresError) -> Bool? {
        try value(column, [TypeNumber.bool]) { $0.count == 1 ? $0[0] != 0 : nil }
    }

    package func optionalInt(_ column: String) throws(PostgresError) -> Int? {
        try value(column, [TypeNumber.int8, TypeNumber.int4, TypeNumber.int2]) { bytes in
            switch bytes.count {
            case 8: Int(Int64(bitPattern: number(bytes)))
            case 4: Int(Int32(truncatingIfNeeded: number(bytes)))
            case 2: Int(Int16(truncatingIfNeeded: number(bytes)))
            default: nil
            }
        }
    }

    /// Text of any type whose binary form is its text; of `jsonb`, its text without the version byte.
    package func optionalText(_ column: String) throws(PostgresError) -> String? {
        try optionalBytes(column).map { String(decoding: $0, as: UTF8.self) }
    }

    /// `bytea`, or the UTF-8 of a text or JSON column.
    package func optionalBytes(_ column: String) throws(PostgresError) -> [UInt8]? {
        let index = try position(column)
        let isBinaryJSON = result.type(of: index) == TypeNumber.jsonb
        let types = [
            TypeNumber.text, TypeNumber.varchar, TypeNumber.bytea, TypeNumber.json, TypeNumber.jsonb,
        ]
        return try value(column, types) { Array(isBinaryJSON ? UnsafeRawBufferPointer(rebasing: $0.dropFirst()) : $0) }
    }

    package func optionalTimestamp(_ column: String) throws(PostgresError) -> Int64? {
        try value(column, [TypeNumber.timestamptz]) { bytes in
            let time = Int64(bitPattern: number(bytes))
            // The infinities are the ends of the range; a time beyond it is as good as the end.
            let (moved, overflow) = time.addingReportingOverflow(postgresEpoch)
            return bytes.count == 8 ? (time == .min ? .min : overflow ? .max : moved) : nil
        }
    }

    package func optionalID<Kind>(_ column: String) throws(PostgresError) -> Identifier<Kind>? {
        try value(column, [TypeNumber.uuid]) { bytes in
            guard bytes.count == 16 else { return nil }
            return Identifier(
                high: number(UnsafeRawBufferPointer(rebasing: bytes[..<8])),
                low: number(UnsafeRawBufferPointer(rebasing: bytes[8...]))
            )
        }
    }

    /// The items of a `uuid[]`; none for NULL.
    package func ids<Kind>(_ column: String) throws(PostgresError) -> [Identifier<Kind>] {
        try value(column, [TypeNumber.uuidArray]) { bytes in
            arrayItems(bytes)?.compactMap { item in
                Identifier(
                    high: number(UnsafeRawBufferPointer(rebasing: item.prefix(8))),
                    low: number(UnsafeRawBufferPointer(rebasing: item.dropFirst(8)))
                )
            }
        } ?? []
    }

    private func required<Value>(
        _ column: String,
        _ read: (String) throws(PostgresError) -> Value?
    ) throws(PostgresError) -> Value {
        guard let value = try read(column) else { throw isNull(column) }
        return value
    }

    private func isNull(_ column: String) -> PostgresError { PostgresError(.mismatch, "column \(column) is NULL") }

    private func position(_ column: String) throws(PostgresError) -> Int {
        guard let index = result.columns[column] else {
            throw PostgresError(.mismatch, "the answer has no column \(column)")
        }
        return index
    }

    private func value<Value>(
        _ column: String,
        _ types: [UInt32],
        _ read: (UnsafeRawBufferPointer) -> Value?
    ) throws(PostgresError) -> Value? {
        let index = try position(column)
        guard types.contains(result.type(of: index)) else {
            throw PostgresError(.mismatch, "column \(column) has the type number \(result.type(of: index))")
        }
        guard let bytes = result.bytes(row: row, column: index) else { return nil }
        guard let value = read(bytes) else { throw PostgresError(.mismatch, "column \(column) holds another value") }
        return value
    }
}

/// The value of at most eight bytes, most significant first.
private func number(_ bytes: UnsafeRawBufferPointer) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

/// The items of a binary array of one dimension without NULLs.
private func arrayItems(_ bytes: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer]? {
    func word(at offset: Int) -> Int? {
        guard offset + 4 <= bytes.count else { return nil }
        return Int(number(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + 4])))
    }
    guard let dimensions = word(at: 0) else { return nil }
    if dimensions == 0 { return [] }
    guard dimensions == 1, let count = word(at: 12) else { return nil }
    var items: [UnsafeRawBufferPointer] = []
    var offset = 20
    for _ in 0..<count {
        guard let length = word(at: offset), length < bytes.count, offset + 4 + length <= bytes.count else {
            return nil
        }
        items.append(UnsafeRawBufferPointer(rebasing: bytes[offset + 4..<offset + 4 + length]))
        offset += 4 + length
    }
    return items
}

/// Owns one answer of libpq.
final class PostgresResult {
    private let pointer: OpaquePointer
    let columns: [String: Int]

    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
        var columns: [String: Int] = [:]
        for index in 0..<PQnfields(pointer) {
            if let name = PQfname(pointer, index) { columns[String(cString: name)] = Int(index) }
        }
        self.columns = columns
    }

    deinit { PQclear(pointer) }

    var rowCount: Int { Int(PQntuples(pointer)) }
    var affectedCount: Int { PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0 }
    func type(of column: Int) -> UInt32 { PQftype(pointer, Int32(column)) }

    /// The bytes of a cell, nil for NULL; valid as long as this object.
    func bytes(row: Int, column: Int) -> UnsafeRawBufferPointer? {
        guard PQgetisnull(pointer, Int32(row), Int32(column)) == 0 else { return nil }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(pointer, Int32(row), Int32(column)),
            count: Int(PQgetlength(pointer, Int32(row), Int32(column)))
        )
    }

    var status: ExecStatusType { PQresultStatus(pointer) }

    /// The server's refusal in one line, with its SQLSTATE.
    var refusal: PostgresError {
        let text = PQresultErrorField(pointer, Int32(UInt8(ascii: "M"))).map { String(cString: $0) }
        let state = PQresultErrorField(pointer, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
        return PostgresError(.refused, text ?? "the statement failed", sqlState: state)
    }
}
