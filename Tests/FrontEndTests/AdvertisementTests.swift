import Foundation
import TestSupport
import Testing

@Suite("The first answer of a fetch", .serialized)
struct AdvertisementTests {
    @Test("From memory it is byte for byte git's own, and a changed configuration is seen at once")
    func identical() throws {
        let site = try Site(.nginxStream)
        try site.makeRepository()
        let path = "/git/handbook.git/info/refs?service=git-upload-pack"
        let version = ["Git-Protocol: version=2"]
        func fromGit() throws -> String {
            let output = try runProgram(
                ["/usr/bin/git", "http-backend"],
                environment: [
                    "GIT_PROJECT_ROOT": site.dataDirectory, "GIT_HTTP_EXPORT_ALL": "1", "REQUEST_METHOD": "GET",
                    "PATH_INFO": "/\(Site.space).git/info/refs", "QUERY_STRING": "service=git-upload-pack",
                    "GIT_PROTOCOL": "version=2", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory",
                    "GIT_CONFIG_VALUE_0": "*",
                ]
            )
            return HTTPReply("HTTP/1.1 200 OK\r\n" + output).body
        }
        _ = try site.request(path, headers: version)
        #expect(try site.request(path, headers: version).body == fromGit())
        try runProgram(["git", "config", "--file", "\(site.repository())/config", "lsrefs.unborn", "ignore"])
        if getuid() == 0 { try runProgram(["chown", "\(WebServer.user)", "\(site.repository())/config"]) }
        let after = try site.request(path, headers: version)
        #expect(after.body == (try fromGit()) && !after.body.contains("ls-refs=unborn"))
        // Protocol 0 names refs, and is never kept.
        #expect(try site.request(path).body.contains("refs/heads/main"))
        try site.commitOnServer("News.md", "News.\n")
        let tip = try GitClient()("-C", site.repository(), "rev-parse", "main").trimmingCharacters(in: .newlines)
        #expect(try site.request(path).body.contains(tip))
    }
}
