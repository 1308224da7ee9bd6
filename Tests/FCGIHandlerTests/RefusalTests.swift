import GitHTTP
import Testing

@testable import FCGIHandler

@Suite("The table of refusals")
struct RefusalTests {
    static let table: [(Refusal, Int, [String])] = [
        (.noCredentials, 401, ["WWW-Authenticate"]), (.wrongCredentials, 401, ["WWW-Authenticate"]),
        (.ssoEnforced, 401, ["WWW-Authenticate"]), (.mfaEnforced, 401, ["WWW-Authenticate"]),
        (.mfaEnabled, 401, ["WWW-Authenticate"]), (.tooManyFailures(retrySeconds: 9), 429, ["Retry-After"]),
        (.malformedRequest, 400, []), (.malformedProtocolHeader, 400, []), (.dumbProtocol, 400, []),
        (.methodNotAllowed(allowed: "GET"), 405, ["Allow"]), (.unsupportedMediaType, 415, []), (.notFound, 404, []),
        (.readOnlyMember, 403, []), (.databaseUnavailable("x"), 503, ["Retry-After"]),
        (.redisUnavailable("x"), 503, ["Retry-After"]), (.beingPrepared, 503, ["Retry-After"]),
        (.busy, 503, ["Retry-After"]), (.bodyTooLarge, 413, []), (.backendFailed("x"), 500, []),
        (.notSetUp("x"), 503, ["Retry-After"]),
    ]

    @Test("Each has its status, its headers, and one line of plain text", arguments: table.indices)
    func rows(_ index: Int) {
        let (refusal, status, headers) = Self.table[index]
        let reply = refusal.reply
        let names = reply.head.headers.map(\.name)
        #expect(reply.head.status == status)
        for header in headers { #expect(names.contains(header)) }
        #expect(names.contains("WWW-Authenticate") == (status == 401))
        #expect(names.contains("Retry-After") == (status == 503 || status == 429))
        let text = String(decoding: reply.body, as: UTF8.self)
        #expect(text.hasSuffix(".\n") && text.filter { $0 == "\n" }.count == 1)
        // What only the operator should know is not in the text.
        #expect(!text.contains(" x"))
        #expect(reply.head.headers.contains { $0.name == "Content-Length" && $0.value == String(reply.body.count) })
    }

    @Test("No two have the same name in the log")
    func names() {
        #expect(Set(Self.table.map(\.0.name)).count == Self.table.count)
    }
}
