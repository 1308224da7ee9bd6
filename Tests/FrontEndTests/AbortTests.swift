import Foundation
import TestSupport
import Testing

@Suite("Clients that disappear", .serialized)
struct AbortTests {
    @Test("Nothing of ours is left behind, and the worker is back", arguments: Abort.sample)
    func sample(_ abort: Abort) throws {
        let site = try AbortSites.site(abort.frontEnd)
        // The bound of the matrix is for a machine with nothing else to do: hundreds of other tests run beside this one.
        let after = try Aftermath(of: abort, at: site, patience: abort.bound + 30)
        #expect(after.leftovers.isEmpty, "\(after.leftovers)")
    }

    // A receive-pack that was killed while it worked left its quarantine behind: hundreds of megabytes, seen by nobody.
    @Test("What a receive-pack leaves that cannot tidy up any more is removed for it")
    func killedQuarantine() throws {
        let site = try AbortSites.site(.nginxStream)
        let abort = Abort(frontEnd: .nginxStream, request: .pushChunked, goodbye: .rst, offset: 3_000_000)
        let client = try RawClient(port: site.web.port)
        try abort.send(to: client, tip: AbortSites.tip(site))
        try waitUntil("the pack is being received") { !site.unfinishedObjects.isEmpty }
        let receivers = site.gitProcessIDs(running: "receive-pack")
        #expect(!receivers.isEmpty)
        for id in receivers { kill(pid_t(id), SIGSTOP) }
        client.leave(.rst)
        try waitUntil("no process is left: \(site.workingProcesses)", seconds: 30) { site.workingProcesses.isEmpty }
        #expect(try site.advertisement("upload-pack").status == 200)
        #expect(site.unfinishedObjects.isEmpty)
    }

    @Test(
        "Every abort on this front end, within the bounds",
        .enabled(if: Campaign.isFull),
        arguments: FrontEnd.allCases
    )
    func matrix(_ frontEnd: FrontEnd) throws {
        let site = try AbortSites.site(frontEnd)
        var all: [(abort: Abort, after: Aftermath)] = []
        var repeated: [String] = []
        for abort in Abort.all where abort.frontEnd == frontEnd {
            var after = try Aftermath(of: abort, at: site, patience: abort.bound + 30)
            if after.seconds > abort.bound || after.isBurning {
                // One more time before it counts: other programs may have had the machine.
                repeated.append("\(abort.testDescription): \(after)")
                after = try Aftermath(of: abort, at: site, patience: abort.bound + 30)
            }
            #expect(after.leftovers.isEmpty, "\(abort.testDescription): \(after.leftovers)")
            #expect(after.seconds <= abort.bound, "\(abort.testDescription): \(after)")
            #expect(!after.isBurning, "\(abort.testDescription): \(after)")
            all.append((abort, after))
        }
        for goodbye in RawClient.Goodbye.allCases {
            let times = all.filter { $0.abort.goodbye == goodbye }.map { ($0.after.seconds * 100).rounded() / 100 }
                .sorted()
            proof(
                "aborts, \(frontEnd.rawValue), \(goodbye.rawValue): \(times.count) cases, gone after "
                    + "\(times[times.count / 2]) s (median), \(times.last ?? 0) s (longest)"
            )
        }
        for line in repeated { proof("aborts, tried again: \(line)") }
    }
}

/// What was found after a client had disappeared.
struct Aftermath: CustomStringConvertible {
    /// From the goodbye until no process works for it, the lock is free and the only worker answers somebody else.
    private(set) var seconds = 0.0
    /// The share of one processor that git and the responder took, afterwards and, of a silent client, meanwhile.
    private(set) var load = 0.0
    private(set) var leftovers: [String] = []

    var isBurning: Bool { load > 0.3 }
    var description: String { String(format: "%.2f s, load %.2f", seconds, load) }

    init(of abort: Abort, at site: Site, patience: Double) throws {
        let client = try RawClient(port: site.web.port)
        try abort.send(to: client, tip: AbortSites.tip(site))
        // The request has to reach the responder before its client goes.
        usleep(200_000)
        if abort.goodbye == .stall { site.waitUntilStill() }
        client.leave(abort.goodbye)
        let start = ContinuousClock.now
        if abort.goodbye == .stall {
            usleep(1_000_000)
            load = site.load(during: 500_000)
        }
        try waitUntil("no process is left: \(abort.testDescription)\n\(site.workingProcesses)", seconds: patience) {
            site.workingProcesses.isEmpty
        }
        if try !site.redis.command("KEYS", "git-sync:lock:*").isEmpty { leftovers.append("the lock") }
        if try site.advertisement("upload-pack").status != 200 { leftovers.append("a worker that is busy") }
        seconds = Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000
        leftovers += site.unfinishedObjects
        load = max(load, site.load(during: 200_000))
        client.leave(.fin)
    }
}

/// One installation per front end, with one worker, little patience, and an answer too large for any buffer.
private enum AbortSites {
    nonisolated(unsafe) private static var sites: [FrontEnd: (site: Site, tip: String)] = [:]

    static func site(_ frontEnd: FrontEnd) throws -> Site {
        if let known = sites[frontEnd] { return known.site }
        let idle = String(Int(Abort.idleSeconds * 1000))
        let site = try Site(frontEnd, settings: ["GIT_SYNC_BACKEND_TIMEOUT_MS": idle], workers: 1)
        let git = try GitClient()
        try git("init", "-q", "-b", "main", "seed")
        try noise(24 << 20).write(to: URL(fileURLWithPath: git.path("seed/large.bin")))
        try git("add", "-A", in: "seed")
        try git("commit", "-q", "-m", "Large", in: "seed")
        try site.install(seed: git.path("seed"))
        sites[frontEnd] = (site, try git("rev-parse", "HEAD", in: "seed").trimmingCharacters(in: .newlines))
        return site
    }

    static func tip(_ site: Site) -> String { sites[site.frontEnd]?.tip ?? "" }
}
