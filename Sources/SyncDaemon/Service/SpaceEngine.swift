import Base
import Cycle
import GitStore
import PageStore
import Postgres
import PushProtocol
import Reconcile
import Redis
import Settings
import SpaceLock
import Synchronization
import Vault

/// Runs cycles: looks whether a space may be synced, takes its lock, and keeps what its cycles remember.
final class SpaceEngine: Sendable {
    let settings: Settings
    let vault: Vault
    let lock: SpaceLock
    let redis: RedisPool
    private let cycles = Mutex<[SpaceID: CycleSeat]>([:])
    private let stop: Cancellation
    private let steps: @Sendable (CycleStep) -> Void

    /// A space's cycle between two runs.
    ///
    /// Unchecked, because the compiler cannot see it: the cycle is used only by the thread that holds the space's lock.
    private final class CycleSeat: @unchecked Sendable {
        let cycle: SpaceCycle
        init(_ cycle: SpaceCycle) { self.cycle = cycle }
    }

    /// - Parameters:
    ///   - stop: ends running cycles at their next step.
    ///   - turns: who holds a space inside this process.
    ///   - steps: called before every step that a crash could fall into; tests end the process there.
    init(
        settings: Settings,
        stop: Cancellation = Cancellation(),
        turns: LocalTurns = .ofProcess,
        steps: @escaping @Sendable (CycleStep) -> Void = { _ in }
    ) {
        self.settings = settings
        self.stop = stop
        self.steps = steps
        redis = RedisPool(url: settings.redisURL.revealed)
        vault = Vault(dataDirectory: settings.dataDirectory)
        lock = SpaceLock(store: RedisLeases(redis), turns: turns)
    }

    /// One cycle of one space, under its lock. Never throws.
    func runOnce(_ space: SpaceID, on connections: WorkerConnections) -> CycleReport {
        if let refusal = refusal(of: space, on: connections) { return refusal }
        let outcome = lock.withSpaceLock(space) { held in
            run(space, held: held, job: nil, on: connections)
        }
        switch outcome {
        case .value(let report): return report
        case .inProgress: return CycleReport(.skipped(.inProgress))
        case .lockHeld: return CycleReport(.skipped(.lockHeld))
        case .unavailable(let error): return CycleReport(.failed("the lock: \(error)"))
        }
    }

    /// The cycle that answers a push, in the same critical section: `held` is the push's lock, handed over.
    func runHeld(_ space: SpaceID, held: HeldLock, push: PushID, reporter: PushReporter) -> CycleReport {
        let connections = WorkerConnections(settings: settings, redis: redis)
        if let refusal = refusal(of: space, on: connections) { return refusal }
        let job = PushJob(push: push) { reporter.report($0) }
        return run(space, held: held, job: job, on: connections)
    }

    /// Says what a push would do. Takes no lock and changes nothing.
    func plan(_ space: SpaceID, _ request: PlanRequest, _ reporter: PushReporter) -> String {
        let connections = WorkerConnections(settings: settings, redis: redis)
        if let refusal = refusal(of: space, on: connections) { return refusal.summary }
        return withLargeStack {
            do {
                let repository = try vault.ensureServable(space)
                let wiki = try DocmostWiki(connections: connections, settings: settings, redis: redis)
                // A cycle may be running: its memory is not touched, the refs are read afresh.
                let report = newCycle(of: space, repository).plan(wiki, request)
                for line in report.lines { reporter.report(line) }
                return "dry run: \(report.summary)"
            } catch {
                return "no plan: \(error)"
            }
        }
    }

    /// Takes a page out of a repository's history, after a cycle that has taken it out of the files.
    func purge(_ page: PageID, of space: SpaceID, on connections: WorkerConnections) throws -> Int {
        let outcome = try lock.withSpaceLock(space, wait: LockWait(milliseconds: 60_000)) {
            (held) throws(CommandFailure) in
            if try isSynced(space, on: connections) {
                var report = run(space, held: held, job: nil, on: connections)
                if report.held.contains(where: { $0.id == page }), allowDeletion(of: page, in: space) {
                    report = run(space, held: held, job: nil, on: connections)
                }
                if case .failed(let message) = report.outcome {
                    throw CommandFailure("the cycle before it failed: \(message)")
                }
            }
            do {
                let repository = try vault.ensureServable(space)
                let purge = Purge(repository, format: MarkdownFormat(settings))
                let outcome = try purge.carryOut(page)
                // Also when there was nothing to do: a purge may have been killed before it came here.
                try vault.removeUnreachable(of: space)
                try purge.checkGone(outcome.removed)
                return outcome.changed
            } catch {
                throw CommandFailure("\(error)")
            }
        }
        return try outcome.get("the space")
    }

