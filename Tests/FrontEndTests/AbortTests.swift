import Foundation
import TestSupport
import Testing

/// One way for a client to disappear.
struct Abort: Sendable, CustomTestStringConvertible {
    enum Request: String, CaseIterable, Sendable {
        case refs = "GET"
        case fetch
        case pushLength = "push with Content-Length"
        case pushChunked = "push, chunked"
        case pushGzip = "push, gzip"
    }

    let frontEnd: FrontEnd
    let request: Request
    let goodbye: RawClient.Goodbye
    /// Bytes of the body that are sent; of a GET and a fetch, bytes of the answer that are read.
    let offset: Int

    var testDescription: String { "\(frontEnd.rawValue): \(request.rawValue), \(goodbye.rawValue) after \(offset)" }

    static let offsets = [0, 3, 150, 20_000, 3_000_000]

    /// In full: everything with everything. By default a sample that has each value several times.
    static var matrix: [Abort] {
        let all = FrontEnd.allCases.flatMap { frontEnd in
            Request.allCases.flatMap { request in
                RawClient.Goodbye.allCases.flatMap { goodbye in
                    offsets.map { Abort(frontEnd: frontEnd, request: request, goodbye: goodbye, offset: $0) }
                }
            }
        }
        if let wanted = ProcessInfo.processInfo.environment["DOCMOST_GIT_ABORT"] {
            return all.filter { $0.testDescription.contains(wanted) }
        }
        return Campaign.isFull ? all : all.enumerated().filter { $0.offset % 13 == 7 }.map(\.element)
    }
}

@Suite("Clients that disappear", .serialized)
struct AbortTests {
    @Test("Nothing of ours is left behind, and the worker is back", arguments: Abort.matrix)
    func abort(_ abort: Abort) throws {
        let site = try AbortSites.site(abort.frontEnd)
        let client = try RawClient(port: site.web.port)
        try send(abort, to: client, at: site)
        // The request has to reach the responder before its client goes.
        usleep(200_000)
        client.leave(abort.goodbye)
        // A client that is silent is given up after the idle time; what a web server spools comes later or never.
        try waitUntil("no git is left: \(abort.testDescription)\n\(site.gitProcesses)", seconds: 30) {
            site.gitProcesses.isEmpty
        }
        #expect(try site.redis.command("KEYS", "git-sync:lock:*").isEmpty)
        #expect(try site.advertisement("upload-pack").status == 200)
        #expect(site.unfinishedObjects.isEmpty)
        client.leave(.fin)
    }

    private func send(_ abort: Abort, to client: RawClient, at site: Site) throws {
        let common =
            "Host: 127.0.0.1\r\nUser-Agent: git/2.39.5\r\nGit-Protocol: version=2\r\n\(RequestBody.authorization)"
        let path = "/git/\(Site.space).git"
        switch abort.request {
        case .refs:
            let text = "GET \(path)/info/refs?service=git-upload-pack HTTP/1.1\r\n\(common)\r\n"
            client.send(abort.offset == 0 ? String(text.prefix(60)) : text)
            if abort.offset > 100 { _ = client.receive(atMost: min(abort.offset, 4000)) }
        case .fetch:
            let body = RequestBody.fetch(try AbortSites.tip(site))
            client.send(
                """
                POST \(path)/git-upload-pack HTTP/1.1\r\n\(common)Content-Length: \(body.count)\r
                Content-Type: application/x-git-upload-pack-request\r\n\r\n
                """
            )
            client.send(abort.offset == 0 ? body.prefix(20) : body)
            if abort.offset > 0 { _ = client.receive(atMost: min(abort.offset, 65_536)) }
        case .pushLength, .pushChunked, .pushGzip:
            try sendPush(abort, common, path, to: client)
        }
    }

    private func sendPush(_ abort: Abort, _ common: String, _ path: String, to client: RawClient) throws {
        let body = RequestBody.push(abort.offset)
        let head =
            "POST \(path)/git-receive-pack HTTP/1.1\r\n\(common)Content-Type: application/x-git-receive-pack-request\r\n"
        switch abort.request {
        case .pushChunked:
            client.send(head + "Transfer-Encoding: chunked\r\n\r\n")
            if !body.isEmpty { client.send(Data(String(format: "%x\r\n", body.count).utf8) + body + Data("\r\n".utf8)) }
        case .pushGzip:
            let compressed = try RequestBody.gzip(RequestBody.push(abort.offset + 1000)).prefix(abort.offset)
            client.send(head + "Content-Encoding: gzip\r\nContent-Length: 50000000\r\n\r\n")
            client.send(compressed)
        default:
            client.send(head + "Content-Length: 50000000\r\n\r\n")
            client.send(body)
        }
    }
}

/// One installation per front end, with two workers, little patience, and an answer too large for any buffer.
private enum AbortSites {
    nonisolated(unsafe) private static var sites: [FrontEnd: Site] = [:]

    static func site(_ frontEnd: FrontEnd) throws -> Site {
        if let site = sites[frontEnd] { return site }
        let site = try Site(frontEnd, settings: ["GIT_SYNC_BACKEND_TIMEOUT_MS": "3000"], workers: 2)
        let git = try GitClient()
        try git("init", "-q", "-b", "main", "seed")
        try noise(24 << 20).write(to: URL(fileURLWithPath: git.path("seed/large.bin")))
        try git("add", "-A", in: "seed")
        try git("commit", "-q", "-m", "Large", in: "seed")
        try site.install(seed: git.path("seed"))
        sites[frontEnd] = site
        return site
    }

    static func tip(_ site: Site) throws -> String {
        let git = try GitClient()
        return try git("-C", site.repository(), "rev-parse", "main").trimmingCharacters(in: .newlines)
    }
}

extension Site {
    /// Living processes of git that work for this site, with their command lines.
    var gitProcesses: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { Int($0) != nil }.compactMap { id in
            let name = (try? String(contentsOfFile: "/proc/\(id)/comm", encoding: .utf8)) ?? ""
            guard name.hasPrefix("git"), let environment = FileManager.default.contents(atPath: "/proc/\(id)/environ")
            else {
                return nil
            }
            let text = String(decoding: environment, as: UTF8.self)
            return text.contains("GIT_PROJECT_ROOT=\(dataDirectory)") ? "\(id) \(name)" : nil
        }
    }

    /// What git has left of a push that broke off.
    var unfinishedObjects: [String] {
        let objects = "\(repository())/objects"
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: objects)) ?? []
        return names.filter { $0.contains("tmp_objdir") || $0.contains("incoming-") }
    }
}
