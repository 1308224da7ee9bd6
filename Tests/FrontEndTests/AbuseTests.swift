import Foundation
import TestSupport
import Testing

/// What members of a space, and people who guess, may try with well-formed requests.
@Suite("Requests that ask for too much", .serialized)
struct AbuseTests {
    private static let zero = String(repeating: "0", count: 40)

    private func post(_ service: String, _ body: Data, to site: Site, headers: [String] = []) throws -> HTTPReply {
        let directory = try TemporaryDirectory("docmost-git-abuse")
        try body.write(to: URL(fileURLWithPath: directory.file("body")))
        return try site.request(
            "/git/\(Site.space).git/git-\(service)",
            method: "POST",
            headers: ["Content-Type: application/x-git-\(service)-request"] + headers,
            body: "@\(directory.file("body"))"
        )
    }

    @Test("A push of a hundred thousand refs, or of megabytes of options, is refused", arguments: FrontEnd.allCases)
    func preamble(_ frontEnd: FrontEnd) throws {
        let site = try SharedSites.site(frontEnd)
        let tip = try site.tip()
        let command = "\(Self.zero) \(tip) refs/heads/"
        var refs = RequestBody.packet("\(command)b\u{0} report-status side-band-64k push-options agent=test")
        let options =
            refs + "0000" + String(repeating: RequestBody.packet(String(repeating: "o", count: 60_000)), count: 40)
        for number in 0..<100_000 { refs += RequestBody.packet("\(command)\(number)") }
        for body in [Data((refs + "0000").utf8), Data((options + "0000").utf8)] {
            #expect(try post("receive-pack", body, to: site).status == 413)
            let packed = try post(
                "receive-pack",
                try RequestBody.gzip(body),
                to: site,
                headers: ["Content-Encoding: gzip"]
            )
            #expect(packed.status == 413)
        }
        #expect(try site.tip() == tip)
        #expect(try site.advertisement("receive-pack").status == 200)
    }

    @Test(
        "A body that unpacks to a thousand times its size needs no memory of ours",
        arguments: ["upload-pack", "receive-pack"]
    )
    func bomb(_ service: String) throws {
        let site = try SharedSites.site(.nginxStream)
        let before = site.peakMegabytes
        let zeros = try RequestBody.gzip(Data(repeating: UInt8(ascii: "0"), count: 200 << 20))
        _ = try post(service, zeros, to: site, headers: ["Content-Encoding: gzip"])
        #expect(site.peakMegabytes - before < 40)
        try waitUntil("git is gone", seconds: 30) { site.gitProcesses.isEmpty }
        #expect(try site.advertisement("upload-pack").status == 200)
    }

    @Test("Hidden refs have no name for a fetch, whatever it asks by")
    func hiddenRefs() throws {
        let site = try SharedSites.site(.nginxStream)
        let packet = RequestBody.packet
        let listing = packet("command=ls-refs") + "0001" + packet("ref-prefix refs/docmost/") + "0000"
        let wanted = packet("command=fetch") + "0001" + packet("want-ref refs/docmost/wiki") + packet("done") + "0000"
        for body in [listing, wanted] {
            let reply = try post("upload-pack", Data(body.utf8), to: site, headers: ["Git-Protocol: version=2"])
            #expect(!reply.body.contains("docmost/wiki") && !reply.body.contains("PACK"), "\(reply.body)")
        }
        for version in ["", "version=1", "version=2", "version=99"] {
            let headers = version.isEmpty ? [] : ["Git-Protocol: \(version)"]
            let path = "/git/\(Site.space).git/info/refs?service=git-upload-pack"
            let reply = try site.request(path, headers: headers)
            #expect(reply.status == 200 && !reply.body.contains("docmost/wiki"))
        }
    }

    @Test("Requests and objects that are not there are refused at once")
    func unknown() throws {
        let site = try SharedSites.site(.nginxStream)
        let packet = RequestBody.packet
        let object =
            packet("command=fetch") + "0001" + packet("want \(String(repeating: "1", count: 40))") + packet("done")
        let bundle = packet("command=bundle-uri") + "0001"
        for body in [object, bundle] {
            let reply = try post(
                "upload-pack",
                Data((body + "0000").utf8),
                to: site,
                headers: ["Git-Protocol: version=2"]
            )
            #expect(!reply.body.contains("PACK"), "\(reply.body)")
        }
        try waitUntil("git is gone", seconds: 30) { site.gitProcesses.isEmpty }
    }

    @Test(
        "A name or a password that only begins like the right one is wrong",
        arguments: [FrontEnd.nginxStream, .apacheProxy]
    )
    func credentials(_ frontEnd: FrontEnd) throws {
        let site = try SharedSites.site(frontEnd)
        let name = "wren@example.org"
        let password = SampleWorkspace.password
        let path = "/git/\(Site.space).git/info/refs?service=git-upload-pack"
        for pair in [
            "\(name)\u{0}x:\(password)", "\(name)\n:\(password)", "\(name):\(password)\u{0}x", "\(name):\(password)\n",
            "\(name):\(password)\(String(repeating: "x", count: 4000))", ":\(password)", name,
        ] {
            let token = Data(pair.utf8).base64EncodedString()
            let reply = try site.request(path, login: nil, headers: ["Authorization: Basic \(token)"])
            #expect(reply.status == 401, "\(pair.debugDescription): \(reply.status)")
        }
        // The web server's own limit.
        let huge = try RawClient(port: site.web.port)
        let token = String(repeating: "A", count: 1 << 20)
        huge.send("GET \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Basic \(token)\r\n\r\n")
        #expect(String(decoding: huge.receiveAll(), as: UTF8.self).hasPrefix("HTTP/1.1 400"))
    }
}
