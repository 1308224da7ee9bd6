internal import GitHTTP
internal import GitStore

/// What git is told about one ref.
enum RefAnswer: Hashable {
    case accepted
    /// Accepted, but nothing moved: the client must go on believing that the ref holds what it held.
    case unmoved(at: ObjectID)
    case refused(String)

    /// The answer in git's proc-receive protocol (githooks(5)).
    func packets(for command: RefCommand) -> [UInt8] {
        func packet(_ text: String) -> [UInt8] { PktLine.encode(Array(text.utf8)) }
        switch self {
        case .accepted: return packet("ok \(command.ref)")
        case .unmoved(let id):
            return packet("ok \(command.ref)") + packet("option old-oid \(id)") + packet("option new-oid \(id)")
        case .refused(let reason): return packet("ng \(command.ref) \(reason)")
        }
    }

    var refusal: String? { if case .refused(let reason) = self { reason } else { nil } }
}
