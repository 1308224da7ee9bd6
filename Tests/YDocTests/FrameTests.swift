import Testing
import YDoc

@Suite("Frames of the live channel")
struct FrameTests {
    static let examples: [(Frame, [UInt8])] = [
        (Frame("page.X", .token("TOK", version: "4.5.0")), name + [2, 0, 3] + utf8("TOK") + [5] + utf8("4.5.0")),
        (Frame("page.X", .token("TOK", version: nil)), name + [2, 0, 3] + utf8("TOK")),
        (Frame("page.X", .authenticated(.readWrite)), name + [2, 2, 10] + utf8("read-write")),
        (Frame("page.X", .authenticated(.readOnly)), name + [2, 2, 8] + utf8("readonly")),
        (Frame("page.X", .denied(reason: "no")), name + [2, 1, 2] + utf8("no")),
        (Frame("page.X", .step1(vector, isReply: false)), name + [0, 0, 3, 1, 1, 0x15]),
        (Frame("page.X", .step1(vector, isReply: true)), name + [4, 0, 3, 1, 1, 0x15]),
        (Frame("page.X", .step2(update: [0, 0], isReply: false)), name + [0, 1, 2, 0, 0]),
        (
            Frame("page.X", .update([1, 1, 7, 0, 0x44, 1, 2, 1, 0x5A, 0])),
            name + [0, 2, 0x0A, 1, 1, 7, 0, 0x44, 1, 2, 1, 0x5A, 0]
        ),
        (Frame("page.X", .status(isAccepted: true)), name + [8, 1]),
        (Frame("page.X", .status(isAccepted: false)), name + [8, 0]),
        (Frame("page.X", .stateless("{}")), name + [5, 2] + utf8("{}")),
        (Frame("page.X", .close(reason: "bye")), name + [7, 3] + utf8("bye")),
        (Frame("page.X", .awareness([1, 2])), name + [1, 2, 1, 2]),
        (Frame("page.X", .queryAwareness), name + [3]),
        (Frame("page.X", .ping), name + [9]),
        (Frame("page.X", .pong), name + [10]),
        (Frame("page.X", .ping, session: "s1"), [9] + utf8("page.X\0s1") + [9]),
    ]

    static let name: [UInt8] = [6] + utf8("page.X")
    static let vector: StateVector = {
        var vector = StateVector()
        vector[1] = 0x15
        return vector
    }()
    static func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("are written and read by the byte", arguments: examples.indices)
    func bothWays(index: Int) throws {
        let (frame, bytes) = Self.examples[index]
        #expect(frame.bytes == bytes)
        #expect(try Frame(decoding: bytes) == frame)
    }

    @Test("of a kind that is not known are told apart from damage")
    func unknown() throws {
        #expect(try Frame(decoding: Self.name + [42, 1]).message == .unknown(42))
        #expect(throws: YDocError.self) { try Frame(decoding: Self.name) }
    }

    @Test("that are cut are refused, never misread", arguments: examples.indices)
    func cut(index: Int) {
        let bytes = Self.examples[index].1
        for length in 0..<bytes.count {
            guard let frame = try? Frame(decoding: Array(bytes[..<length])) else { continue }
            // Only what is optional may be missing: the version of a token, the reason of a close.
            switch frame.message {
            case .token(_, version: nil), .close(reason: ""): break
            default: Issue.record("a cut frame was read as \(frame)")
            }
        }
    }
}
