import Base
import CShims
import FastCGI
import Glibc
import Logging

/// The threads that serve requests: starts them, and when this process is to end lets each finish its request.
///
/// Plain threads, never tasks: libfcgi, libpq, hiredis and crypt_r block.
struct Workers {
    let responder: Responder
    let listener: Listener
    let stop: Stop
    let count: Int
    let logger: Logger

    /// Returns after SIGTERM or SIGINT, when the last request has ended.
    func run() throws {
        // Blocked here, and so in every thread that follows: a signal must not cut a write of libfcgi short.
        var ends = sigset_t()
        sigemptyset(&ends)
        sigaddset(&ends, SIGTERM)
        sigaddset(&ends, SIGINT)
        pthread_sigmask(SIG_BLOCK, &ends, nil)
        let workers = (0..<count).compactMap { _ in
            startThread {
                let exchange = FastCGIExchange(listener)
                let pipeline = responder.pipeline()
                while exchange.accept(until: stop) { pipeline.serve(exchange) }
            }
        }
        guard !workers.isEmpty else { throw WorkerFailure() }
        logger.notice("serving", metadata: ["workers": "\(workers.count)"])
        var signal: Int32 = 0
        while sigwait(&ends, &signal) != 0 {}
        logger.notice("draining: requests that run are finished, new ones are not taken")
        stop.request()
        for worker in workers { worker.join() }
        logger.notice("stopped")
    }
}

private struct WorkerFailure: Error, CustomStringConvertible {
    let description = "the system gave no thread"
}
