package import Base
package import Redis

/// The host's side of one push: it speaks to the daemon and hears what becomes of the pages.
///
/// Confined to the thread that serves the push. The replies are subscribed to before anything is said, so none is lost.
package final class PushConversation {
    package let push: PushID
    private let space: SpaceID
    private let pool: RedisPool
    private let replies: RedisSubscriber

    package init(
        about push: PushID,
        space: SpaceID,
        redis url: String,
        pool: RedisPool
    ) throws(RedisError) {
        self.push = push
        self.space = space
        self.pool = pool
        replies = try RedisSubscriber(url: url, channels: [WakeUp.replies(to: push)])
    }

    /// Says that main was moved under the lock of this token; false when no daemon listens.
    package func announce(token: String) -> Bool { send(.pushed(push, token: token)) }

    /// Asks what a push would do; false when no daemon listens.
    package func ask(_ request: PlanRequest) -> Bool { send(.plan(request)) }

    private func send(_ reason: WakeUp.Reason) -> Bool {
        let message = WakeUp(space: space, reason: reason).bytes
        let heard = try? pool.withConnection { connection throws(RedisError) in
            try connection.publish(message, to: WakeUp.channel)
        }
        return (heard ?? 0) > 0
    }

    /// Waits until the daemon has taken the lock over; false when it has not by the deadline.
    package func isAcknowledged(by deadline: Deadline) -> Bool {
        while let reply = next(deadline) {
            if reply == .acknowledged { return true }
        }
        return false
    }

    /// Why the lines of a report have ended.
    package enum End: Hashable, Sendable {
        case done(summary: String)
        /// Nothing was heard for a while: the daemon has stopped.
        case silent
        /// The daemon is still at work, but nobody should wait longer.
        case tooLong
        /// The client has gone.
        case abandoned
    }

    /// How long a report is waited for, in milliseconds.
    package struct Patience: Hashable, Sendable {
        package var silence: Int
        package var total: Int
        package var reportEvery: Int

        package init(silence: Int = 10_000, total: Int = 60_000, reportEvery: Int = 5_000) {
            self.silence = silence
            self.total = total
            self.reportEvery = reportEvery
        }
    }

    /// Hears the report, line by line.
    ///
    /// - Parameters:
    ///   - waiting: called when no line has come for `reportEvery`, with the seconds waited so far.
    ///   - isAbandoned: asked often; true ends the wait.
    package func hear(
        _ patience: Patience = Patience(),
        isAbandoned: () -> Bool = { false },
        waiting: (_ seconds: Int) -> Void = { _ in },
        line: (ReportLine) -> Void
    ) -> End {
        let started = MonotonicClock.milliseconds()
        let end = Deadline(milliseconds: started + Int64(patience.total))
        var silence = Deadline.after(milliseconds: patience.silence)
        var nextReport = Deadline.after(milliseconds: patience.reportEvery)
        while true {
            if isAbandoned() { return .abandoned }
            if end.hasPassed { return .tooLong }
            if silence.hasPassed { return .silent }
            if nextReport.hasPassed {
                waiting(Int(MonotonicClock.milliseconds() - started) / 1000)
                nextReport = .after(milliseconds: patience.reportEvery)
            }
            guard let reply = next(min(.after(milliseconds: 200), end, silence, nextReport)) else { continue }
            silence = .after(milliseconds: patience.silence)
            switch reply {
            case .acknowledged, .working: break
            case .done(let summary): return .done(summary: summary)
            case .line(let reported):
                line(reported)
                nextReport = .after(milliseconds: patience.reportEvery)
            }
        }
    }

    /// The next reply; nil when none came in time, or Redis is gone (then the wait still takes its time).
    private func next(_ deadline: Deadline) -> PushReply? {
        while !deadline.hasPassed {
            do {
                guard let message = try replies.next(deadline) else { return nil }
                if let reply = PushReply(message.payload) { return reply }
            } catch {
                sleep(milliseconds: min(100, deadline.remainingMilliseconds))
            }
        }
        return nil
    }
}

extension WakeUp {
    /// Tells the daemons to look at a space.
    ///
    /// - Returns: how many heard it.
    @discardableResult
    package static func look(at space: SpaceID, over pool: RedisPool) throws(RedisError) -> Int {
        try pool.withConnection { connection throws(RedisError) in
            try connection.publish(WakeUp(space: space, reason: .look).bytes, to: channel)
        }
    }
}
