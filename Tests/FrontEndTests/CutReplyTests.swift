import Base
import Foundation
import Synchronization
import TestSupport
import Testing

/// The responder is killed while a git client reads its reply: git must say so, and soon.
///
/// A push behind nginx and mod_proxy_fcgi: `KillTests`.
@Suite("Replies that are cut off", .serialized)
struct CutReplyTests {
    @Test(
        "a push whose report ends in the middle has failed, and git says so",
        arguments: [FrontEnd.apacheFcgid, .apacheCGI]
    )
    func push(_ frontEnd: FrontEnd) throws {
        let site = try Site(frontEnd)
        try site.makeRepository()
        let git = try GitClient()
        try git("clone", "-q", site.url(), "copy")
        try git.write("New.\n", to: "copy/New.md")
        try git("add", "-A", in: "copy")
        try git("commit", "-q", "-m", "New", in: "copy")
        let tip = try site.tip()
        _ = try site.redis.command("SET", "git-sync:lock:\(Site.space)", "docmost-git:somebody:1", "PX", "60000")
        let push = Running(git, ["push", "origin", "main"], in: "copy")
        try waitUntil("the push waits: \(site.log)") { !site.gitProcessIDs(running: "receive-pack").isEmpty }
        // The line that it waits comes after 5 s: part of the reply is with the client.
        sleep(milliseconds: 6500)
        let ending = try push.end { site.killResponders() }
        #expect(ending.milliseconds < 15_000 && ending.status != 0, "\(ending)")
        #expect(ending.output.contains("waiting, 5 s"), "\(ending)")
        #expect(try site.tip() == tip)
    }

    @Test(
        "a clone whose pack ends in the middle has failed, and git says so",
        arguments: FullSizes.isOn ? FrontEnd.allCases : [.apacheFcgid, .apacheCGI]
    )
    func clone(_ frontEnd: FrontEnd) throws {
        let site = try Site(frontEnd)
        let seed = try GitClient()
        try seed("init", "-q", "-b", "main", "seed")
        try noise(12 << 20).write(to: URL(fileURLWithPath: seed.path("seed/large.bin")))
        try seed("add", "-A", in: "seed")
        try seed("commit", "-q", "-m", "Large", in: "seed")
        try site.install(seed: seed.path("seed"))
        for version in ["0", "2"] {
            let git = try GitClient()
            let options = ["-c", "protocol.version=\(version)", "-c", "fetch.unpackLimit=1"]
            let clone = Running(git, options + ["clone", site.url(), "copy"])
            // The receiver stands still, so that its pack is certainly on its way when the responder goes.
            try waitUntil("the pack comes") { !Self.receivers(of: git).isEmpty }
            for id in Self.receivers(of: git) { kill(id, SIGSTOP) }
            try waitUntil("git has begun to send") { !site.gitProcesses.isEmpty }
            sleep(milliseconds: 300)
            let ending = try clone.end {
                site.killResponders()
                for id in Self.receivers(of: git) { kill(id, SIGCONT) }
            }
            #expect(ending.milliseconds < 15_000 && ending.status != 0, "version \(version): \(ending)")
            if !frontEnd.startsResponder { try site.restartResponder() }
            try waitUntil("nothing is left: \(site.workingProcesses)", seconds: 30) { site.workingProcesses.isEmpty }
        }
    }

    /// The processes of a client that take a pack in.
    private static func receivers(of git: GitClient) -> [pid_t] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap(pid_t.init).filter { id in
            func file(_ name: String) -> String {
                String(decoding: FileManager.default.contents(atPath: "/proc/\(id)/\(name)") ?? Data(), as: UTF8.self)
            }
            return file("cmdline").contains("index-pack") && file("environ").contains("HOME=\(git.directory.path)\0")
        }
    }
}

/// A git that runs beside the test.
private final class Running: Sendable {
    private let result = Mutex<(status: Int32, output: String)?>(nil)
    private let thread = Mutex<ThreadHandle?>(nil)

    init(_ git: GitClient, _ arguments: [String], in folder: String = ".") {
        let started = startThread { [self] in
            let ended = try? git.run(arguments, in: folder, seconds: 40)
            result.withLock { $0 = ended }
        }
        thread.withLock { $0 = started }
    }

    /// Does something, and says how and how soon git ended after it.
    func end(after action: () -> Void) throws -> (status: Int32, output: String, milliseconds: Int) {
        let start = MonotonicClock.milliseconds()
        action()
        thread.withLock { $0 }?.join()
        let ended = try #require(result.withLock { $0 })
        return (ended.status, ended.output, Int(MonotonicClock.milliseconds() - start))
    }
}

extension Site {
    fileprivate func killResponders() {
        for id in responderProcessIDs { kill(pid_t(id), SIGKILL) }
    }
}
