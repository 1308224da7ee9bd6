import Base
import Foundation
import TestSupport
import TestTraits
import Testing

@Suite("Nothing for nothing, on real servers", .ownThread)
struct IdleTests {
    /// What the kernel has counted for the children that a process has waited for: page faults, of which no program can
    /// start without.
    private func faultsOfChildren(of process: Int32) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        let fields = text[(try #require(text.lastIndex(of: ")")))...].split(separator: " ")
        return try #require(Int(fields[9])) + #require(Int(fields[11]))
    }

    /// Every file of the repository, with the time of its last change.
    private func files(_ installation: Installation) throws -> [String: Date] {
        let root = installation.site.repository()
        var times: [String: Date] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: root) {
            times[path] =
                try FileManager.default.attributesOfItem(atPath: "\(root)/\(path)")[.modificationDate] as? Date
        }
        return times
    }

    /// Each cycle takes the lock of the space, and nothing else here sets a key.
    private func cycles(_ installation: Installation) throws -> Int {
        let counts = try installation.site.redis.command("INFO", "commandstats")
        let line = counts.split(whereSeparator: \.isNewline).first { $0.hasPrefix("cmdstat_set:") }
        return line.flatMap { Int($0.dropFirst("cmdstat_set:calls=".count).prefix { $0.isNumber }) } ?? 0
    }

    @Test("a thousand idle cycles of the daemon: no commit, no page written, no process, no file touched")
    func idle() throws {
        let often = ["GIT_SYNC_DEBOUNCE_MS": "1", "GIT_SYNC_POLL_INTERVAL_MS": "1"]
        let installation = try Installation(settings: often)
        let writer = try Writer(at: installation.site)
        try writer.create("New.md", "new")
        try writer.write("pushed", on: "Alpha.md")
        _ = try writer.commit("A push, so that not everything is as it was exported")
        #expect(try writer.pushPatiently().isAccepted)
        try installation.write("typed", on: "Beta")
        var ledger = Ledger()
        ["new", "pushed", "typed"].forEach { ledger.add($0) }
        try installation.expectAgreement(ledger, "before the rest")
        let daemon = try #require(installation.daemonProcess)
        let rows = "SELECT count(*), max(xmin::text::bigint) FROM pages"
        var before = (try files(installation), try faultsOfChildren(of: daemon))
        // What the last change left to be done, such as upkeep, is over when a second brings no process.
        try waitUntil("the daemon is at rest", seconds: 60) {
            sleep(milliseconds: 1_000)
            let now = (try files(installation), try faultsOfChildren(of: daemon))
            defer { before = now }
            return now == before
        }
        let (main, first) = (try installation.main(), try cycles(installation))
        let stamp = try installation.site.workspace.sql(rows)
        try waitUntil("a thousand cycles have passed", seconds: 300) { try cycles(installation) - first >= 1_000 }
        #expect(try installation.main() == main)
        #expect(try installation.site.workspace.sql(rows) == stamp)
        #expect(try faultsOfChildren(of: daemon) == before.1, "a process was started")
        #expect(try files(installation) == before.0)
        // The measure sees what it is there to see.
        try installation.write("again", on: "Beta")
        ledger.add("again")
        try installation.expectAgreement(ledger, "after the rest")
        #expect(try faultsOfChildren(of: daemon) > before.1)
    }
}
