import Base
import JSON
import Testing

@Suite("JSON, its limits")
struct JSONLimitTests {
    @Test func tooManyBytesAreRefusedUnread() {
        let limits = JSONLimits(bytes: 3)
        #expect(throws: JSONError(.tooLarge(limit: 3), at: 3)) { try JSONValue(parsing: "1234", limits: limits) }
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":["])
    func deepInputIsRefusedAtTheLimit(_ opening: String) {
        let text = String(repeating: opening, count: 50_000)
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }

    @Test func tenThousandLevelsAreReadAndWritten() throws {
        try withLargeStack {
            let text = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
            let written = try JSONValue(parsing: text).serialized
            #expect(written == text)
        }
    }

    @Test func aHundredThousandLevelsAreReadWrittenAndComparedOnALargeStack() throws {
        try withLargeStack {
            let depth = 100_000
            let text = String(repeating: "{\"a\":[", count: depth) + "1" + String(repeating: "]}", count: depth)
            let value = try JSONValue(parsing: text, limits: JSONLimits(depth: 2 * depth))
            let isSame = try value == JSONValue(parsing: text, limits: JSONLimits(depth: 2 * depth))
            #expect(isSame && value.serialized == text)
        }
    }

    @Test func manyKeysTakeLinearTimeAndDuplicatesAreStillFound() throws {
        var members = (0..<100_000).map { "\"k\($0)\":\($0)" }
        let object = try JSONValue(parsing: "{\(members.joined(separator: ","))}").object
        #expect(object?.members.count == 100_000)
        members.append("\"k777\":0")
        #expect(throws: JSONError.self) { try JSONValue(parsing: "{\(members.joined(separator: ","))}") }
    }
}
