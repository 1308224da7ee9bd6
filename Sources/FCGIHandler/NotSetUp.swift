import Base
import FastCGI
import Glibc
import Settings

/// What a responder does whose settings cannot be used and that was handed a socket: it says so to whoever asks, for a
/// while, and then ends.
///
/// Its supervisor starts it anew, with the settings as they are by then: who has mended them need not know about
/// services. A responder that ended at once would be started for the same waiting request again and again, until systemd
/// gives the socket up, which mended settings alone do not bring back.
struct NotSetUp {
    let error: SettingsError
    let listener: Listener

    /// Answers 503 for so long; a signal ends the process as it ends any other.
    func answer(milliseconds: Int = 10_000) throws {
        FastCGIExchange.prepareLibrary()
        let stop = try Stop()
        let timer = startThread {
            usleep(useconds_t(milliseconds * 1000))
            stop.request()
        }
        guard timer != nil else { return }
        let exchange = FastCGIExchange(listener)
        while exchange.accept(until: stop) {
            var record = RequestRecord()
            record.begin(ParsedRequest(exchange.parameters))
            exchange.refuse(.notSetUp(error.description), &record)
            AccessLog.write(record)
        }
    }
}
