import Base
import Directory
import GitHTTP
import Settings
import SpaceLock

/// A request that may start git: a push in `early` mode holds its space, everything else needs no lock here.
struct LockedRequest {
    let request: GatedRequest
    /// The space, if it was taken here.
    let held: HeldLock?

    fileprivate init(_ prepared: PreparedRequest, held: HeldLock? = nil) {
        request = prepared.request
        self.held = held
    }
}

/// Takes the space's lock before git is started, if the operator asked for that.
///
/// The default is `late`: the push itself takes it once its objects have arrived (see Push), so that an upload holds
/// nobody up. Reads and git's four-byte question whether it may log in never take it.
struct Lock {
    let mode: Settings.LockMode
    let spaces: SpaceLock

    func callAsFunction(
        _ prepared: PreparedRequest,
        _ record: inout RequestRecord,
        _ body: (LockedRequest, inout RequestRecord) throws(Refusal) -> Void
    ) throws(Refusal) {
        let request = prepared.request
        guard mode == .early, request.endpoint == .call(.receivePack), !request.parsed.isProbe else {
            return try body(LockedRequest(prepared), &record)
        }
        let started = MonotonicClock.milliseconds()
        defer { record.lockHold = Int(MonotonicClock.milliseconds() - started) }
        let outcome = try spaces.withSpaceLock(request.space.id) { (held) throws(Refusal) in
            try body(LockedRequest(prepared, held: held), &record)
        }
        switch outcome {
        case .value: return
        case .inProgress, .lockHeld: throw .busy
        case .unavailable(let error): throw .redisUnavailable("\(error)")
        }
    }
}
