import Base
import FastCGI
import Logging
import ServiceLifecycle

/// The threads that serve requests, as one service: starts them, and on shutdown lets each finish its request.
///
/// Plain threads, never tasks: libfcgi, libpq, hiredis and crypt_r block.
struct WorkerService: Service {
    let responder: Responder
    let listener: Listener
    let stop: Stop
    let count: Int
    let logger: Logger

    func run() async throws {
        let (ends, continuation) = AsyncStream.makeStream(of: Void.self)
        let workers = (0..<count).compactMap { _ in
            startThread {
                let exchange = FastCGIExchange(listener)
                let pipeline = responder.pipeline()
                while exchange.accept(until: stop) { pipeline.serve(exchange) }
                continuation.yield()
            }
        }
        guard !workers.isEmpty else { throw WorkerFailure() }
        logger.notice("serving", metadata: ["workers": "\(workers.count)"])
        await withTaskCancellationOrGracefulShutdownHandler {
            var running = workers.count
            for await _ in ends {
                running -= 1
                if running == 0 { break }
            }
        } onCancelOrGracefulShutdown: {
            logger.notice("draining: requests that run are finished, new ones are not taken")
            stop.request()
        }
        for worker in workers { worker.join() }
        logger.notice("stopped")
    }
}

private struct WorkerFailure: Error, CustomStringConvertible {
    let description = "the system gave no thread"
}
