import Base
import Collab
import Testing

struct MessagePackTests {
    @Test(
        "values come back as they were",
        arguments: [
            MessagePack.null, .bool(true), .int(0), .int(127), .int(-32), .int(-33), .int(300), .int(-70_000),
            .double(1.5),
            .text(""), .text(String(repeating: "ä", count: 40)), .bytes([]), .bytes(Array(repeating: 7, count: 70_000)),
            .array((0..<20).map { .int($0) }), .map(["a": .array([.map(["b": .null])]), "c": .text("d")]),
            .other(type: 0, bytes: [0]),
        ]
    )
    func roundTrip(value: MessagePack) {
        #expect(MessagePack(decoding: value.encoded) == value)
    }

    @Test("the forms that the servers' library writes are read")
    func foreignForms() {
        #expect(MessagePack(decoding: [0xD4, 0, 0]) == .other(type: 0, bytes: [0]))
        #expect(MessagePack(decoding: [0xCD, 1, 0]) == .int(256))
        #expect(MessagePack(decoding: [0xCA, 0x3F, 0xC0, 0, 0]) == .double(1.5))
        #expect(MessagePack(decoding: [0xD1, 0xFF, 0xFE]) == .int(-2))
        #expect(MessagePack(decoding: [0xDE, 0, 1, 0xA1, 0x61, 1]) == .map(["a": .int(1)]))
        #expect(MessagePack.int(1 << 40).encoded.first == 0xCB)
    }

    @Test("damaged, deep and over-long input is refused, not trapped on")
    func damaged() {
        let whole = MessagePack.map(["key": .array([.bytes([1, 2, 3]), .text("x"), .double(2)])]).encoded
        for cut in 0..<whole.count { #expect(MessagePack(decoding: Array(whole[..<cut])) == nil) }
        #expect(MessagePack(decoding: whole + [0]) == nil)
        #expect(MessagePack(decoding: Array(repeating: 0x91, count: 100_000)) == nil)
        #expect(MessagePack(decoding: [0xC6, 0xFF, 0xFF, 0xFF, 0xFF]) == nil)
        #expect(MessagePack(decoding: [0xDD, 0xFF, 0xFF, 0xFF, 0xFF, 0]) == nil)
        #expect(MessagePack(decoding: [0x81, 0x01, 0x01]) == nil)
        var state: UInt64 = 1
        for _ in 0..<5000 {
            var bytes = whole
            state = state &* 6_364_136_223_846_793_005 &+ 1
            bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 50)
            _ = MessagePack(decoding: bytes)
        }
    }
}

struct CollabTokenTests {
    @Test("a token is the one that any HS256 library makes")
    func known() throws {
        let token = CollabToken.sign(
            user: try #require(UserID("0198c6a2-0000-7000-8000-0000000000a1")),
            workspace: try #require(WorkspaceID("0198c6a2-0000-7000-8000-000000000001")),
            secret: Secret("a-secret-of-at-least-thirty-two-characters"),
            now: 1_700_000_000_000
        )
        let parts = token.revealed.split(separator: ".")
        #expect(parts.count == 3)
        #expect(parts[0] == "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9")
        #expect(!token.revealed.contains("=") && "\(token)".contains("secret"))
    }
}
