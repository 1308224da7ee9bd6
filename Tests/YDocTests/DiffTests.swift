import JSON
import ProseMirror
import Testing
import YDoc

@Suite("Changing a page into a target")
struct DiffTests {
    @Test("leads from any golden page to any other, and the change alone does the same elsewhere", arguments: 0..<190)
    func everyStep(index: Int) throws {
        let target = try Node(json: Golden.all[index + 1].document)
        guard Schema.upstream.isValid(target, unknown: .accepted) else { return }
        for start in [Golden.all[index], Golden.all[(index * 7) % 191]] {
            var document = try YDoc(decoding: start.state)
            var peer = document
            let update: YUpdate
            do throws(YDocError) {
                update = try document.diff(to: target, schema: .upstream, client: 77)
            } catch {
                #expect(error.code == .invalidTarget)
                continue
            }
            // An id that the target leaves out stays, so ids are compared apart.
            #expect(Canonical(ids: false, comments: true).isSame(document.document(), target))
            try peer.apply(update.bytes)
            #expect(peer.encodeState() == document.encodeState())
            #expect(try document.diff(to: target, schema: .upstream).isEmpty)
            #expect(update.isEmpty || document.contains(client: update.client, clock: update.clock))
            #expect(try YDoc(decoding: document.encodeState()).encodeState() == document.encodeState())
        }
    }

    @Test("builds a new state that reads as the page")
    func fresh() throws {
        for golden in Golden.all {
            let target = try Node(json: golden.document)
            guard Schema.upstream.isValid(target) else { continue }
            let document = try YDoc.new(from: target, schema: .upstream)
            #expect(Canonical.full.isSame(document.document(), target), "\(golden.name)")
        }
    }
}
