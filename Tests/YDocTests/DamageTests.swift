import DocumentGenerator
import ProseMirror
import Testing

@testable import YDoc

@Suite("Damaged and crafted input")
struct DamageTests {
    @Test("is refused or read, and never traps", arguments: 0..<8)
    func mutations(part: Int) throws {
        var random = SeededRandom(seed: UInt64(part))
        let share = Campaign.size(4_000, full: 100_000) / 8
        var read = 0
        for _ in 0..<share {
            var bytes = random.pick(Golden.all).state
            Self.damage(&bytes, &random)
            guard var document = try? YDoc(decoding: bytes) else { continue }
            read += 1
            let again = document.encodeState()
            #expect(throws: Never.self) { try YDoc(decoding: again) }
            _ = try? document.diff(to: random.pick(Fixture.all).document, schema: .upstream)
            _ = document.document()
        }
        #expect(read > 0)
    }

    @Test("as a change to a good state leaves it as it was when refused", arguments: 0..<4)
    func changes(part: Int) throws {
        var random = SeededRandom(seed: UInt64(100 + part))
        for _ in 0..<Campaign.size(2_000, full: 40_000) / 4 {
            var document = try YDoc(decoding: random.pick(Golden.all).state)
            let before = document.encodeState()
            var bytes = random.pick(Golden.all).state
            Self.damage(&bytes, &random)
            do throws(YDocError) {
                try document.apply(bytes)
                _ = document.document()
                _ = document.encodeState()
            } catch {
                #expect(document.encodeState() == before)
            }
        }
    }

    @Test("that ends too early is refused at every length", arguments: stride(from: 0, to: 191, by: 8).map(\.self))
    func truncation(index: Int) {
        let state = Golden.all[index].state
        for length in 0..<state.count {
            #expect(throws: YDocError.self) { try YDoc(decoding: Array(state[..<length])) }
        }
    }

    private static func damage(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        for _ in 0..<random.number(1...4) where !bytes.isEmpty {
            let index = random.number(0...bytes.count - 1)
            switch random.number(0...5) {
            case 0: bytes[index] ^= 1 << UInt8(random.number(0...7))
            case 1: bytes[index] = UInt8(random.number(0...255))
            case 2: bytes.remove(at: index)
            case 3: bytes.insert(UInt8(random.number(0...255)), at: index)
            case 4: bytes.removeSubrange(index..<min(bytes.count, index + random.number(1...20)))
            default:
                let end = min(bytes.count, index + random.number(1...20))
                bytes.insert(contentsOf: bytes[index..<end], at: random.number(0...bytes.count - 1))
            }
        }
    }

