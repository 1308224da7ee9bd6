import ArgumentParser
import Base
import Cycle
import Reconcile
import Settings

/// One cycle of each opted-in space, or of one.
struct OnceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "once",
        abstract: "Runs one cycle now and prints what it did."
    )
    @OptionGroup var installation: InstallationOptions
    @Option(help: "Only this space, by slug or UUID.") var space: String?

    func run() throws {
        let installation = try Operator(self.installation)
        let spaces = try space.map { [try installation.space($0)] } ?? installation.spaces().filter(\.isEnabled)
        let engine = SpaceEngine(settings: installation.settings)
        let connections = WorkerConnections(settings: installation.settings, redis: engine.redis)
        var hasFailed = false
        for space in spaces {
            let report = engine.runOnce(space.id, on: connections)
            printSafely("\(space.slug): \(report.text)")
            for warning in report.warnings { printSafely("  \(warning)") }
            for deletion in report.held { printSafely("  held: \(deletion.path): \(deletion.reason)") }
            if case .failed = report.outcome { hasFailed = true }
        }
        if spaces.isEmpty { print("no space is opted in") }
        if hasFailed { throw ExitCode.failure }
    }
}

extension CycleReport {
    /// The outcome as one line for a terminal.
    var text: String {
        switch outcome {
        case .ran: LastCycle(self).summary
        case .unchanged: "nothing changed"
        case .skipped(let reason): "skipped: \(reason.rawValue)"
        case .failed(let message): "failed: \(message)"
        }
    }
}
