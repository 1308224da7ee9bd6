import Base
import Foundation
import TestSupport
import Testing

@Suite("Starting, draining, and what a push costs", .serialized)
struct LifeCycleTests {
    @Test("On SIGTERM a transfer that runs is finished, and the program ends")
    func drain() throws {
        let site = try Site(.nginxStream)
        let git = try GitClient()
        try git("init", "-q", "-b", "main", "seed")
        try noise(12 << 20).write(to: URL(fileURLWithPath: git.path("seed/large.bin")))
        try git("add", "-A", in: "seed")
        try git("commit", "-q", "-m", "Large", in: "seed")
        try site.install(seed: git.path("seed"))
        let tip = try git("rev-parse", "HEAD", in: "seed").trimmingCharacters(in: .newlines)
        let client = try RawClient(port: site.web.port)
        let body = RequestBody.fetch(tip)
        client.send(
            """
            POST /git/handbook.git/git-upload-pack HTTP/1.1\r
            Host: 127.0.0.1\r
            Connection: close\r
            \(RequestBody.authorization)Git-Protocol: version=2\r
            Content-Type: application/x-git-upload-pack-request\r
            Content-Length: \(body.count)\r
            \r

            """
        )
        client.send(body)
        var received = client.receive()
        let responder = try #require(site.responder)
        let stopped = startThread { responder.stop() }
        sleep(milliseconds: 300)
        received += client.receiveAll()
        stopped?.join()
        #expect(received.count > 12 << 20)
        // The last chunk of HTTP, and in it git's flush: the reply is complete.
        #expect(received.suffix(5) == Data("0\r\n\r\n".utf8))
        #expect(responder.log.contains("stopped"))
        #expect(!responder.isRunning)
    }

    @Test("The socket is taken from descriptor 0, as spawn-fcgi hands it over, and from systemd's descriptor 3")
    func handedOver() throws {
        let site = try Site(.nginxStream)
        try site.makeRepository()
        site.responder?.stop()
        let socket = site.directory.file("fcgi.sock")
        let program =
            "\(site.directory.file("bin/docmost-git-fcgi")) --env-file \(site.directory.file("env")) --workers 2"
        for script in [
            "exec spawn-fcgi -n -s \(socket) -M 0660 -- /usr/bin/env \(program)",
            "exec spawn-fcgi -n -s \(socket) -M 0660 -- /bin/sh -c 'exec 3<&0 </dev/null; export LISTEN_FDS=1 LISTEN_PID=$$; exec \(program)'",
        ] {
            unlink(socket)
            let server = try ServerProcess(
                ["sh", "-c", script],
                log: site.directory.file("spawned.log"),
                user: WebServer.user
            )
            // The file is there before anybody listens on it.
            try waitUntil("it serves: \(server.log)") { try site.advertisement("upload-pack").status == 200 }
            server.stop()
        }
    }

    @Test("A push computes the password's hash once, however many requests it makes")
    func hashes() throws {
        let site = try Site(.nginxStream)
        try site.makeRepository()
        let git = try GitClient()
        try git("clone", "-q", site.url(), "copy")
        try noise(3 << 20).write(to: URL(fileURLWithPath: git.path("copy/x.bin")))
        try git("add", "-A", in: "copy")
        try git("commit", "-q", "-m", "Edit", in: "copy")
        try git("push", "-q", "origin", "main", in: "copy")
        let lines = site.responder?.log.split(separator: "\n").filter { $0.contains("\"login\"") } ?? []
        #expect(lines.filter { $0.contains("\"login\":\"hashed\"") }.count == 1)
        #expect(lines.filter { $0.contains("\"login\":\"remembered\"") }.count >= 4)
        let push = try #require(lines.last { $0.contains("refs/heads/main") })
        #expect(push.contains("\"lock_hold_ms\"") && push.contains("\"child_cpu_us\"") && push.contains("\"old\""))
    }

    @Test(
        "What cannot be used ends the program at once, with its status and one line",
        arguments: [(64, ["--workers", "0"]), (78, []), (78, ["--socket", "/nowhere/fcgi.sock"])] as [(Int32, [String])]
    )
    func usage(_ status: Int32, _ arguments: [String]) throws {
        let result = try runProgramResult(
            ["env", "-i", try builtProduct("docmost-git-fcgi")] + arguments,
            input: ""
        )
        #expect(result.status == status && result.output.hasPrefix("docmost-git-fcgi: "), "\(result.output)")
    }

    /// It ended at once, systemd started it again for the same waiting request, and gave the socket up.
    @Test("With settings that cannot be used, who asks is told so, and the program ends to be started anew")
    func notSetUp() throws {
        let site = try Site(.nginxStream)
        site.responder?.stop()
        let socket = site.directory.file("fcgi.sock")
        unlink(socket)
        let server = try ServerProcess(
            ["sh", "-c", "\"$@\"; echo \"ended with $?\"", "sh"]
                + ["env", "-i", "/usr/bin/spawn-fcgi", "-n", "-s", socket, "--"]
                + [site.directory.file("bin/docmost-git-fcgi"), "--env-file", "/nowhere"],
            log: site.directory.file("not-set-up.log"),
            user: WebServer.user
        )
        var reply = try site.advertisement("upload-pack")
        // nginx may ask before the socket is there.
        try waitUntil("it answers: \(server.log)") {
            reply = try site.advertisement("upload-pack")
            return reply.status == 503
        }
        #expect(reply.body.contains("not set up"), "\(reply)")
        #expect(server.log.contains("cannot read /nowhere") && server.log.contains("not-set-up"))
        try waitUntil("it ends by itself: \(server.log)", seconds: 60) { server.log.contains("ended with 78") }
    }

    @Test("The program and the hook do not link Foundation", arguments: ["docmost-git-fcgi", "docmost-git-hook"])
    func foundation(_ name: String) throws {
        #expect(!(try runProgram(["ldd", builtProduct(name)])).contains("Foundation"))
    }
}
