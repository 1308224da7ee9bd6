import Logging
import Synchronization

/// Says once that something begins to fail, and once that it works again: what is tried twice a second must not fill the
/// journal for a night.
final class FailureNews: Sendable {
    private let logger: Logger
    private let failing: String
    private let mended: String
    private let isFailing = Mutex(false)

    init(_ logger: Logger, failing: String, mended: String) {
        self.logger = logger
        self.failing = failing
        self.mended = mended
    }

    func fails(_ error: String) {
        let isNews = isFailing.withLock { was in
            defer { was = true }
            return !was
        }
        if isNews { logger.error("\(failing)", metadata: ["error": "\(error)"]) }
    }

    func works() {
        let isNews = isFailing.withLock { was in
            defer { was = false }
            return was
        }
        if isNews { logger.notice("\(mended)") }
    }
}
