import Foundation
import Inflate
import TestSupport
import Testing

@Suite("Unpacking gzip as it comes")
struct InflaterTests {
    private static func gzip(_ data: Data) throws -> [UInt8] {
        let directory = try TemporaryDirectory("docmost-git-inflate")
        try data.write(to: URL(fileURLWithPath: directory.file("x")))
        try runProgram(["gzip", "-n", directory.file("x")])
        return Array(try Data(contentsOf: URL(fileURLWithPath: directory.file("x.gz"))))
    }

    /// Everything that comes out, by pieces and a buffer of the given sizes.
    private func unpacked(_ bytes: [UInt8], piece: Int, room: Int) throws -> (bytes: [UInt8], hasEnded: Bool) {
        let inflater = try Inflater()
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: room)
        var rest = bytes[...]
        while !rest.isEmpty {
            inflater.feed(rest.prefix(piece))
            rest = rest.dropFirst(piece)
            while inflater.hasMore {
                let got = try buffer.withUnsafeMutableBytes { try inflater.inflate(into: $0) }
                all += buffer.prefix(got)
            }
        }
        return (all, inflater.hasEnded)
    }

    private static let text = Data((0..<40_000).map { "line \($0 % 997)\n" }.joined().utf8)

    @Test("Every byte comes out, whatever the sizes of the pieces", arguments: [1, 7, 65_536], [1, 100, 65_536])
    func pieces(_ piece: Int, _ room: Int) throws {
        let data = piece == 1 || room == 1 ? Self.text.prefix(20_000) : Self.text
        let result = try unpacked(Self.gzip(Data(data)), piece: piece, room: room)
        #expect(result.bytes == Array(data) && result.hasEnded)
    }

    @Test("A stream that is cut short gives what it had and does not claim its end")
    func short() throws {
        let packed = try Self.gzip(Self.text)
        let result = try unpacked(Array(packed.prefix(packed.count / 2)), piece: 1000, room: 4096)
        #expect(!result.hasEnded && result.bytes.count > 1000)
        #expect(Array(Self.text.prefix(result.bytes.count)) == result.bytes)
        #expect(try !unpacked(Array(packed.dropLast()), piece: 1000, room: 4096).hasEnded)
    }

    @Test("What follows the end is dropped, and an empty stream is one")
    func beyond() throws {
        let packed = try Self.gzip(Data("hello".utf8))
        let result = try unpacked(packed + Array("rubbish".utf8) + packed, piece: 9, room: 3)
        #expect(result.bytes == Array("hello".utf8) && result.hasEnded)
        let empty = try unpacked(Self.gzip(Data()), piece: 64, room: 64)
        #expect(empty.bytes.isEmpty && empty.hasEnded)
    }

    @Test("What is not gzip, and what is damaged, is an error")
    func damaged() throws {
        #expect(throws: InflateError.self) { try unpacked(Array("0000plain".utf8), piece: 100, room: 100) }
        var packed = try Self.gzip(Self.text)
        for index in packed.indices.suffix(8) { packed[index] ^= 0x55 }
        #expect(throws: InflateError.self) { try unpacked(packed, piece: 1000, room: 65_536) }
    }
}
