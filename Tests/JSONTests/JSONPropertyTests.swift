import JSON
import Testing

@Suite("JSON, over random input")
struct JSONPropertyTests {
    @Test func whatIsWrittenIsReadBackEqual() throws {
        var random = SeededRandom(seed: 0x15)
        for _ in 0..<3_000 {
            let value = randomValue(depth: 4, &random)
            for style in [JSONStyle.compact, .pretty, JSONStyle(isPretty: true, isMarkupSafe: true)] {
                #expect(try JSONValue(parsing: value.bytes(style)) == value)
            }
        }
    }

    @Test func markupSafeTextHoldsNoMarkup() throws {
        let value: JSONValue = ["<a&b>\u{7F}\u{2028}\u{2029}\u{2027}\u{202A}â"]
        #expect(
            value.serialized(JSONStyle(isMarkupSafe: true))
                == "[\"\\u003ca\\u0026b\\u003e\\u007f\\u2028\\u2029\u{2027}\u{202A}â\"]"
        )
    }

    @Test func prettyTextIsIndentedByTwo() {
        let value: JSONValue = ["a": [1, ["b": []]], "c": [:]]
        #expect(
            value.serialized(.pretty) == "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": {}\n}"
        )
    }

    @Test func randomAndMutatedBytesAreReadOrRefusedWithoutATrap() throws {
        var random = SeededRandom(seed: 0x16)
        let sample = Array("{\"a\":[1,2.5e-3,\"x\\n\\ud83d\\ude00é\",null,true],\"b\":{\"c\":false}}".utf8)
        for round in 0..<20_000 {
            var bytes = sample
            if round.isMultiple(of: 4) {
                bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
            } else {
                for _ in 0..<Int.random(in: 1..<4, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
            }
            guard let value = try? JSONValue(parsing: bytes) else { continue }
            #expect(try JSONValue(parsing: value.bytes()) == value)
        }
    }

    private func randomValue(depth: Int, _ random: inout SeededRandom) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: .null
        case 1: .bool(.random(using: &random))
        case 2: .number(JSONNumber(Int.random(in: -1_000_000...1_000_000, using: &random)))
        case 3: .string(randomText(&random))
        case 4: JSONNumber(Double.random(in: -1e20...1e20, using: &random)).map(JSONValue.number) ?? .null
        case 5, 6:
            .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in randomValue(depth: depth - 1, &random) })
        default: .object(randomObject(depth: depth, &random))
        }
    }

    private func randomObject(depth: Int, _ random: inout SeededRandom) -> JSONObject {
        var object = JSONObject()
        for _ in 0..<Int.random(in: 0..<30, using: &random) {
            object[randomText(&random)] = randomValue(depth: min(depth - 1, 1), &random)
        }
        return object
    }

    private func randomText(_ random: inout SeededRandom) -> String {
        let alphabet = Array("ab\"\\/<>&\u{0}\u{1F}\u{7F}\né\u{301}\u{2028}😀\u{FEFF}".unicodeScalars)
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<6, using: &random) {
            text.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
        }
        return String(text)
    }
}

/// SplitMix64: the same cases on every machine.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
