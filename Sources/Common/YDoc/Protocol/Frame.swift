/// One frame of Hocuspocus, the protocol of Docmost's live channel: a document's name and a message about it.
package struct Frame: Sendable, Equatable {
    /// The name without the session that newer providers append to it.
    package var document: String
    /// What follows a NUL in the name; the peer's answers carry it too.
    package var session: String?
    package var message: Message

    package init(_ document: String, _ message: Message, session: String? = nil) {
        self.document = document
        self.session = session
        self.message = message
    }

    /// The messages that we send or may receive.
    package enum Message: Sendable, Equatable {
        /// The token of the user on whose behalf we act.
        case token(String, version: String?)
        case authenticated(Access)
        case denied(reason: String)
        /// What the sender knows; the peer answers with what it lacks. A reply is not to be answered by another step 1.
        case step1(StateVector, isReply: Bool)
        /// Everything that the sender of step 1 lacked.
        case step2(update: [UInt8], isReply: Bool)
        case update([UInt8])
        /// Whether an update was taken. Taken does not mean that it was understood.
        case status(isAccepted: Bool)
        case stateless(String)
        case close(reason: String)
        /// Cursors and names of editors, which say nothing about the document.
        case awareness([UInt8])
        case queryAwareness
        case ping
        case pong
        /// A message of a newer server.
        case unknown(Int)
    }

    /// What a client may do.
    package enum Access: String, Sendable, Equatable {
        case readWrite = "read-write"
        case readOnly = "readonly"
    }
}

/// The numbers of the messages on the wire.
enum FrameType: Int {
    case sync = 0
    case awareness = 1
    case authentication = 2
    case queryAwareness = 3
    case syncReply = 4
    case stateless = 5
    case broadcastStateless = 6
    case close = 7
    case status = 8
    case ping = 9
    case pong = 10
}
