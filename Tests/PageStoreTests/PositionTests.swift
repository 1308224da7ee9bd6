import Base
import Testing

@testable import PageStore

struct PositionTests {
    @Test("keys go on without end and stay in order")
    func chains() {
        var key: String?
        for _ in 0..<5000 {
            let next = Position.after(key)
            if let key { #expect(key.utf8.lexicographicallyPrecedes(next.utf8)) }
            key = next
        }
        #expect(key.map { $0.utf8.count <= 8 } == true)
    }

    @Test("keys of other writers are understood or stepped over")
    func foreignKeys() {
        for key in ["a00000", "a0Bx7", "zzz", "", "!", "Zz", "A00000000000000000000000000"] {
            #expect(key.utf8.lexicographicallyPrecedes(Position.after(key).utf8), "\(key)")
        }
        #expect(Position.after("az", random: { 0 }) == "b00001")
    }
}
