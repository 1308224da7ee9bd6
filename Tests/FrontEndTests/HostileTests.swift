import Foundation
import TestSupport
import Testing

@Suite("Hostile input", .serialized)
struct HostileTests {
    @Test(
        "No spelling of a path leaves the repository",
        arguments: [
            "/git/handbook.git/../../etc/passwd", "/git/handbook.git/%2e%2e/%2e%2e/etc/passwd",
            "/git/handbook.git/%2E%2E%2Fx", "/git/..%2f..%2fetc.git/info/refs?service=git-upload-pack",
            "/git/handbook.git/..%5c..%5cx", "/git/handbook.git//info/refs?service=git-upload-pack",
            "/git/./handbook.git/info/refs?service=git-upload-pack", "/git/handbook.git/%252e%252e/x",
            "/git/handbook.git/%c0%ae%c0%ae/x", "/git/h%61ndbook.git/info/refs?service=git-upload-pack",
            "/git/handbook.git/objects/../config", "/git/../git/handbook.git/config",
        ]
    )
    func traversal(_ path: String) throws {
        for frontEnd in [FrontEnd.nginxStream, .apacheProxy, .apacheCGI] {
            let reply = try SharedSites.site(frontEnd).request(path)
            // Apache refuses some of them itself.
            #expect([400, 403, 404].contains(reply.status), "\(frontEnd.rawValue): \(reply.status)")
            #expect(!reply.body.contains("root:") && !reply.body.contains("[core]"))
        }
    }

    @Test("Over-long parameters are refused, and the next request is served", arguments: FrontEnd.allCases)
    func overlong(_ frontEnd: FrontEnd) throws {
        let site = try SharedSites.site(frontEnd)
        let long = String(repeating: "a", count: 7000)
        // Apache finds such a name too long for a file before it starts a program.
        #expect(
            [400, 403, 414].contains(try site.request("/git/\(long).git/info/refs?service=git-upload-pack").status)
        )
        #expect([400, 414].contains(try site.request("/git/handbook.git/info/refs?service=\(long)").status))
        let header = "Authorization: Basic \(long)"
        let path = "/git/handbook.git/info/refs?service=git-upload-pack"
        #expect([400, 401].contains(try site.request(path, login: nil, headers: [header]).status))
        #expect([400].contains(try site.request(path, headers: ["Git-Protocol: version=2:\(long)"]).status))
        #expect(try site.advertisement("upload-pack").status == 200)
    }

    @Test(
        "Only what git would send is taken as Git-Protocol",
        arguments: ["version=2\tX", "version=2;id", "$(id)", "version=2 GIT_DIR=/x", "v\u{FF}"]
    )
    func protocolHeader(_ value: String) throws {
        let site = try SharedSites.site(.nginxStream)
        let path = "/git/handbook.git/info/refs?service=git-upload-pack"
        #expect(try site.request(path, headers: ["Git-Protocol: \(value)"]).status == 400)
    }

    @Test(
        "A header cannot be smuggled into git's environment: it is exactly the white list",
        arguments: FrontEnd.allCases
    )
    func environment(_ frontEnd: FrontEnd) throws {
        let site = try SharedSites.site(frontEnd)
        let client = try RawClient(port: site.web.port)
        // A fetch that stands still, so that its processes can be looked at.
        client.send(
            """
            POST /git/handbook.git/git-upload-pack HTTP/1.1\r
            Host: 127.0.0.1\r
            \(RequestBody.authorization)Git-Protocol: version=2:evil\r
            Content-Type: application/x-git-upload-pack-request\r
            Proxy: http://evil.example.org\r
            GIT-DIR: /etc\r
            Git-Config-Count: 9\r
            GIT_CONFIG_PARAMETERS: 'core.pager=id'\r
            LD-Preload: /tmp/x.so\r
            Transfer-Encoding: chunked\r
            \r
            4\r
            0014\r

            """
        )
        if frontEnd.spools {
            client.leave(.fin)
            return
        }
        try waitUntil("git runs") { !site.gitEnvironments.isEmpty }
        let allowed: Set<String> = [
            "CONTENT_TYPE", "GATEWAY_INTERFACE", "GIT_CONFIG_COUNT", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM",
            "GIT_HTTP_EXPORT_ALL", "GIT_HTTP_MAX_REQUEST_BUFFER", "GIT_OPTIONAL_LOCKS", "GIT_PAGER", "GIT_PROJECT_ROOT",
            "GIT_PROTOCOL", "GIT_TERMINAL_PROMPT", "HOME", "LC_ALL", "PATH", "PATH_INFO", "QUERY_STRING", "REMOTE_ADDR",
            "REMOTE_USER", "REQUEST_METHOD",
        ]
        for environment in site.gitEnvironments {
            let names = environment.keys.filter {
                !$0.hasPrefix("GIT_CONFIG_KEY_") && !$0.hasPrefix("GIT_CONFIG_VALUE_")
            }
            #expect(Set(names).subtracting(allowed).isEmpty)
            #expect(environment["GIT_PROTOCOL"] == "version=2")
            #expect(environment["CONTENT_LENGTH"] == nil)
            #expect(!environment.values.contains { $0.contains("evil") || $0.contains("postgres") })
        }
        client.leave(.rst)
        try waitUntil("git is gone", seconds: 60) { site.gitProcesses.isEmpty }
    }

    @Test("Neither the password nor the header appears in any log", arguments: FrontEnd.allCases)
    func logs(_ frontEnd: FrontEnd) throws {
        let site = try Site(frontEnd)
        try site.makeRepository()
        for password in [SampleWorkspace.password, "not-the-password-zebra"] {
            _ = try site.advertisement("upload-pack", login: ("wren", password))
            let token = Data("wren@example.org:\(password)".utf8).base64EncodedString()
            #expect(!site.log.contains(password) && !site.log.contains(token))
        }
        #expect(site.log.contains("wrong-credentials"))
    }
}

extension Site {
    /// The environments of the processes of git that work for this site.
    var gitEnvironments: [[String: String]] {
        gitProcesses.compactMap { entry in
            let id = entry.split(separator: " ")[0]
            guard let bytes = FileManager.default.contents(atPath: "/proc/\(id)/environ"),
                let name = try? String(contentsOfFile: "/proc/\(id)/comm", encoding: .utf8),
                name.hasPrefix("git-http-backen")
            else { return nil }
            let pairs = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            return Dictionary(
                pairs.compactMap { pair in
                    pair.firstIndex(of: "=").map { (String(pair[..<$0]), String(pair[pair.index(after: $0)...])) }
                },
                uniquingKeysWith: { first, _ in first }
            )
        }
    }
}