    static let crafted: [(String, [UInt8])] = [
        ("an unknown kind of struct", [1, 1, 1, 0, 11, 1, 1, 0x61, 0, 0]),
        ("yrs' weak link", [1, 1, 1, 0, 7, 1, 1, 0x61, 7, 0]),
        ("yrs' undefined type", [1, 1, 1, 0, 7, 1, 1, 0x61, 15, 0]),
        ("2^50 structs", [1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 4, 1, 0]),
        ("2^50 clients", [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 4]),
        ("a text of 2^50 bytes", [1, 1, 1, 0, 4, 1, 1, 0x61, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 4, 0]),
        ("2^50 values", [1, 1, 1, 0, 8, 1, 1, 0x61, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 4, 0]),
        ("a number of nine bytes", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]),
        ("text that is not UTF-8", [1, 1, 1, 0, 4, 1, 1, 0x61, 2, 0xC3, 0x28, 0]),
        ("an empty text", [1, 1, 1, 0, 4, 1, 1, 0x61, 0, 0]),
        ("a client twice", [2, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0]),
        ("a reference to a later struct of its own", [1, 1, 1, 0, 0x84, 1, 5, 1, 0x61, 0]),
        ("a reference to itself", [1, 1, 1, 0, 0x84, 1, 0, 1, 0x61, 0]),
        ("bytes behind the end", [0, 0, 0]),
        ("values nested 300 levels", [1, 1, 1, 0, 8, 1, 1, 0x61, 1] + [UInt8](repeating: 117, count: 600) + [0]),
    ]

    @Test("of each of these kinds is refused", arguments: crafted.indices)
    func refused(index: Int) {
        #expect(throws: YDocError.self, "\(Self.crafted[index].0)") { try YDoc(decoding: Self.crafted[index].1) }
    }

    @Test("that refers to what is not there says that changes are missing")
    func pending() {
        let cases: [[UInt8]] = [
            [1, 1, 7, 0, 0x84, 1, 6, 2, 0x69, 0x21, 0],
            [1, 1, 7, 3, 4, 1, 1, 0x61, 1, 0x62, 0],
            [0, 1, 1, 1, 3, 4],
            // Two clients that wait for each other.
            [2, 1, 2, 0, 0x84, 1, 0, 1, 0x61, 1, 1, 0, 0x84, 2, 0, 1, 0x61, 0],
        ]
        for bytes in cases {
            let error = #expect(throws: YDocError.self) { try YDoc(decoding: bytes) }
            #expect(error?.code == .pending)
        }
    }

    @Test("that makes everyone insert at one place ends in an error or soon")
    func conflicts() {
        // 30,000 clients, each with one character at the start of the same text: quadratic if nothing stops it.
        var bytes = ByteBuilder()
        let clients = 30_000
        bytes.number(clients)
        for client in stride(from: clients, to: 0, by: -1) {
            bytes.number(1)
            bytes.number(client)
            bytes.raw([0, 4, 1, 1, 0x61, 1, 0x62])
        }
        bytes.raw([0])
        let duration = processorTime { _ = try? YDoc(decoding: bytes.bytes) }
        #expect(duration < LargePageTests.budget(5))
    }

    @Test("of many small structs takes memory in proportion")
    func manyStructs() throws {
        // One client, a text of single characters, each behind the one before: about ten bytes each.
        let count = Campaign.size(50_000, full: 1_000_000)
        var bytes = ByteBuilder()
        for number in [1, count, 1, 0] { bytes.number(number) }
        bytes.raw([4, 1, 1, 0x61, 1, 0x62])
        for clock in 1..<count {
            bytes.raw([0xC4, 1])
            bytes.number(clock - 1)
            bytes.raw([1])
            bytes.number(max(0, clock - 2))
            bytes.raw([1, 0x62])
        }
        bytes.number(0)
        let before = LargePageTests.peakMemory()
        let document = try? YDoc(decoding: bytes.bytes)
        #expect(LargePageTests.peakMemory() - before < 2 << 30)
        if let document { #expect(try YDoc(decoding: document.encodeState()).encodeState() == document.encodeState()) }
    }

    @Test("of a million collected ranges is joined while it is read")
    func manyCollected() throws {
        let count = 1_000_000
        var bytes = ByteBuilder()
        for number in [1, count, 1, 0] { bytes.number(number) }
        for _ in 0..<count { bytes.raw([0, 1]) }
        bytes.number(0)
        let document = try YDoc(decoding: bytes.bytes)
        #expect(document.stateVector[1] == count)
        #expect(document.encodeState().count < 20)
    }

    @Test("with thousands of marks on one text, or of attributes on one node, ends in an error or soon")
    func manyNames() throws {
        var marks = RawPage()
        let text = try marks.text(in: marks.element("paragraph"))
        for number in 0..<Campaign.size(4_000, full: 20_000) {
            try marks.format("mark\(number)", "{}", in: text)
            try marks.type("x", into: text)
        }
        var attributes = RawPage()
        let element = try attributes.element("paragraph")
        for number in 0..<Campaign.size(4_000, full: 20_000) {
            try attributes.attribute("name\(number)", .bool(true), of: element)
        }
        for raw in [marks, attributes] {
            let duration = processorTime {
                guard var page = try? raw.page() else { return }
                _ = page.document()
                _ = try? page.write(Make.paragraph(.text("one")))
            }
            #expect(duration < LargePageTests.budget(3))
        }
    }

    @Test("with gigantic collected ranges costs nothing")
    func collected() throws {
        let document = try YDoc(decoding: [1, 1, 1, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 4, 0])
        #expect(document.stateVector[1] == 1 << 51)
        #expect(try YDoc(decoding: document.encodeState()).encodeState() == document.encodeState())
    }
}

/// Writes updates by hand.
struct ByteBuilder {
    private(set) var bytes: [UInt8] = []

    mutating func raw(_ content: some Sequence<UInt8>) { bytes.append(contentsOf: content) }

    mutating func number(_ value: Int) {
        var rest = value
        while rest >= 128 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func text(_ text: String) {
        number(text.utf8.count)
        raw(text.utf8)
    }
}