    /// To purge a page is the word for its deletion, should that be held.
    private func allowDeletion(of page: PageID, in space: SpaceID) -> Bool {
        let path = CycleMemory.path(in: vault.stateDirectory(for: space))
        var memory = CycleMemory(readingFrom: path)
        memory.allowed.insert(page)
        return memory.write(to: path)
    }

    private func isSynced(_ space: SpaceID, on connections: WorkerConnections) throws(CommandFailure) -> Bool {
        do {
            return settings.isEnabled && settings.serviceUser != nil ? try connections.isOptedIn(space) : false
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    /// Why a space is not synced now; nil when it may be.
    private func refusal(of space: SpaceID, on connections: WorkerConnections) -> CycleReport? {
        guard settings.isEnabled else { return CycleReport(.skipped(.disabled)) }
        guard settings.serviceUser != nil else { return CycleReport(.skipped(.noServiceUser)) }
        do {
            return try connections.isOptedIn(space) ? nil : CycleReport(.skipped(.spaceNotEnabled))
        } catch {
            return CycleReport(.failed("\(error)"))
        }
    }

    private func run(_ space: SpaceID, held: HeldLock, job: PushJob?, on connections: WorkerConnections) -> CycleReport
    {
        // Documents may be nested ten thousand deep; reading and releasing them recurses.
        withLargeStack {
            do {
                // A git that was killed leaves lock files behind; while we hold the space, nobody else's are young.
                vault.removeStaleLocks(of: space)
                let cycle = try cycle(of: space)
                let wiki = try DocmostWiki(connections: connections, settings: settings, redis: redis)
                var report = cycle.runOnce(wiki, push: job, cancellation: held.cancellation)
                if case .failed(let message) = report.outcome, vault.isFull {
                    // What git says of it is often only which file it could not write.
                    report.outcome = .failed("the disk of the repositories is full: \(message)")
                }
                LastCycle(report).write(in: vault.stateDirectory(for: space))
                switch report.outcome {
                case .failed: vault.forget(space)
                // Whoever has pushed does not wait for it: the next poll, which finds nothing else to do, does it.
                case .ran, .unchanged:
                    if job == nil, vault.needsMaintenance(space) { _ = try? vault.maintain(space) }
                case .skipped: break
                }
                return report
            } catch {
                vault.forget(space)
                return CycleReport(.failed("\(error)"))
            }
        }
    }

    private func cycle(of space: SpaceID) throws(VaultError) -> SpaceCycle {
        let repository = try vault.ensureServable(space)
        if let seat = cycles.withLock({ $0[space] }) { return seat.cycle }
        let cycle = newCycle(of: space, repository)
        cycles.withLock { $0[space] = CycleSeat(cycle) }
        return cycle
    }

    private func newCycle(of space: SpaceID, _ repository: Repository) -> SpaceCycle {
        SpaceCycle(
            space: space,
            repository: repository,
            stateDirectory: vault.stateDirectory(for: space),
            format: MarkdownFormat(settings),
            settings: CycleSettings(settings),
            steps: { [steps, stop] (step) throws(CycleError) in
                steps(step)
                if let reason = stop.reason { throw CycleError("stopped: \(reason)") }
            }
        )
    }

    /// What the schedule sees of every space that is opted in: two queries and a file read a space, no process.
    func probe(_ connections: WorkerConnections) throws -> [SpaceID: Schedule.Sight] {
        guard settings.isEnabled else { return [:] }
        let spaces = try connections.optedIn()
        cycles.withLock { cycles in
            for space in cycles.keys where !spaces.contains(space) { cycles[space] = nil }
        }
        let fingerprints = try connections.pages().fingerprints(of: spaces.sorted())
        return fingerprints.reduce(into: [:]) { sights, pair in
            let main = vault.repository(for: pair.key).resolve(RefNames.main)
            sights[pair.key] = Schedule.Sight(wiki: pair.value, main: main)
        }
    }
}

extension CycleSettings {
    init(_ settings: Settings) {
        let base = settings.appURL.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        self.init(
            maxDeletes: settings.maxDeletesPerCycle,
            serviceUser: settings.serviceUser ?? UserID(high: 0, low: 0),
            usesRealAddresses: settings.authorEmail == .real,
            // Docmost finds a page by what follows the last dash; the title before it is for people.
            pageURL: { slug, _ in base.map { "\($0)/p/\(slug)" } }
        )
    }
}
