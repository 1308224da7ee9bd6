import Base
import Cycle
import Glibc
import JSON
import Reconcile

/// What the last cycle that did something did: one small file a space, for `status`.
struct LastCycle {
    var seconds: UInt64
    var outcome: String
    var summary: String
    var warnings: [String]

    init(_ report: CycleReport) {
        seconds = WallClock.milliseconds() / 1000
        outcome =
            switch report.outcome {
            case .ran: "ran"
            case .unchanged: "unchanged"
            case .skipped(let reason): reason.rawValue
            case .failed(let message): "failed: \(message)"
            }
        let pull = report.pull
        let toGit = ["\(pull.written) written", "\(pull.deleted) deleted"] + report.heldText(ofWiki: true)
        summary = "to git: \(toGit.joined(separator: ", ")); to the wiki: \(report.summary)"
        warnings = report.warnings
    }

    /// Nothing changed means nothing is written.
    func write(in directory: String) {
        guard outcome != "unchanged" else { return }
        let value: JSONValue = [
            "seconds": .number(JSONNumber(Int(seconds))), "outcome": .string(outcome), "summary": .string(summary),
            "warnings": .array(warnings.map { .string($0) }),
        ]
        let bytes = value.bytes(.pretty)
        let (path, beside) = ("\(directory)/last-cycle.json", "\(directory)/last-cycle.json.new")
        if Self.write(bytes, to: beside, mode: "w"), rename(beside, path) == 0 { return }
        // A full disk takes no new file, but it takes the news of it in the place of older news.
        unlink(beside)
        guard Self.write(bytes, to: path, mode: "r+") else { return }
        truncate(path, off_t(bytes.count))
    }

    private static func write(_ bytes: [UInt8], to path: String, mode: String) -> Bool {
        guard let file = fopen(path, mode) else { return false }
        let isWritten = fwrite(bytes, 1, bytes.count, file) == bytes.count
        return fclose(file) == 0 && isWritten
    }

    init?(in directory: String) {
        guard let bytes = fileBytes("\(directory)/last-cycle.json", limit: 1 << 20),
            let value = try? JSONValue(parsing: bytes)
        else { return nil }
        seconds = UInt64(max(0, value["seconds"]?.int ?? 0))
        outcome = value["outcome"]?.string ?? ""
        summary = value["summary"]?.string ?? ""
        warnings = (value["warnings"]?.array ?? []).compactMap(\.string)
    }
}
