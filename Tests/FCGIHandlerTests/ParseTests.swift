import Base
import FastCGI
import GitHTTP
import JSON
import Testing

@testable import FCGIHandler

private let header = "Basic \(Base64.encode(Array("wren@example.org:hunter2".utf8)))"

private func request(_ changes: [String: String] = [:]) -> ParsedRequest {
    let usual = [
        "REQUEST_METHOD": "GET", "REQUEST_URI": "/git/handbook.git/info/refs?service=git-upload-pack",
        "HTTP_AUTHORIZATION": header, "REMOTE_ADDR": "192.0.2.1", "HTTP_HOST": "team.example.org:8443",
    ]
    return ParsedRequest(Parameters(usual.merging(changes) { $1 }))
}

@Suite("The first stage")
struct ParseTests {
    @Test("Everything is read from the parameters of the web server")
    func reading() throws {
        let parsed = request(["HTTP_GIT_PROTOCOL": "version=2", "REQUEST_ID": "abc"])
        #expect(parsed.credentials?.user == "wren@example.org")
        #expect(try parsed.endpoint.get() == .advertisement(.uploadPack))
        #expect(try parsed.version.get() == .two)
        #expect(parsed.hostLabel == "team" && parsed.address == "192.0.2.1" && parsed.requestID == "abc")
    }

    @Test("Nothing is refused here: an anonymous request for nonsense is an anonymous request")
    func nonsense() {
        let parsed = request(["REQUEST_URI": "/git/../etc", "HTTP_AUTHORIZATION": "", "HTTP_GIT_PROTOCOL": "a b"])
        #expect(parsed.credentials == nil)
        #expect(parsed.endpoint == .failure(.malformedPath))
    }

    @Test("A missing, empty or negative Content-Length is an unknown one", arguments: ["", "-1", "abc", "1e3", "0x10"])
    func length(_ text: String) { #expect(request(["CONTENT_LENGTH": text]).contentLength == nil) }

    @Test("The four-byte question is told from a push")
    func probe() {
        let push = [
            "REQUEST_METHOD": "POST", "REQUEST_URI": "/git/handbook.git/git-receive-pack",
            "CONTENT_TYPE": "application/x-git-receive-pack-request",
        ]
        #expect(request(push.merging(["CONTENT_LENGTH": "4"]) { $1 }).isProbe)
        #expect(!request(push.merging(["CONTENT_LENGTH": "400"]) { $1 }).isProbe)
        #expect(!request(push).isProbe)
        #expect(!request(push.merging(["CONTENT_LENGTH": "4", "HTTP_CONTENT_ENCODING": "gzip"]) { $1 }).isProbe)
        #expect(!request(["CONTENT_LENGTH": "4"]).isProbe)
    }

    @Test("Only gzip counts as compressed, in both spellings")
    func compressed() {
        #expect(request(["HTTP_CONTENT_ENCODING": "gzip"]).isCompressed)
        #expect(request(["HTTP_CONTENT_ENCODING": "x-gzip"]).isCompressed)
        #expect(!request(["HTTP_CONTENT_ENCODING": "deflate"]).isCompressed)
    }

    @Test("An address cannot carry anything but an address into a log or an environment")
    func address() {
        #expect(request(["REMOTE_ADDR": "192.0.2.1\nX: y"]).address == "192.0.2.1X:y")
        #expect(request(["REMOTE_ADDR": ""]).address == "unknown")
    }
}

@Suite("The access log")
struct AccessLogTests {
    @Test("A line is one JSON object without any credential")
    func line() throws {
        var record = RequestRecord()
        record.begin(request(["REQUEST_ID": "abc\"def\n"]))
        record.user = "wren@example.org"
        record.status = 200
        record.refs = [.init(name: "refs/heads/main", old: "1", new: "2", refusal: nil)]
        let line = record.line
        #expect(!line.contains("\n") && !line.contains("hunter2") && !line.contains(header.dropFirst(6)))
        let value = try JSONValue(parsing: line)
        #expect(value["request"]?.string == "abc\"def\n" && value["status"]?.int == 200)
        #expect(value["service"]?.string == "git-upload-pack (refs)" && value["login"]?.string == "remembered")
    }
}

@Suite("The command line")
struct ArgumentsTests {
    @Test("Options are read in both spellings")
    func options() throws {
        #expect(try Arguments([]).workers == nil)
        #expect(Arguments.workers("1") == 1 && Arguments.workers("0") == nil && Arguments.workers("all") == nil)
        let read = try Arguments(["--socket", "/run/x.sock", "--workers=4", "--env-file", "/etc/env"])
        #expect(read.socket == "/run/x.sock" && read.workers == 4 && read.environmentFile == "/etc/env")
        #expect(try Arguments([]).socket == nil)
        #expect(try Arguments(["--help"]).wantsHelp)
    }

    @Test("A number of workers that cannot be read is said, and falls back")
    func workersByEnvironment() throws {
        #expect(Arguments.workers(environment: nil) == (16, nil))
        #expect(Arguments.workers(environment: "") == (16, nil))
        #expect(Arguments.workers(environment: "1") == (1, nil))
        let odd = Arguments.workers(environment: "many")
        #expect(odd.workers == 16)
        #expect(odd.warning == "DOCMOST_GIT_WORKERS=many is no number from 1 to 256, using 16")
    }

    @Test(
        "What is not understood is refused",
        arguments: [
            ["--socket"], ["--workers", "0"], ["--workers", "x"], ["--workers=999"], ["-x"], ["file"], ["--socket="],
        ]
    )
    func malformed(_ words: [String]) {
        #expect(throws: Arguments.Malformed.self) { try Arguments(words) }
    }
}
