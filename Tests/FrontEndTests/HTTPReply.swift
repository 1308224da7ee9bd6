import Foundation
import TestSupport

/// What curl got for one request.
struct HTTPReply: Equatable {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    let body: String
}

extension Site {
    /// Sends one request, the path as it is, and returns the answer.
    ///
    /// - Parameter login: an account of the sample workspace and its password; nil sends no credentials.
    func request(
        _ path: String,
        method: String = "GET",
        login: (user: String, password: String)? = ("wren", SampleWorkspace.password),
        headers: [String] = [],
        body: String? = nil
    ) throws -> HTTPReply {
        var arguments = ["curl", "-s", "-i", "--http1.1", "--path-as-is", "--max-time", "60", "-X", method]
        if let login { arguments += ["-u", "\(login.user)@example.org:\(login.password)"] }
        for header in headers { arguments += ["-H", header] }
        if let body { arguments += ["--data-binary", body] }
        let output = try runProgramResult(arguments + ["http://127.0.0.1:\(web.port)\(path)"])
        return HTTPReply(output.output)
    }

    /// The first request of a fetch or a push.
    func advertisement(
        _ service: String,
        space: String = Site.space,
        login: (user: String, password: String)? = ("wren", SampleWorkspace.password)
    ) throws -> HTTPReply {
        try request("/git/\(space).git/info/refs?service=git-\(service)", login: login)
    }
}

extension HTTPReply {
    /// Reads curl's `-i` output; an interim `100 Continue` is passed over.
    init(_ text: String) {
        var rest = text.replacingOccurrences(of: "\r\n", with: "\n")
        while rest.hasPrefix("HTTP/1.1 100"), let end = rest.range(of: "\n\n") {
            rest = String(rest[end.upperBound...])
        }
        let parts =
            rest.range(of: "\n\n").map { (String(rest[..<$0.lowerBound]), String(rest[$0.upperBound...])) } ?? (
                rest, ""
            )
        let lines = parts.0.split(separator: "\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let pair = line.split(separator: ":", maxSplits: 1)
            guard pair.count == 2 else { continue }
            headers[pair[0].lowercased()] = pair[1].trimmingCharacters(in: .whitespaces)
        }
        status = lines.first.flatMap { Int($0.split(separator: " ").dropFirst().first ?? "") } ?? 0
        self.headers = headers
        body = parts.1
    }
}
