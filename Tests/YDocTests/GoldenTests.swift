import JSON
import ProseMirror
import Testing
import YDoc

@Suite("States that y-prosemirror encoded")
struct GoldenTests {
    @Test("are all here")
    func count() { #expect(Golden.all.count == 191) }

    @Test("are encoded again with the same bytes", arguments: Golden.all)
    func bytes(golden: Golden) throws {
        let document = try YDoc(decoding: golden.state)
        #expect(document.encodeState() == golden.state)
    }

    @Test("read as y-prosemirror reads them", arguments: Golden.all)
    func document(golden: Golden) throws {
        let document = try YDoc(decoding: golden.state)
        #expect(Plain.value(document.document().json) == Plain.value(golden.document))
    }
}
