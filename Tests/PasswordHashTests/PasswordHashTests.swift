import Testing

@testable import PasswordHash

@Suite("bcrypt password hashes")
struct PasswordHashTests {
    @Test(
        "The spellings of bcrypt that Docmost's library writes and reads are checked",
        arguments: [
            "$2a$04$TG8hIRMq5XONKZUIEglneuho4RRDWw87UkMNF7/ewAUPr2B/HZa2e",
            "$2b$04$iQMATlP3NAnxJ/gXfqZUr.NejOrGpX0zyoYal.yQvE1LWf4Z6yGja",
            "$2y$04$Kdr5B.CsHHNm3sW1d7L49ONpyAuvCMuVJlkUZqZwKRgHr8OjA0FzW",
        ]
    )
    func spellings(_ hash: String) {
        #expect(PasswordHash.matches(Array("correct horse".utf8), hash: hash))
        #expect(!PasswordHash.matches(Array("correct horsf".utf8), hash: hash))
        #expect(!PasswordHash.matches([], hash: hash))
    }

    @Test("Bytes after the 72nd do not count, as in Docmost")
    func seventyTwo() {
        let hash = "$2b$04$p4OgrjcKrCZ/eP0LhoUA1eKPIItbowLyrhiX.ny/UOR.GP33l3R9S"
        #expect(PasswordHash.matches(Array(String(repeating: "ä", count: 36).utf8), hash: hash))
        #expect(PasswordHash.matches(Array((String(repeating: "ä", count: 36) + "more").utf8), hash: hash))
        #expect(!PasswordHash.matches(Array(String(repeating: "ä", count: 35).utf8), hash: hash))
    }

    @Test(
        "What is no bcrypt hash matches nothing",
        arguments: [nil, "", "x", "$1$abc$def", "$2b$99$abcdefghijklmnopqrstuu", "*0", "$2b$12$short"]
    )
    func foreign(_ hash: String?) {
        #expect(!PasswordHash.matches(Array("".utf8), hash: hash))
    }

    @Test("A password with a zero byte is never right")
    func zero() {
        #expect(
            !PasswordHash.matches(
                Array("correct horse\u{0}tail".utf8),
                hash: "$2b$04$iQMATlP3NAnxJ/gXfqZUr.NejOrGpX0zyoYal.yQvE1LWf4Z6yGja"
            )
        )
    }

    @Test("An unknown account is hashed with the cost that Docmost writes")
    func equalCost() {
        // What is measured is in Benchmarks/host; here: the same function, the same cost, and no way to be right.
        #expect(PasswordHash.placeholder.hasPrefix("$2b$12$"))
        #expect(PasswordHash.placeholder.utf8.count == 60)
        #expect(!PasswordHash.matches(Array("guess".utf8), hash: nil))
    }
}
