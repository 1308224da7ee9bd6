package import Base
package import Redis
package import SpaceLock
import Synchronization

/// What the daemon does with the messages of the host. Each is called on a thread of its own.
package struct PushHandlers: Sendable {
    /// A push has landed; runs under its lock, taken over from the host. Returns the summary for the person.
    package var reconcile: @Sendable (SpaceID, PushID, HeldLock, PushReporter) -> String
    /// Says what a push would do, without the lock and without changing anything. Returns the summary.
    package var plan: @Sendable (SpaceID, PlanRequest, PushReporter) -> String
    /// Looks at a space as the next poll would: also when a push could not be taken over.
    package var look: @Sendable (SpaceID) -> Void

    package init(
        reconcile: @escaping @Sendable (SpaceID, PushID, HeldLock, PushReporter) -> String,
        plan: @escaping @Sendable (SpaceID, PlanRequest, PushReporter) -> String,
        look: @escaping @Sendable (SpaceID) -> Void
    ) {
        self.reconcile = reconcile
        self.plan = plan
        self.look = look
    }
}

/// The daemon's side: hears wake-ups, takes locks over, and reports.
package final class PushListener: Sendable {
    private let url: String
    private let pool: RedisPool
    private let lock: SpaceLock
    private let handlers: PushHandlers
    private let jobs = Mutex<[ThreadHandle]>([])

    package init(redis url: String, pool: RedisPool, lock: SpaceLock, handlers: PushHandlers) {
        self.url = url
        self.pool = pool
        self.lock = lock
        self.handlers = handlers
    }

    /// Listens until the stop is asked for, then waits for the work that was begun.
    ///
    /// - Parameter listening: called each time the subscription stands.
    package func run(
        until stop: Cancellation,
        listening: @Sendable () -> Void = {},
        failed: @Sendable (RedisError) -> Void = { _ in }
    ) {
        while !stop.isCancelled {
            do throws(RedisError) {
                let subscriber = try RedisSubscriber(url: url, channels: [WakeUp.channel])
                listening()
                while !stop.isCancelled {
                    guard let message = try subscriber.next(.after(milliseconds: 250)) else { continue }
                    if let wakeUp = WakeUp(message.payload) { begin(wakeUp) }
                }
            } catch {
                failed(error)
                sleep(milliseconds: 500)
            }
        }
        for job in jobs.withLock({ $0 }) { job.join() }
    }

    private func begin(_ wakeUp: WakeUp) {
        let thread = startThread { [self] in answer(wakeUp) }
        // A refused thread loses nothing: the host releases its lock, and the poll finds the push.
        guard let thread else { return }
        jobs.withLock { jobs in
            let ended = jobs.indices.filter { jobs[$0].hasEnded }
            for index in ended.reversed() { jobs.remove(at: index).join() }
            jobs.append(thread)
        }
    }

    private func answer(_ wakeUp: WakeUp) {
        switch wakeUp.reason {
        case .look: handlers.look(wakeUp.space)
        case .plan(let request):
            let reporter = PushReporter(to: request.push, pool: pool)
            reporter.whileReporting { handlers.plan(wakeUp.space, request, reporter) }
        case .pushed(let push, let token):
            let reporter = PushReporter(to: push, pool: pool)
            let outcome = lock.adopt(wakeUp.space, token: token) { held in
                reporter.send(.acknowledged)
                reporter.whileReporting { handlers.reconcile(wakeUp.space, push, held, reporter) }
            }
            // Somebody else took it over, or the host gave up waiting: the push is in the journal.
            if outcome.value == nil { handlers.look(wakeUp.space) }
        }
    }
}

/// Sends the lines of one report; every failure to send is ignored, for the work must not depend on its audience.
package final class PushReporter: Sendable {
    private let channel: String
    private let pool: RedisPool

    package init(to push: PushID, pool: RedisPool) {
        channel = WakeUp.replies(to: push)
        self.pool = pool
    }

    package func report(_ line: ReportLine) { send(.line(line)) }

    func send(_ reply: PushReply) {
        _ = try? pool.withConnection { connection throws(RedisError) in
            try connection.publish(reply.bytes, to: channel)
        }
    }

    /// Tells the host every few seconds that work goes on, and at its end what came of it.
    func whileReporting(_ work: () -> String) {
        let isDone = Cancellation()
        let signs = startThread { [self] in
            var next = Deadline.after(milliseconds: 2_500)
            while !isDone.isCancelled {
                sleep(milliseconds: 50)
                guard next.hasPassed else { continue }
                send(.working)
                next = .after(milliseconds: 2_500)
            }
        }
        let summary = work()
        isDone.cancel("done")
        signs?.join()
        send(.done(summary: summary))
    }
}
