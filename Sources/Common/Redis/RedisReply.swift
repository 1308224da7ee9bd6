internal import CHiredis

/// An answer of Redis, copied out of the C library's memory.
package enum RedisReply: Sendable, Equatable {
    case null
    case integer(Int)
    /// `+OK` and its like.
    case status(String)
    case bytes([UInt8])
    case array([RedisReply])
    /// A refusal inside an array; a refusal of the whole command is thrown.
    case error(String)

    /// Text of a bulk or status reply, with invalid UTF-8 repaired.
    package var text: String? {
        switch self {
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .status(let text): text
        case .null, .integer, .array, .error: nil
        }
    }

    package var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
    package var integer: Int? { if case .integer(let value) = self { value } else { nil } }
    package var array: [RedisReply]? { if case .array(let items) = self { items } else { nil } }
    package var isNull: Bool { self == .null }

    /// Redis nests replies as deeply as our own scripts do; more is refused by the C library.
    init(_ reply: UnsafePointer<redisReply>) {
        let bytes = UnsafeRawBufferPointer(
            start: reply.pointee.str,
            count: reply.pointee.str == nil ? 0 : reply.pointee.len
        )
        switch reply.pointee.type {
        case REDIS_REPLY_INTEGER: self = .integer(Int(reply.pointee.integer))
        case REDIS_REPLY_STATUS: self = .status(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_ERROR: self = .error(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_STRING: self = .bytes(Array(bytes))
        case REDIS_REPLY_ARRAY:
            let items = UnsafeBufferPointer(start: reply.pointee.element, count: reply.pointee.elements)
            self = .array(items.map { $0.map { RedisReply($0) } ?? .null })
        default: self = .null
        }
    }
}

/// One word of a command; text and numbers are sent as their UTF-8.
package struct RedisArgument: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }
    package init(_ text: String) { bytes = Array(text.utf8) }
    package init(_ number: Int) { bytes = Array(String(number).utf8) }
    package init(stringLiteral value: String) { self.init(value) }
    package init(integerLiteral value: Int) { self.init(value) }
}
