import Foundation
import TestSupport
import Testing

/// Clients that go while git has nothing to say: their push waits for its turn, and nobody writes to them.
@Suite("Clients that disappear while their push waits", .serialized)
struct SilenceTests {
    static let sample: [FrontEnd] = [.nginxStream, .apacheProxy]

    // nginx tells at once. Apache finds out by writing to the client, for the second time: the line for the person comes
    // every five seconds.
    @Test(
        "The waiting push is given up, its worker is back, and main has not moved",
        arguments: FullSizes.isOn ? FrontEnd.allCases : sample,
        FullSizes.isOn ? [RawClient.Goodbye.fin, .rst] : [.fin]
    )
    func waiting(_ frontEnd: FrontEnd, _ goodbye: RawClient.Goodbye) throws {
        let site = try Site(frontEnd, workers: 1)
        try site.makeRepository()
        let push = try PreparedPush(bytes: 1000, to: site)
        let key = "git-sync:lock:\(Site.space)"
        _ = try site.redis.command("SET", key, "0198c6a2-0000-7000-8000-00000000ffff", "PX", "120000")
        let client = try RawClient(port: site.web.port)
        client.send(push.head("Content-Length: \(push.body.count)"))
        client.send(push.body)
        try waitUntil("the push waits: \(site.log)") { !site.gitProcessIDs(running: "receive-pack").isEmpty }
        usleep(1_000_000)
        client.leave(goodbye)
        let start = ContinuousClock.now
        let bound = frontEnd.isApache ? 12.0 : 2.0
        try waitUntil("no process is left: \(site.workingProcesses)", seconds: bound + 30) {
            site.workingProcesses.isEmpty
        }
        #expect(try site.advertisement("upload-pack").status == 200)
        let seconds = ((ContinuousClock.now - start) / .milliseconds(10)).rounded() / 100
        if FullSizes.isOn {
            #expect(seconds <= bound)
            proof("silent push, \(frontEnd.rawValue), \(goodbye.rawValue): gone after \(seconds) s")
        }
        _ = try site.redis.command("DEL", key)
        usleep(300_000)
        #expect(try site.tip() == push.old)
        #expect(try site.redis.command("KEYS", "git-sync:lock:*").isEmpty)
        #expect(site.unfinishedObjects.isEmpty)
    }
}

/// The body of a push that moves main by one commit with noise in it, ready to be sent by hand.
struct PreparedPush {
    let old: String
    let new: String
    let body: Data

    init(bytes: Int, to site: Site) throws {
        let git = try GitClient()
        try git("clone", "-q", site.repository(), "copy")
        try noise(bytes).write(to: URL(fileURLWithPath: git.path("copy/noise.bin")))
        try git("add", "-A", in: "copy")
        try git("commit", "-q", "-m", "Noise", in: "copy")
        old = try git("rev-parse", "HEAD~1", in: "copy").trimmingCharacters(in: .newlines)
        new = try git("rev-parse", "HEAD", in: "copy").trimmingCharacters(in: .newlines)
        let script = "printf '%s\\n^%s\\n' \(new) \(old) | git pack-objects -q --revs --stdout > \(git.path("pack"))"
        try runProgram(["sh", "-c", script], directory: git.path("copy"))
        let command = "\(old) \(new) refs/heads/main\u{0} report-status side-band-64k agent=test"
        body =
            try Data((RequestBody.packet(command) + "0000").utf8)
            + Data(contentsOf: URL(fileURLWithPath: git.path("pack")))
    }

    /// The head of the request.
    func head(_ length: String) -> String {
        """
        POST /git/\(Site.space).git/git-receive-pack HTTP/1.1\r
        Host: 127.0.0.1\r
        Connection: close\r
        \(RequestBody.authorization)Content-Type: application/x-git-receive-pack-request\r
        \(length)\r
        \r

        """
    }
}

extension Site {
    func tip(_ space: String = Site.space) throws -> String {
        try GitClient()("-C", repository(space), "rev-parse", "main").trimmingCharacters(in: .newlines)
    }
}
