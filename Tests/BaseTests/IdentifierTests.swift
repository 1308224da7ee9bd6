import Base
import Testing

@Suite("Identifiers")
struct IdentifierTests {
    @Test("any letter case is read, and the description is lower case")
    func letterCase() throws {
        let id = try #require(PageID("019EF6FC-2638-7CE1-9CE3-2756CE038480"))
        #expect(id.description == "019ef6fc-2638-7ce1-9ce3-2756ce038480")
    }

    @Test(
        "anything but 8-4-4-4-12 hexadecimal digits is refused",
        arguments: [
            "", "019ef6fc-2638-7ce1-9ce3-2756ce03848", "019ef6fc-2638-7ce1-9ce3-2756ce0384800",
            "019ef6fc+2638-7ce1-9ce3-2756ce038480", "019ef6fc-2638-7ce1-9ce3-2756ce03848g",
            "019ef6fc26387ce19ce32756ce038480",
        ]
    )
    func refused(text: String) {
        #expect(PageID(text) == nil)
    }

    @Test("a version 7 id carries its time, version and variant")
    func version7() {
        let id = PageID.version7(milliseconds: 0x0198_c6a2_7e1b, random: (.max, .max))
        #expect(id.description == "0198c6a2-7e1b-7fff-bfff-ffffffffffff")
    }
}
