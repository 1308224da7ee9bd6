import Foundation
import TestSupport
import Testing

@Suite("Statuses and their order", .serialized)
struct StatusTests {
    static let space = SampleWorkspace.handbook

    @Test("Whoever has not logged in sees 401 and nothing else, whatever the URL", arguments: FrontEnd.allCases)
    func anonymous(_ frontEnd: FrontEnd) throws {
        let site = try SharedSites.site(frontEnd)
        for path in [
            "/git/\(Self.space).git/info/refs?service=git-upload-pack", "/git/handbook.git/HEAD", "/git/private.git/x",
            "/git/nowhere.git/info/refs?service=git-receive-pack", "/git/a.git/", "/git/x",
        ] {
            let reply = try site.request(path, login: nil)
            #expect(reply.status == 401, "\(path)")
            #expect(reply.headers["www-authenticate"] == #"Basic realm="docmost-git", charset="UTF-8""#)
            #expect(reply.headers["content-type"]?.hasPrefix("text/plain") == true)
            #expect(reply.body == "Sign in with your wiki account.\n")
        }
    }

    @Test(
        "A malformed Authorization header is the same as none",
        arguments: ["Bearer abc", "Basic", "Basic !!", "Basic bm9jb2xvbg==", "Digest username=x", "Basic Ong="]
    )
    func malformed(_ header: String) throws {
        let site = try SharedSites.site(.nginxStream)
        let path = "/git/handbook.git/info/refs?service=git-upload-pack"
        let reply = try site.request(path, login: nil, headers: ["Authorization: \(header)"])
        #expect(reply.status == 401 && reply.body == "Sign in with your wiki account.\n")
    }

    @Test("The scheme is read in any letter case, and the e-mail address, too", arguments: FrontEnd.allCases)
    func letterCase(_ frontEnd: FrontEnd) throws {
        let site = try SharedSites.site(frontEnd)
        let token = Data("WREN@Example.ORG:\(SampleWorkspace.password)".utf8).base64EncodedString()
        let path = "/git/HANDBOOK.git/info/refs?service=git-upload-pack"
        let reply = try site.request(path, login: nil, headers: ["Authorization: bAsIc \(token)"])
        #expect(reply.status == 200)
    }

    @Test("Bad paths and methods are told only to whoever has logged in", arguments: FrontEnd.allCases)
    func badRequests(_ frontEnd: FrontEnd) throws {
        let site = try SharedSites.site(frontEnd)
        let repository = "/git/handbook.git"
        func status(_ path: String, _ method: String = "GET", headers: [String] = [], body: String? = nil) throws -> Int
        {
            try site.request(path, method: method, headers: headers, body: body).status
        }
        #expect(try status("\(repository)/HEAD") == 400)
        #expect(try status("\(repository)/config") == 400)
        #expect(try status("\(repository)/info/refs") == 400)
        #expect(try status("\(repository)/info/refs?service=git-upload-archive") == 400)
        #expect(try status("\(repository)/info/refs?service=git-upload-pack&service=git-receive-pack") == 400)
        #expect(try status("\(repository)/git-upload-pack", "PUT", body: "x") == 405)
        #expect(try status("\(repository)/info/refs?service=git-upload-pack", "DELETE") == 405)
        let json = ["Content-Type: application/json"]
        #expect(try status("\(repository)/git-upload-pack", "POST", headers: json, body: "{}") == 415)
        let push = ["Content-Type: application/x-git-receive-pack-request"]
        let contradiction = "\(repository)/git-receive-pack?service=git-upload-pack"
        #expect(try status(contradiction, "POST", headers: push, body: "0000") == 400)
    }

    @Test("Wrong passwords are 401, and after five of them 429 with Retry-After; a right one still counts elsewhere")
    func limiter() throws {
        let site = try Site(.nginxStream)
        try site.makeRepository()
        for _ in 0..<5 { #expect(try site.advertisement("upload-pack", login: ("rita", "wrong")).status == 401) }
        let refused = try site.advertisement("upload-pack", login: ("rita", "wrong"))
        #expect(refused.status == 429)
        #expect(Int(refused.headers["retry-after"] ?? "").map { (1...60).contains($0) } == true)
        // Another account from the same address is not meant.
        #expect(try site.advertisement("upload-pack").status == 200)
        #expect(try site.redis.command("KEYS", "*rita*").isEmpty)
    }

    @Test("Switched off, nobody finds anything, and anonymous people still see 401")
    func switchedOff() throws {
        let site = try Site(.nginxStream, settings: ["GIT_SYNC_HTTP_ENABLED": "false"])
        try site.makeRepository()
        #expect(try site.advertisement("upload-pack").status == 404)
        #expect(try site.advertisement("upload-pack", login: nil).status == 401)
    }

    @Test("git's question before a large push is answered without git", arguments: FrontEnd.allCases)
    func probe(_ frontEnd: FrontEnd) throws {
        let site = try SharedSites.site(frontEnd)
        let headers = ["Content-Type: application/x-git-receive-pack-request"]
        let reply = try site.request(
            "/git/handbook.git/git-receive-pack",
            method: "POST",
            headers: headers,
            body: "0000"
        )
        #expect(reply.status == 200 && reply.body.isEmpty)
        #expect(reply.headers["content-type"] == "application/x-git-receive-pack-result")
        #expect(try site.redis.command("KEYS", "git-sync:lock:*").isEmpty)
    }
}
