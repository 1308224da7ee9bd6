import Base
import Testing

@testable import GitHTTP

private func credentials(_ header: String) -> BasicCredentials? { BasicCredentials(authorization: Array(header.utf8)) }

private func basic(_ text: String, scheme: String = "Basic") -> BasicCredentials? {
    credentials("\(scheme) \(Base64.encode(Array(text.utf8)))")
}

@Suite("HTTP Basic credentials (RFC 7617)")
struct BasicCredentialsTests {
    @Test("The scheme is read in any letter case", arguments: ["Basic", "basic", "BASIC", "bAsIc"])
    func scheme(_ scheme: String) {
        let found = basic("ann@example.org:secret", scheme: scheme)
        #expect(found?.user == "ann@example.org" && found?.password.revealed == "secret")
    }

    @Test("The first colon divides; the password may contain more, or be empty")
    func colons() {
        #expect(basic("a:b:c")?.password.revealed == "b:c")
        #expect(basic("a:")?.password.revealed == "")
    }

    @Test("Text beyond ASCII is UTF-8")
    func utf8() {
        #expect(basic("zoë@example.org:pässwörd")?.password.revealed == "pässwörd")
        #expect(credentials("Basic \(Base64.encode([0xFF, 0x3A, 0x41]))") == nil)
    }

    @Test(
        "Anything else is no credentials",
        arguments: ["", "Basic", "Basic ", "Bearer abc", "Basic !!!!", "Basic YQ==", "Basic Og==", "Basic YTpi extra"]
    )
    func malformed(_ header: String) { #expect(credentials(header) == nil) }

    @Test("Control characters and endless headers are no credentials")
    func hostile() {
        #expect(basic("a\u{0}:b") == nil)
        #expect(basic("a:b\n") == nil)
        #expect(basic("a:" + String(repeating: "x", count: 8000)) == nil)
        #expect(BasicCredentials(authorization: nil) == nil)
    }

    @Test("A password does not show up when credentials are printed")
    func printing() throws {
        let found = try #require(basic("ann:hunter2"))
        #expect(!"\(found)".contains("hunter2"))
        #expect(!String(reflecting: found).contains("hunter2"))
    }
}

@Suite("The Git-Protocol header")
struct ProtocolVersionTests {
    @Test("The highest known version wins, and the value is written anew")
    func versions() throws {
        #expect(try ProtocolVersion(header: nil).environmentValue == nil)
        #expect(try ProtocolVersion(header: Array("version=2".utf8)).environmentValue == "version=2")
        #expect(try ProtocolVersion(header: Array("version=1:version=2".utf8)) == .two)
        #expect(try ProtocolVersion(header: Array("version=9".utf8)) == .zero)
        #expect(try ProtocolVersion(header: Array("version=2:evil=1".utf8)).environmentValue == "version=2")
    }

    @Test(
        "Line breaks, blanks and endless values are refused",
        arguments: ["version=2\nX: y", "version=2\r", "version=2 ", "version=2\u{0}", "version=\u{FF}", "a;b", "$(id)"]
    )
    func hostile(_ text: String) {
        #expect(throws: ProtocolVersion.Malformed.self) { try ProtocolVersion(header: Array(text.utf8)) }
        let long = Array(String(repeating: "version=2:", count: 100).utf8)
        #expect(throws: ProtocolVersion.Malformed.self) { try ProtocolVersion(header: long) }
    }
}

@Suite("The head of a CGI reply")
struct ReplyHeadTests {
    private func parsed(_ text: String) -> ReplyHead.Parsed { ReplyHead.parse(Array(text.utf8)) }

    @Test("Without a status it is 200; headers are trimmed")
    func plain() {
        let head = ReplyHead(status: 200, headers: [.init("Content-Type", "text/plain"), .init("X", "y z")])
        #expect(parsed("Content-Type:  text/plain \r\nX: y z\r\n\r\nbody") == .complete(head, bodyAt: 38))
    }

