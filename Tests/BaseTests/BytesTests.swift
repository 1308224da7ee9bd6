import Base
import Testing

@Suite("Bytes as text")
struct BytesTests {
    // RFC 4648 §10.
    @Test(
        "base64 follows the RFC's test vectors",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
    )
    func base64(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test("tokens use the URL-safe alphabet without padding")
    func urlSafe() {
        #expect(Base64.encode([0xFB, 0xFF], urlSafe: true) == "-_8")
    }

    @Test("other characters and impossible lengths are refused", arguments: ["a", "ab=c", "a b=", "ab=", "Zm9v="])
    func refused(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("hexadecimal text is read in both cases")
    func hex() {
        #expect(bytes(hex: "00fFa1") == [0, 255, 161])
        #expect(bytes(hex: "0") == nil)
        #expect(hexString([0, 255, 161]) == "00ffa1")
    }
}
