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

    /// Everything with everything: 375 cases.
    static let all = FrontEnd.allCases.flatMap { frontEnd in
        Request.allCases.flatMap { request in
            RawClient.Goodbye.allCases.flatMap { goodbye in
                offsets.map { Abort(frontEnd: frontEnd, request: request, goodbye: goodbye, offset: $0) }
            }
        }
    }

    /// Has each value several times.
    static let sample = all.enumerated().filter { $0.offset % 13 == 7 }.map(\.element)

    /// The installation's idle time.
    static let idleSeconds = 3.0

    /// Seconds from the goodbye until nothing is left.
    ///
    /// nginx tells us at once. Apache finds out at its second write to a client that has gone, and git writes at least
    /// every five seconds. A silent client is noticed by nobody before the idle time.
    var bound: Double {
        if goodbye == .stall { return Self.idleSeconds + 2 }
        return frontEnd.isApache ? 12 : 2
    }

    /// Sends what comes before the goodbye.
    func send(to client: RawClient, tip: String) throws {
        let common =
            "Host: 127.0.0.1\r\nUser-Agent: git/2.39.5\r\nGit-Protocol: version=2\r\n\(RequestBody.authorization)"
        let path = "/git/\(Site.space).git"
        switch request {
        case .refs:
            let text = "GET \(path)/info/refs?service=git-upload-pack HTTP/1.1\r\n\(common)\r\n"
            client.send(offset == 0 ? String(text.prefix(60)) : text)
            if offset > 100 { _ = client.receive(atMost: min(offset, 4000)) }
        case .fetch:
            let body = RequestBody.fetch(tip)
            client.send(
                """
                POST \(path)/git-upload-pack HTTP/1.1\r\n\(common)Content-Length: \(body.count)\r
                Content-Type: application/x-git-upload-pack-request\r\n\r\n
                """
            )
            client.send(offset == 0 ? body.prefix(20) : body)
            if offset > 0 { _ = client.receive(atMost: min(offset, 65_536)) }
        case .pushLength, .pushChunked, .pushGzip:
            try sendPush("POST \(path)/git-receive-pack HTTP/1.1\r\n\(common)", to: client)
        }
    }

    /// The beginning of a push. Where the web server waits for the whole body, the request ends there and only the pack
    /// is broken off: otherwise we would never see any of it.
    private func sendPush(_ start: String, to client: RawClient) throws {
        let head = start + "Content-Type: application/x-git-receive-pack-request\r\n"
        var body = RequestBody.push(offset)
        if request == .pushGzip { body = try RequestBody.gzip(RequestBody.push(offset + 1000)).prefix(offset) }
        let announced = frontEnd.spools ? body.count : 50_000_000
        switch request {
        case .pushChunked:
            client.send(head + "Transfer-Encoding: chunked\r\n\r\n")
            if !body.isEmpty { client.send(Data(String(format: "%x\r\n", body.count).utf8) + body + Data("\r\n".utf8)) }
            if frontEnd.spools { client.send("0\r\n\r\n") }
        case .pushGzip:
            client.send(head + "Content-Encoding: gzip\r\nContent-Length: \(announced)\r\n\r\n")
            client.send(body)
        case .pushLength, .refs, .fetch:
            client.send(head + "Content-Length: \(announced)\r\n\r\n")
            client.send(body)
        }
    }
}
