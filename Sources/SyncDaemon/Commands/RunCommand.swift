import ArgumentParser
import Base
import Cycle
import Logging
import PushProtocol
import Reconcile
import ServiceLifecycle
import Settings
import SpaceLock
import UnixSignals

/// The daemon.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Keeps every opted-in space equal to its repository until it is stopped."
    )
    @OptionGroup var installation: InstallationOptions
    @Flag(help: "Run although another program's locks on the spaces are seen.")
    var besideOtherEngine = false

    func run() async throws {
        let settings = try installation.read().settings
        let isJournal = JournalLogHandler.isStandardErrorJournal()
        let logger = Logger(label: "docmost-git-sync") { label -> any LogHandler in
            if isJournal { return JournalLogHandler() }
            return StreamLogHandler.standardError(label: label)
        }
        let stop = Cancellation()
        let engine = SpaceEngine(settings: settings, stop: stop)
        if !besideOtherEngine { try refuseBesideAnother(engine) }
        let service = try DaemonService(
            work: .reconciling(with: engine, logger: logger),
            timing: .init(
                debounceMilliseconds: settings.debounceMilliseconds,
                pollMilliseconds: settings.pollIntervalMilliseconds
            ),
            logger: logger,
            stop: stop
        )
        logger.notice("started", metadata: ["directory": "\(settings.dataDirectory)"])
        if settings.serviceUser == nil {
            logger.warning("no-service-user: GIT_SYNC_SERVICE_USER_ID is not set, so nothing is synced")
        }
        let group = ServiceGroup(services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
    }

    /// Two engines must never sync one space: the predecessor shows by the form of its lock's value.
    private func refuseBesideAnother(_ engine: SpaceEngine) throws {
        let connections = WorkerConnections(settings: engine.settings, redis: engine.redis)
        guard let spaces = try? connections.optedIn() else { return }
        for space in spaces {
            guard case .foreign? = try? engine.lock.owner(of: space) else { continue }
            printError(
                """
                docmost-git-sync: another engine holds the lock of space \(space). Switch off git-sync in gitmost \
                (GIT_SYNC_ENABLED there), or say --beside-other-engine if you are sure.
                """
            )
            throw ExitCode(SettingsError.exitStatus)
        }
    }
}

extension ServiceWork where Thread == WorkerConnections {
    /// The daemon's real work.
    static func reconciling(with engine: SpaceEngine, logger: Logger) -> ServiceWork {
        ServiceWork(
            makeThread: { WorkerConnections(settings: engine.settings, redis: engine.redis) },
            probe: { try engine.probe($0) },
            cycle: { space, connections in
                engine.runOnce(space, on: connections).log(space, to: logger)
            },
            listen: { look, stop in
                let handlers = PushHandlers(
                    reconcile: { space, push, held, reporter in
                        let report = engine.runHeld(space, held: held, push: push, reporter: reporter)
                        report.log(space, to: logger)
                        return report.summary
                    },
                    plan: { space, request, reporter in engine.plan(space, request, reporter) },
                    look: look
                )
                let listener = PushListener(
                    redis: engine.settings.redisURL.revealed,
                    pool: engine.redis,
                    lock: engine.lock,
                    handlers: handlers
                )
                let news = FailureNews(
                    logger,
                    failing: "cannot hear pushes; trying on",
                    mended: "pushes are heard again"
                )
                listener.run(until: stop, listening: { news.works() }, failed: { news.fails("\($0)") })
            }
        )
    }
}

extension CycleReport {
    /// One line a cycle that did something; what needs a person as a warning.
    func log(_ space: SpaceID, to logger: Logger) {
        let metadata: Logger.Metadata = ["space": "\(space)"]
        switch outcome {
        case .unchanged, .skipped: logger.debug("nothing done", metadata: metadata)
        case .failed(let message):
            logger.error("cycle failed", metadata: metadata.merging(["error": "\(message)"]) { $1 })
        case .ran:
            let conflicts = pull.conflicts > 0 ? "; \(pull.conflicts) blocks changed on both sides" : ""
            logger.info("\(LastCycle(self).summary)\(conflicts)", metadata: metadata)
        }
        for warning in warnings { logger.warning("\(warning)", metadata: metadata) }
        for deletion in held {
            logger.warning(
                "deletion held",
                metadata: metadata.merging([
                    "path": "\(deletion.path)", "why": "\(deletion.reason)", "deleted-in": "\(deletion.side)",
                ]) { $1 }
            )
        }
    }
}
