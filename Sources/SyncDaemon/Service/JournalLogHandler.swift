import Glibc
import Logging

/// Writes log lines as systemd's journal takes them from standard error: the priority in front (sd-daemon(3)), and no time,
/// which the journal keeps itself. `journalctl -p warning` then shows what needs a person.
struct JournalLogHandler: LogHandler {
    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    /// Whether standard error is the journal's: JOURNAL_STREAM names its device and inode (systemd.exec(5)). The variable
    /// alone says nothing, for children inherit it.
    static func isStandardErrorJournal(_ stream: String? = getenv("JOURNAL_STREAM").map { String(cString: $0) }) -> Bool
    {
        var status = stat()
        guard let stream, fstat(STDERR_FILENO, &status) == 0 else { return false }
        return stream == "\(status.st_dev):\(status.st_ino)"
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { printError(line(event)) }

    /// One line: the journal would take each further one for a message of its own.
    func line(_ event: LogEvent) -> String {
        let provided = metadataProvider?.get() ?? [:]
        let all = metadata.merging(provided) { $1 }.merging(event.metadata ?? [:]) { $1 }
        let facts = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let text = "\(event.message)\(facts)".split(whereSeparator: \.isNewline).joined(separator: " ")
        return "<\(Self.priority(event.level))>\(text)"
    }

    /// syslog(3)'s numbers.
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
