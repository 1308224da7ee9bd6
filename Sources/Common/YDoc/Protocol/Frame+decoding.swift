extension Frame {
    /// Reads a frame.
    ///
    /// - Throws: `truncated` or `malformed`; a message of an unknown kind is no error.
    package init(decoding bytes: [UInt8]) throws(YDocError) {
        var reader = ByteReader(bytes)
        let name = try reader.string().utf8
        let end = name.firstIndex(of: 0)
        document = String(name[..<(end ?? name.endIndex)]) ?? ""
        session = end.flatMap { String(name[name.index(after: $0)...]) }
        let number = try reader.varUint()
        guard let type = FrameType(rawValue: number) else {
            message = .unknown(number)
            return
        }
        message = try Self.message(type, from: &reader)
    }

    private static func message(_ type: FrameType, from reader: inout ByteReader) throws(YDocError) -> Message {
        switch type {
        case .sync: try synchronisation(from: &reader, isReply: false)
        case .syncReply: try synchronisation(from: &reader, isReply: true)
        case .awareness: .awareness(Array(try reader.varBytes()))
        case .authentication: try authentication(from: &reader)
        case .queryAwareness: .queryAwareness
        case .stateless, .broadcastStateless: .stateless(try reader.string())
        case .close: .close(reason: reader.isAtEnd ? "" : try reader.string())
        case .status: .status(isAccepted: try reader.varUint() == 1)
        case .ping: .ping
        case .pong: .pong
        }
    }

    private static func synchronisation(from reader: inout ByteReader, isReply: Bool) throws(YDocError) -> Message {
        let step = try reader.varUint()
        let payload = Array(try reader.varBytes())
        switch step {
        case 0: return .step1(try StateVector(decoding: payload), isReply: isReply)
        case 1: return .step2(update: payload, isReply: isReply)
        case 2: return .update(payload)
        default: throw .malformed("a sync message of the unknown kind \(step)")
        }
    }

    private static func authentication(from reader: inout ByteReader) throws(YDocError) -> Message {
        switch try reader.varUint() {
        case 0:
            let token = try reader.string()
            return .token(token, version: reader.isAtEnd ? nil : try reader.string())
        case 1: return .denied(reason: try reader.string())
        case 2:
            let text = try reader.string()
            guard let access = Access(rawValue: text) else {
                throw .malformed("the unknown access \"\(text.prefix(40))\"")
            }
            return .authenticated(access)
        case let kind: throw .malformed("an authentication message of the unknown kind \(kind)")
        }
    }
}
