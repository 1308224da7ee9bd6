import Base
import Testing

@testable import PageStore

struct PositionTests {
    @Test("keys behind and before go on without end and stay in order")
    func chains() throws {
        var key: String?
        for _ in 0..<5000 {
            let next = Position.after(key)
            if let key { #expect(key.utf8.lexicographicallyPrecedes(next.utf8)) }
            key = next
        }
        #expect(key.map { $0.utf8.count <= 8 } == true)
        for _ in 0..<5000 {
            let next = try #require(Position.before(key))
            #expect(next.utf8.lexicographicallyPrecedes(try #require(key).utf8))
            key = next
        }
    }

    @Test("there is always room between two different keys", arguments: [UInt64(1), 2, 3])
    func between(seed: UInt64) throws {
        var state = seed
        func random() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 20
        }
        var keys = [Position.after(nil, random: random)]
        for _ in 0..<400 {
            let index = Int(random() % UInt64(keys.count + 1))
            let low = index > 0 ? keys[index - 1] : nil
            let high = index < keys.count ? keys[index] : nil
            let key = try #require(Position.between(low, high, random: random), "\(low ?? "-") \(high ?? "-")")
            #expect(Position.integerPart(Array(key.utf8)) != nil)
            #expect(key.utf8.last != UInt8(ascii: "0"))
            keys.insert(key, at: index)
        }
        for (left, right) in zip(keys, keys.dropFirst()) { #expect(left.utf8.lexicographicallyPrecedes(right.utf8)) }
    }

    @Test("keys of other writers are understood or stepped over")
    func foreignKeys() {
        for key in ["a00000", "a0Bx7", "zzz", "", "!", "Zz", "A00000000000000000000000000"] {
            #expect(key.utf8.lexicographicallyPrecedes(Position.after(key).utf8), "\(key)")
        }
        #expect(Position.between("a1", "a1") == nil)
        #expect(Position.between("a2", "a1") == nil)
        #expect(Position.after("az", random: { 0 }) == "b00001")
        #expect(Position.before("a0", random: { 0 }) == "Zz001")
    }
}
