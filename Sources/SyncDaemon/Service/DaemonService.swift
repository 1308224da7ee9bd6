import Base
import Logging
import ServiceLifecycle
import Synchronization

/// What the service does at its three occasions; the rest of the daemon behind four closures.
///
/// Each is called on a plain thread and may block. A value of `Thread` belongs to one thread: its connections.
struct ServiceWork<Thread>: Sendable {
    /// Makes what one worker thread owns.
    var makeThread: @Sendable () -> Thread
    /// One probe: the spaces that are opted in, and what can be seen of each without starting a process.
    var probe: @Sendable (Thread) throws -> [SpaceID: Schedule.Sight]
    /// One cycle of one space; never throws.
    var cycle: @Sendable (SpaceID, Thread) -> Void
    /// Hears pushes until the stop is asked for.
    var listen: @Sendable (_ look: @escaping @Sendable (SpaceID) -> Void, _ until: Cancellation) -> Void
}

/// The daemon: a probe thread decides what is due, worker threads run cycles, a listener hears pushes.
///
/// The threads are plain ones, because everything they call blocks in C libraries; swift-service-lifecycle only starts
/// and stops them. A stop lets running cycles end at their next step.
final class DaemonService<Thread>: Service {
    struct Timing: Sendable {
        var debounceMilliseconds: Int
        var pollMilliseconds: Int
        /// Spaces that run at the same time.
        var workers = 2
    }

    private let work: ServiceWork<Thread>
    private let timing: Timing
    private let logger: Logger
    private let schedule: Mutex<Schedule>
    private let stop: Cancellation
    /// Rung when a space may be due; one for each worker, for a ring wakes one.
    private let workBells: [Bell]
    private let probeBell: Bell

    /// - Parameter stop: cancelled when the service is told to stop.
    init(
        work: ServiceWork<Thread>,
        timing: Timing,
        logger: Logger,
        stop: Cancellation = Cancellation()
    ) throws(ServiceFailure) {
        self.stop = stop
        self.work = work
        self.timing = timing
        self.logger = logger
        schedule = Mutex(Schedule(debounceMilliseconds: timing.debounceMilliseconds))
        probeBell = try Bell()
        workBells = try Self.bells(timing.workers)
    }

    func run() async throws {
        let (ended, end) = AsyncStream<Void>.makeStream()
        try await withTaskCancellationOrGracefulShutdownHandler {
            let supervisor = try startThreads { end.finish() }
            for await _ in ended {}
            supervisor.join()
        } onCancelOrGracefulShutdown: { [self] in
            stop.cancel("the daemon is stopping")
            ringAll()
        }
        logger.notice("stopped")
    }

    /// Starts them all or, where the system refuses one, stops those that were started: a daemon that does not look, or
    /// does not listen, would seem to be well.
    ///
    /// - Parameter ended: called when all of them have ended.
    /// - Returns: the thread that waits for the others.
    private func startThreads(ended: @escaping @Sendable () -> Void) throws(ServiceFailure) -> ThreadHandle {
        var bodies: [@Sendable () -> Void] = [{ self.probeLoop() }, { self.listenLoop() }]
        for bell in workBells { bodies.append { self.workLoop(bell) } }
        let threads = bodies.compactMap { startThread($0) }
        let supervisor = startThread {
            threads.forEach { $0.join() }
            ended()
        }
        guard let supervisor, threads.count == bodies.count else {
            stop.cancel("the system refuses another thread")
            ringAll()
            throw ServiceFailure("the system refuses another thread")
        }
        return supervisor
    }

    private func listenLoop() {
        work.listen({ [self] space in look(space) }, stop)
    }

    /// Makes a space due at once.
    private func look(_ space: SpaceID) {
        schedule.withLock { $0.look(space, at: MonotonicClock.milliseconds()) }
        ringWorkers()
    }

    private func probeLoop() {
        let thread = work.makeThread()
        var nextPoll = MonotonicClock.milliseconds()
        var isFailing = false
        while !stop.isCancelled {
            do {
                let sights = try work.probe(thread)
                if isFailing { logger.notice("the database answers again") }
                isFailing = false
                let now = MonotonicClock.milliseconds()
                let isPoll = now >= nextPoll
                if isPoll { nextPoll = now + Int64(timing.pollMilliseconds) }
                take(sights, isPoll: isPoll, at: now)
            } catch {
                // Once when it begins to fail, not every two seconds for a night.
                if !isFailing { logger.error("cannot look at the wiki; trying on", metadata: ["error": "\(error)"]) }
                isFailing = true
            }
            if !stop.isCancelled { probeBell.wait(milliseconds: timing.debounceMilliseconds) }
        }
    }

    private func take(_ sights: [SpaceID: Schedule.Sight], isPoll: Bool, at now: Int64) {
        let isDue = schedule.withLock { schedule in
            schedule.keepOnly(Set(sights.keys))
            for (space, sight) in sights {
                schedule.observe(space, sight, at: now)
                if isPoll { schedule.look(space, at: now) }
            }
            return schedule.isDue
        }
        if isDue { ringWorkers() }
    }

    private func workLoop(_ bell: Bell) {
        let thread = work.makeThread()
        while !stop.isCancelled {
            guard let space = schedule.withLock({ $0.next() }) else {
                // The bell is the rule; the time-out only mends a ring that was lost to a busy moment.
                bell.wait(milliseconds: 5000)
                continue
            }
            work.cycle(space, thread)
            let isDue = schedule.withLock { schedule in
                schedule.finished(space)
                return schedule.isDue
            }
            if isDue { ringWorkers() }
        }
    }

    private func ringWorkers() { workBells.forEach { $0.ring() } }

    private func ringAll() {
        probeBell.ring()
        ringWorkers()
    }

    private static func bells(_ count: Int) throws(ServiceFailure) -> [Bell] {
        var bells: [Bell] = []
        for _ in 0..<count { bells.append(try Bell()) }
        return bells
    }
}

/// The service could not start.
struct ServiceFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
