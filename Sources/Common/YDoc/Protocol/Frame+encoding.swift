extension Frame {
    /// The frame's bytes.
    package var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.string(session.map { document + "\0" + $0 } ?? document)
        switch message {
        case .token(let token, let version):
            write(.authentication, 0, to: &writer)
            writer.string(token)
            if let version { writer.string(version) }
        case .denied(let reason):
            write(.authentication, 1, to: &writer)
            writer.string(reason)
        case .authenticated(let access):
            write(.authentication, 2, to: &writer)
            writer.string(access.rawValue)
        case .step1(let known, let isReply):
            write(isReply ? .syncReply : .sync, 0, to: &writer)
            writer.varBytes(known.bytes)
        case .step2(let update, let isReply):
            write(isReply ? .syncReply : .sync, 1, to: &writer)
            writer.varBytes(update)
        case .update(let update):
            write(.sync, 2, to: &writer)
            writer.varBytes(update)
        case .awareness(let update):
            writer.varUint(FrameType.awareness.rawValue)
            writer.varBytes(update)
        case .stateless(let text):
            writer.varUint(FrameType.stateless.rawValue)
            writer.string(text)
        case .close(let reason):
            writer.varUint(FrameType.close.rawValue)
            writer.string(reason)
        case .status(let isAccepted): write(.status, isAccepted ? 1 : 0, to: &writer)
        case .queryAwareness: writer.varUint(FrameType.queryAwareness.rawValue)
        case .ping: writer.varUint(FrameType.ping.rawValue)
        case .pong: writer.varUint(FrameType.pong.rawValue)
        case .unknown(let number): writer.varUint(max(0, number))
        }
        return writer.bytes
    }

    private func write(_ type: FrameType, _ kind: Int, to writer: inout ByteWriter) {
        writer.varUint(type.rawValue)
        writer.varUint(kind)
    }
}
