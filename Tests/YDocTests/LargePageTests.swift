import Base
import Foundation
import JSON
import ProseMirror
import Testing

@testable import YDoc

@Suite("Large and deep pages")
struct LargePageTests {
    static func paragraph(_ text: String, id: String? = nil) -> Node {
        var attrs: JSONObject = ["indent": 0, "dir": "auto"]
        if let id { attrs["id"] = .string(id) }
        return Node("paragraph", attrs: attrs, content: [.text(text)])
    }

    static func page(blocks: Int) -> Node {
        Node("doc", content: (0..<blocks).map { paragraph("Block \($0) says something about \($0 * 7919 % 1000).") })
    }

    /// The budget of a release build; debug builds are ten times slower.
    static func budget(_ seconds: Double) -> Duration {
        #if DEBUG
        .seconds(seconds * 15)
        #else
        .seconds(seconds)
        #endif
    }

    /// Debug builds get a quarter of the work.
    static let count = budget(1) == .seconds(1) ? 20_000 : 5_000

    @Test("of 20,000 blocks are read, changed and written within a second")
    func manyBlocks() throws {
        let state = try YDoc.new(from: Self.page(blocks: Self.count), schema: .upstream, client: 5).encodeState()
        var target = Self.page(blocks: Self.count)
        target.content?[Self.count / 2] = Self.paragraph("Another text here.")
        target.content?.remove(at: Self.count / 4 * 3)
        target.content?.insert(Self.paragraph("And a new one."), at: Self.count / 4)
        let before = Self.peakMemory()
        let duration = try processorTime {
            var document = try YDoc(decoding: state)
            let update = try document.diff(to: target, schema: .upstream)
            #expect(update.bytes.count < 600)
            #expect(!document.encodeState().isEmpty)
        }
        #expect(duration < Self.budget(1))
        // Exact figures are in Benchmarks/ydoc; other tests of this process count here too.
        #expect(Self.peakMemory() - before < 2 << 30)
    }

    @Test("of 20,000 blocks of which each is changed take no more than seconds")
    func everythingChanged() throws {
        var document = try YDoc.new(from: Self.page(blocks: Self.count), schema: .upstream, client: 5)
        let target = Node(
            "doc",
            content: (0..<Self.count).map { Self.paragraph("Block \($0) says nothing about \($0 * 7919 % 1000)!") }
        )
        let duration = try processorTime { _ = try document.diff(to: target, schema: .upstream) }
        #expect(duration < Self.budget(5))
        #expect(Canonical.full.isSame(document.document(), target))
    }

    @Test("whose every block is replaced by others take no more than seconds")
    func everythingReplaced() throws {
        var document = try YDoc.new(from: Self.page(blocks: Self.count), schema: .upstream, client: 5)
        let blocks = (0..<Self.count / 4).map {
            Node("heading", attrs: ["level": 2], content: [.text("Heading \($0)")])
        }
        let target = Node("doc", content: blocks)
        let duration = try processorTime { _ = try document.diff(to: target, schema: .upstream) }
        #expect(duration < Self.budget(5))
        #expect(Canonical.full.isSame(document.document(), target))
    }

    @Test("with one text of a megabyte are compared word by word")
    func longText() throws {
        let words = (0..<150_000).map { "word\($0 % 5_000)" }
        var changed = words
        changed[70_000] = "other"
        changed.removeSubrange(100_000..<100_010)
        var document = try YDoc.new(
            from: Node("doc", content: [Self.paragraph(words.joined(separator: " "))]),
            schema: .upstream
        )
        let target = Node("doc", content: [Self.paragraph(changed.joined(separator: " "))])
        let duration = try processorTime {
            let update = try document.diff(to: target, schema: .upstream)
            #expect(update.bytes.count < 100)
        }
        #expect(duration < Self.budget(2))
        #expect(Canonical.full.isSame(document.document(), target))
    }

    @Test("of 30 KB get an update of at most 200 bytes for one word")
    func oneWord() throws {
        let page = Self.page(blocks: 700)
        var document = try YDoc.new(from: page, schema: .upstream)
        var target = page
        target.content?[350] = Self.paragraph("Block 350 says everything about \(350 * 7919 % 1000).")
        let update = try document.diff(to: target, schema: .upstream)
        #expect(!update.isEmpty)
        #expect(update.bytes.count <= 200)
        #expect(update.bytes.count <= 40, "a word needs little more than itself")
    }

    @Test("nested thousands of levels deep are read, changed and written", arguments: [1_000, 3_900])
    func deep(levels: Int) throws {
        try withLargeStack {
            var page = Self.paragraph("at the bottom")
            for _ in 0..<levels { page = Node("blockquote", content: [page]) }
            page = Node("doc", content: [page])
            let state = try YDoc.new(from: page, schema: .upstream).encodeState()
            var document = try YDoc(decoding: state)
            #expect(document.encodeState() == state)
            #expect(Canonical.full.isSame(document.document(), page))
            #expect(try document.diff(to: page, schema: .upstream).isEmpty)
            let empty = Node("doc", content: [Node("paragraph")])
            let update = try document.diff(to: empty, schema: .upstream)
            #expect(!update.isEmpty)
            #expect(Canonical.full.isSame(document.document(), empty))
            #expect(try YDoc(decoding: document.encodeState()).encodeState() == document.encodeState())
        }
    }

    @Test("nested deeper than any editor allows are still read and deleted, on an ordinary stack for the Yjs part")
    func abyss() throws {
        var bytes = ByteBuilder()
        let levels = 10_000
        bytes.number(1)
        bytes.number(levels)
        bytes.number(9)
        bytes.number(0)
        for level in 0..<levels {
            bytes.number(7)
            if level == 0 {
                bytes.number(1)
                bytes.text("default")
            } else {
                bytes.number(0)
                bytes.number(9)
                bytes.number(level - 1)
            }
            bytes.number(3)
            bytes.text("blockquote")
        }
        bytes.number(0)
        let state = bytes.bytes
        let document = try YDoc(decoding: state)
        #expect(document.encodeState() == state)
        try withLargeStack {
            var copy = document
            #expect(copy.document().children.count == 1)
            _ = try copy.diff(to: Node("doc", content: [Node("paragraph")]), schema: .upstream)
            #expect(copy.document().children.count == 1)
            #expect(copy.document().children.first?.type == "paragraph")
        }
    }

    /// The most memory that this process has held, in bytes.
    static func peakMemory() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) << 10
    }
}