    @Test("The status is taken in any letter case and not passed on", arguments: ["Status", "STATUS", "status"])
    func status(_ name: String) {
        #expect(
            parsed("\(name): 404 Not Found\n\n")
                == .complete(ReplyHead(status: 404, headers: []), bodyAt: name.count + 17)
        )
    }

    @Test("A status that is none, and lines without a colon, are passed over")
    func nonsense() {
        #expect(parsed("Status: 42\nhello\n\n") == .complete(ReplyHead(status: 200, headers: []), bodyAt: 18))
    }

    @Test("The first empty line ends the head, whatever the body contains")
    func bodyWithSeparator() {
        #expect(
            parsed("A: b\n\nx\r\n\r\ny") == .complete(ReplyHead(status: 200, headers: [.init("A", "b")]), bodyAt: 6)
        )
    }

    @Test("An unfinished head waits for more, but not for ever")
    func bounds() {
        #expect(parsed("") == .incomplete)
        #expect(parsed("Content-Type: x\r\n") == .incomplete)
        #expect(parsed(String(repeating: "x", count: ReplyHead.maximumLength)) == .malformed)
        let lines = String(repeating: "A: b\n", count: 4000) + "\n"
        #expect(parsed(lines) == .malformed)
        #expect(parsed("A: b\u{0}\n\n") == .malformed)
    }

    @Test("Its text is that of RFC 3875")
    func text() {
        let head = ReplyHead(status: 503, headers: [.init("Retry-After", "5")])
        #expect(
            String(decoding: head.bytes, as: UTF8.self) == "Status: 503 Service Unavailable\r\nRetry-After: 5\r\n\r\n"
        )
    }
}

@Suite("pkt-lines")
struct PktLineTests {
    @Test("The length counts its own four digits")
    func length() {
        #expect(PktLine.encode(Array("a\n".utf8)) == Array("0006a\n".utf8))
        #expect(PktLine.encode([UInt8](repeating: 65, count: 70_000)).count == 65_520)
    }
}

@Suite("The environment of git http-backend")
struct CGIEnvironmentTests {
    private func environment(_ endpoint: Endpoint, compressed: Bool = false) throws -> CGIEnvironment {
        CGIEnvironment(
            dataDirectory: "/srv/git",
            space: try #require(SpaceID("0198f3e0-0000-7000-8000-00000000000a")),
            endpoint: endpoint,
            version: .two,
            isCompressed: compressed,
            user: "ann@example.org",
            address: "192.0.2.1"
        )
    }

    @Test("A push never gets a CONTENT_LENGTH: git would loop for ever on a body that ends early")
    func contentLength() throws {
        for endpoint in [Endpoint.call(.receivePack), .call(.uploadPack), .advertisement(.receivePack)] {
            #expect(try environment(endpoint).variables["CONTENT_LENGTH"] == nil)
        }
    }

    @Test("It is exactly the white list")
    func whiteList() throws {
        let variables = try environment(.call(.receivePack), compressed: true).variables
        #expect(
            variables == [
                "GATEWAY_INTERFACE": "CGI/1.1", "GIT_HTTP_EXPORT_ALL": "1", "GIT_HTTP_MAX_REQUEST_BUFFER": "67108864",
                "GIT_PROJECT_ROOT": "/srv/git",
                "PATH_INFO": "/0198f3e0-0000-7000-8000-00000000000a.git/git-receive-pack",
                "QUERY_STRING": "", "REMOTE_ADDR": "192.0.2.1", "REMOTE_USER": "ann@example.org",
                "REQUEST_METHOD": "POST", "GIT_PROTOCOL": "version=2", "HTTP_CONTENT_ENCODING": "gzip",
                "CONTENT_TYPE": "application/x-git-receive-pack-request",
            ]
        )
    }

    @Test("The query is written anew for an advertisement")
    func query() throws {
        let variables = try environment(.advertisement(.uploadPack)).variables
        #expect(variables["QUERY_STRING"] == "service=git-upload-pack")
        #expect(variables["PATH_INFO"] == "/0198f3e0-0000-7000-8000-00000000000a.git/info/refs")
    }
}
