import Foundation
import TestSupport
import Testing

/// Pushes whose body is compressed: JGit sends small ones so.
@Suite("Compressed pushes", .serialized)
struct GzipPushTests {
    @Test(
        "A compressed push moves main",
        arguments: FullSizes.isOn ? FrontEnd.allCases : [.nginxStream, .apacheFcgid]
    )
    func whole(_ frontEnd: FrontEnd) throws {
        let site = try Site(frontEnd)
        try site.makeRepository()
        let push = try PreparedPush(bytes: 300_000, to: site)
        let reply = try send(try RequestBody.gzip(push.body), push, to: site)
        #expect(reply.hasPrefix("HTTP/1.1 200") && reply.contains("ok refs/heads/main"), "\(reply)")
        #expect(try site.tip() == push.new)
    }

    // Unpacked by http-backend, such a push left half a pack below objects/ for every try: http-backend signals its
    // receive-pack when the stream breaks off, which then removes its quarantine while the unpacker still writes there.
    @Test(
        "One that is cut short or damaged is refused in the protocol, and leaves nothing",
        arguments: [FrontEnd.nginxStream, .nginxSpool],
        [false, true]
    )
    func broken(_ frontEnd: FrontEnd, _ isDamaged: Bool) throws {
        let site = try Site(frontEnd)
        try site.makeRepository()
        let push = try PreparedPush(bytes: 3_000_000, to: site)
        var body = try RequestBody.gzip(push.body)
        if isDamaged {
            // The type of a block that does not exist.
            body.replaceSubrange(1_000_000..<1_000_400, with: repeatElement(0xFF, count: 400))
        } else {
            body = body.prefix(2_000_000)
        }
        for _ in 0..<3 {
            let reply = try send(body, push, to: site)
            #expect(reply.hasPrefix("HTTP/1.1 200") && reply.contains("ng refs/heads/main"), "\(reply)")
            #expect(site.unfinishedObjects.isEmpty)
        }
        #expect(try site.tip() == push.old)
        #expect(site.gitProcesses.isEmpty)
    }

    private func send(_ body: Data, _ push: PreparedPush, to site: Site) throws -> String {
        let client = try RawClient(port: site.web.port)
        client.send(push.head("Content-Encoding: gzip\r\nContent-Length: \(body.count)"))
        client.send(body)
        return String(decoding: client.receiveAll(seconds: 60), as: UTF8.self)
    }
}
