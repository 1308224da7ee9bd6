import GitHTTP
import Testing

@Suite("The lines in front of a pack")
struct PushPreambleTests {
    private func line(_ text: String) -> [UInt8] { PktLine.encode(Array(text.utf8)) }

    @Test(
        "a push of main and its options are no burden, and a pack of any size is not counted",
        arguments: [(1, 10_000), (70_000, 3 << 20)]
    )
    func ordinary(_ pieces: Int, _ packBytes: Int) {
        var body = line("a b refs/heads/main\0report-status") + PktLine.flush + line("dry-run") + PktLine.flush
        body += Array("PACK".utf8) + [UInt8](repeating: UInt8(ascii: "1"), count: packBytes)
        var preamble = PushPreamble()
        for start in stride(from: 0, to: body.count, by: pieces) {
            preamble.take(body[start..<min(start + pieces, body.count)])
        }
        #expect(!preamble.isTooLong)
    }

    @Test("too many refs, or options, are seen as soon as they are, however they come", arguments: [1000, 65_536])
    func long(_ pieces: Int) {
        let refs = (0..<20_000).flatMap { line("0 1 refs/heads/\($0) and so on and so on and so on") }
        let options = (0..<20).flatMap { _ in line(String(repeating: "o", count: 60_000)) }
        for body in [refs, line("a b refs/heads/main") + PktLine.flush + options] {
            var preamble = PushPreamble()
            for start in stride(from: 0, to: body.count, by: pieces) {
                preamble.take(body[start..<min(start + pieces, body.count)])
            }
            #expect(preamble.isTooLong)
        }
    }

    @Test("what is no line of the protocol is left to git", arguments: ["GET / HTTP/1.1", "-001", "+00f", "zzzz"])
    func foreign(_ text: String) {
        var preamble = PushPreamble()
        preamble.take(Array(text.utf8) + [UInt8](repeating: UInt8(ascii: "f"), count: 3 << 20))
        #expect(!preamble.isTooLong)
    }
}
