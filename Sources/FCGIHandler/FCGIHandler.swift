import Base
import CShims
import FastCGI
import Glibc
import Logging
import Settings

/// docmost-git-fcgi: git over HTTP for Docmost's spaces. `Pipeline.swift` is the file to read first.
@main
struct FCGIHandler {
    static func main() {
        let arguments: Arguments
        do throws(Arguments.Malformed) {
            arguments = try Arguments(CommandLine.arguments.dropFirst())
        } catch {
            end(with: 64, "\(error.message)\n\(Arguments.usage)")
        }
        guard !arguments.wantsHelp else { return print(Arguments.usage) }
        let settings: Settings
        do throws(SettingsError) {
            settings = try readSettings(arguments)
        } catch {
            complain("\(error)")
            if arguments.socket == nil, let listener = try? Listener.handedOver() {
                try? NotSetUp(error: error, listener: listener).answer()
            }
            exit(SettingsError.exitStatus)
        }
        do {
            guard let listener = try listener(arguments) else { return serveOnce(settings) }
            try serve(settings, listener, workers: arguments.workers ?? workersByEnvironment())
        } catch {
            end(with: 1, "\(error)")
        }
    }

    private static func readSettings(_ arguments: Arguments) throws(SettingsError) -> Settings {
        let read = try Settings.ofThisProcess(environmentFile: arguments.environmentFile)
        for warning in read.warnings { complain(warning) }
        return read.settings
    }

    private static func listener(_ arguments: Arguments) throws(ListenerError) -> Listener? {
        guard let path = arguments.socket else { return try Listener.handedOver() }
        return try Listener(path: path)
    }

    /// Apache starts FastCGI programs without arguments, too.
    private static func workersByEnvironment() -> Int {
        let count = Arguments.workers(environment: getenv("DOCMOST_GIT_WORKERS").map { String(cString: $0) })
        if let warning = count.warning { complain(warning) }
        return count.workers
    }

    /// FastCGI: many requests, until SIGTERM.
    private static func serve(_ settings: Settings, _ listener: Listener, workers: Int) throws {
        // Before signals are blocked: libfcgi installs handlers of its own, and must not be asked.
        FastCGIExchange.prepareLibrary()
        dg_limit_heap()
        // git's children that lose their parent become ours, and can be reaped.
        _ = dg_set_child_subreaper()
        let logger = Logger(label: "docmost-git-fcgi") { StreamLogHandler.standardError(label: $0) }
        let workers = Workers(
            responder: Responder(settings),
            listener: listener,
            stop: try Stop(),
            count: workers,
            logger: logger
        )
        try workers.run()
    }

    /// Plain CGI: the one request of this process.
    private static func serveOnce(_ settings: Settings) {
        _ = dg_set_child_subreaper()
        let interrupt = Interrupt.onTermination()
        let exchange = CGIExchange()
        let reply = ReplyGuard(exchange)
        let record = Responder(settings).pipeline(keepsSchemaOnDisk: true, interrupt: interrupt).serve(exchange)
        reply?.end(isCutOff: record.isCutOff)
    }

    private static func end(with status: Int32, _ message: String) -> Never {
        complain(message)
        exit(status)
    }

    private static func complain(_ message: String) {
        let bytes = Array("docmost-git-fcgi: \(message)\n".utf8)
        _ = write(2, bytes, bytes.count)
    }
}
