import Foundation
import TestSupport
import Testing

/// What people see when git dies, hangs or cannot work, and what is left of it.
@Suite("git that does not do its part", .serialized)
struct BackendTests {
    private static let patience = ["GIT_SYNC_BACKEND_TIMEOUT_MS": "2000"]

    // A reply whose second half is missing must not look complete to a cache or a client between here and git.
    @Test(
        "Killed in the middle of a reply: the reply is cut, and the worker is back",
        arguments: FullSizes.isOn ? FrontEnd.allCases : [.apacheProxy]
    )
    func killedInReply(_ frontEnd: FrontEnd) throws {
        let site = try Site(frontEnd, workers: 1)
        try site.makeRepository()
        try site.commitOnServer("large.txt", noise(12 << 20).base64EncodedString())
        let client = try RawClient(port: site.web.port)
        let fetch = Abort(frontEnd: frontEnd, request: .fetch, goodbye: .stall, offset: 65_536)
        try fetch.send(to: client, tip: site.tip())
        site.waitUntilStill()
        let victims = site.gitProcessIDs(running: "git")
        // Behind a server that keeps replies on disk git may have finished long ago.
        try #require(!victims.isEmpty || frontEnd == .nginxSpool || frontEnd == .apacheFcgid)
        for id in victims { kill(pid_t(id), SIGKILL) }
        let rest = client.receiveAll(seconds: 10)
        // Plain CGI has no word for a reply that failed: there only git's own checksum tells.
        if frontEnd == .apacheProxy { #expect(rest.suffix(5) != Data("0\r\n\r\n".utf8)) }
        #expect(try site.advertisement("upload-pack").status == 200)
        #expect(site.gitProcesses.isEmpty)
        if site.responder != nil, !victims.isEmpty {
            try waitUntil("it is logged") { site.log.contains("\"cut_off\":true") }
        }
    }

    @Test("Stopped before it has answered: it is ended after the idle time, with all its children")
    func stopped() throws {
        let site = try Site(.nginxStream, settings: Self.patience, workers: 1)
        try site.makeRepository()
        let push = try PreparedPush(bytes: 3_000_000, to: site)
        let client = try RawClient(port: site.web.port)
        client.send(push.head("Content-Length: \(push.body.count)"))
        client.send(push.body.dropLast(1000))
        try waitUntil("git receives") { !site.unfinishedObjects.isEmpty }
        for id in site.gitProcessIDs(running: "git") { kill(pid_t(id), SIGSTOP) }
        client.send(Data(push.body.suffix(1000)))
        try waitUntil("no process is left: \(site.workingProcesses)", seconds: 30) { site.workingProcesses.isEmpty }
        #expect(try site.advertisement("upload-pack").status == 200)
        #expect(site.unfinishedObjects.isEmpty)
        #expect(try site.redis.command("KEYS", "git-sync:lock:*").isEmpty)
        #expect(try site.tip() == push.old)
    }

    @Test("What git cannot work with is a 500 with one line, and goes away with its cause")
    func broken() throws {
        let site = try Site(.nginxStream)
        try site.makeRepository()
        #expect(try site.advertisement("receive-pack").status == 200)
        let path = "\(site.repository())/config"
        let good = try String(contentsOfFile: path, encoding: .utf8)
        try "[core\n".write(toFile: path, atomically: false, encoding: .utf8)
        let reply = try site.advertisement("receive-pack")
        #expect(reply.status == 500 && reply.body.split(separator: "\n").count <= 1, "\(reply)")
        #expect(!reply.body.contains(site.dataDirectory))
        try good.write(toFile: path, atomically: false, encoding: .utf8)
        #expect(try site.advertisement("receive-pack").status == 200)
    }
}
