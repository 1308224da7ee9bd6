import Base
import Testing

@testable import GitHTTP

private func target(_ uri: String) throws(TargetError) -> RequestTarget { try RequestTarget(uri: Array(uri.utf8)) }

private func endpoint(_ method: String, _ uri: String, _ type: String? = nil) throws(TargetError) -> Endpoint {
    try Endpoint(method: method, target: target(uri), contentType: type)
}

@Suite("The URL of a request")
struct RequestTargetTests {
    @Test("Space, path and query are told apart")
    func parts() throws {
        let found = try target("/git/general.git/info/refs?service=git-upload-pack")
        #expect(found.space == "general" && found.subpath == "info/refs" && found.query == "service=git-upload-pack")
        #expect(try target("/git/general.git/git-receive-pack").query == nil)
    }

    @Test("A space may be named by its UUID in any letter case")
    func uuid() throws {
        let found = try target("/git/0198F3E0-0000-7000-8000-00000000000A.git/git-upload-pack")
        #expect(found.spaceID?.description == "0198f3e0-0000-7000-8000-00000000000a")
        #expect(try target("/git/general.git/info/refs").spaceID == nil)
    }

    @Test(
        "Every attempt to leave the repository is refused",
        arguments: [
            "/git/a.git/../b.git/info/refs", "/git/../etc/passwd", "/git/..git/info/refs", "/git/.git/info/refs",
            "/git/a.git/%2e%2e/info/refs", "/git/a.git/%2E%2E/x", "/git/a.git/x%2fy", "/git/a.git/x%2Fy",
            "/git/a%2fb.git/info/refs", "/git/a.git/info%00/refs", "/git/a.git/%5c..%5cx", "/git/a.git/\\..\\x",
            "/git//a.git/info/refs", "/git/a.git//info/refs", "/git/a.git/info/refs/", "//git/a.git/info/refs",
            "/git/a.git/./info/refs", "/git/a/info/refs", "/git/a.git", "/git/a.git/", "/git/", "/other/a.git/HEAD",
            "/git/a..b.git/info/refs", "http://host/git/a.git/info/refs", "", "/git/%61.git/info/refs",
        ]
    )
    func traversal(_ uri: String) {
        #expect(throws: TargetError.malformedPath) { try target(uri) }
    }

    @Test("Control characters, blanks, bytes above ASCII and endless URIs are refused")
    func bytes() {
        for byte: UInt8 in [0, 9, 10, 13, 32, 127, 128, 255] {
            let uri = Array("/git/a".utf8) + [byte] + Array(".git/info/refs".utf8)
            #expect(throws: TargetError.malformedPath) { try RequestTarget(uri: uri) }
        }
        let long = "/git/\(String(repeating: "a", count: 5000)).git/info/refs"
        #expect(throws: TargetError.malformedPath) { try target(long) }
    }
}

@Suite("What a request wants to run")
struct EndpointTests {
    @Test("The four requests of the smart protocol are known")
    func smart() throws {
        let refs = "/git/a.git/info/refs?service="
        #expect(try endpoint("GET", refs + "git-upload-pack") == .advertisement(.uploadPack))
        #expect(try endpoint("GET", refs + "git-receive-pack") == .advertisement(.receivePack))
        for service in GitService.allCases {
            let uri = "/git/a.git/\(service.rawValue)"
            #expect(try endpoint("POST", uri, service.requestType) == .call(service))
        }
    }

    @Test("Pushing needs the right to write at its advertisement already")
    func access() {
        #expect(Endpoint.advertisement(.receivePack).service.access == .write)
        #expect(Endpoint.call(.uploadPack).service.access == .read)
    }

    @Test(
        "A method that does not fit is told which one would",
        arguments: ["HEAD", "PUT", "DELETE", "get", "PROPFIND"]
    )
    func method(_ method: String) {
        #expect(throws: TargetError.methodNotAllowed(allowed: "GET")) {
            try endpoint(method, "/git/a.git/info/refs?service=git-upload-pack")
        }
        #expect(throws: TargetError.methodNotAllowed(allowed: "POST")) {
            try endpoint(method, "/git/a.git/git-upload-pack")
        }
    }

    @Test(
        "The dumb protocol is off",
        arguments: ["HEAD", "info/refs", "objects/info/packs", "objects/pack/pack-1.pack", "objects/aa/bb"]
    )
    func dumb(_ path: String) {
        #expect(throws: TargetError.dumbProtocol) { try endpoint("GET", "/git/a.git/\(path)") }
    }

    @Test("A query cannot contradict the path")
    func contradiction() {
        #expect(throws: TargetError.malformedPath) {
            try endpoint(
                "POST",
                "/git/a.git/git-receive-pack?service=git-upload-pack",
                GitService.receivePack.requestType
            )
        }
        for query in [
            "service=git-upload-pack&service=git-receive-pack", "x=1&service=git-upload-pack",
            "service=git-upload-archive",
            "service=", "service=git-upload-pack%00", "SERVICE=git-upload-pack",
        ] {
            #expect(throws: TargetError.malformedPath) { try endpoint("GET", "/git/a.git/info/refs?\(query)") }
        }
    }

    @Test(
        "A body of another type is refused",
        arguments: [nil, "application/json", "application/x-git-upload-pack-request"]
    )
    func type(_ type: String?) {
        #expect(throws: TargetError.unsupportedMediaType) { try endpoint("POST", "/git/a.git/git-receive-pack", type) }
    }

    @Test(
        "Files of the repository are no endpoints",
        arguments: ["config", ".git/config", "refs/heads/main", "hooks/x"]
    )
    func files(_ path: String) {
        #expect(throws: TargetError.malformedPath) { try endpoint("GET", "/git/a.git/\(path)") }
    }
}
