import DocumentGenerator
import JSON
import ProseMirror
import Testing

@testable import YDoc

@Suite("Text that changes")
struct TextTests {
    /// Texts in which a careless cut would tear a character apart.
    static let fragile = [
        "a😀b", "a😁b", "😀😀", "😀😁", "👨‍👩‍👧 family", "👨‍👩‍👦 family", "e\u{301}cole", "école", "e", "🇩🇪🇫🇷", "🇩🇰🇫🇷", "क्षि", "क्षा", "\r\n",
        "\n", "\r",
        "👍🏽", "👍🏿", "👍", "한국어", "각", "\u{1100}\u{1161}\u{11A8}", "Z͑ͫ̓ͪ̂ͫ", "", "日本語の文", "日本語文", "a\u{FE0F}b", "\u{1F468}",
        "x\u{200D}y",
    ]

    @Test("between any two fragile texts never cuts a character", arguments: fragile)
    func graphemes(old: String) throws {
        for new in Self.fragile {
            let steps = TextAlignment.steps(Array(old.utf16)[...], Array(new.utf16)[...])
            let (oldCuts, newCuts) = (Self.boundaries(old), Self.boundaries(new))
            var (oldEnd, newEnd, result) = (0, 0, [UInt16]())
            for step in steps {
                switch step {
                case .keep(let count):
                    result += Array(old.utf16)[oldEnd..<oldEnd + count]
                    (oldEnd, newEnd) = (oldEnd + count, newEnd + count)
                case .delete(let count): oldEnd += count
                case .insert(let range):
                    result += Array(new.utf16)[range]
                    newEnd += range.count
                }
                let isWhole = oldCuts.contains(oldEnd) && newCuts.contains(newEnd)
                #expect(isWhole, "a character is cut between \(old.debugDescription) and \(new.debugDescription)")
            }
            #expect(oldEnd == old.utf16.count && result == Array(new.utf16))
        }
    }

    /// The offsets at which a character begins or ends.
    private static func boundaries(_ text: String) -> Set<Int> {
        text.reduce(into: (0, [0] as Set<Int>)) { state, character in
            state.0 += character.utf16.count
            state.1.insert(state.0)
        }.1
    }

    @Test("reads as wanted after every change, also as marks", arguments: 0..<Campaign.size(100, full: 2_000))
    func chains(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var page = try Make.page(Make.paragraph(), client: 1)
        for _ in 0..<12 {
            var texts: [Node] = []
            for _ in 0..<random.number(0...4) {
                let marks = ["bold", "italic", "strike"].filter { _ in random.chance(30) }
                let text = random.pick(Self.fragile + ["some words", "other words here", " "])
                if !text.isEmpty { texts.append(.text(text, marks.map { Mark($0, attrs: [:]) })) }
            }
            let target = Make.doc(Node("paragraph", content: texts))
            var peer = page
            let update = try page.diff(to: target, schema: .upstream)
            #expect(Canonical.full.isSame(page.document(), target))
            try peer.apply(update.bytes)
            #expect(peer.encodeState() == page.encodeState())
            #expect(try page.diff(to: target, schema: .upstream).isEmpty)
            expectNoRedundantFormats(page)
        }
    }

    /// No format item that changes nothing, none that is overruled before any text comes.
    private func expectNoRedundantFormats(_ page: YDoc) {
        let store = page.store
        for type in store.types where type.kind == .xmlText {
            var inForce: [NameIndex: NameIndex] = [:]
            var sinceText: Set<NameIndex> = []
            let null = store.names.find("null")
            var next = type.first
            while next != none {
                let item = store.items[Int(next)]
                next = item.right
                guard !item.isDeleted else { continue }
                if item.kind == .string { sinceText = [] }
                guard item.kind == .format else { continue }
                let before = inForce[item.payload] ?? null
                #expect(before != item.value, "a format item changes nothing")
                #expect(sinceText.insert(item.payload).inserted, "a format item is overruled at once")
                inForce[item.payload] = item.value
            }
            #expect(inForce.values.allSatisfy { $0 == null }, "a mark is left open")
        }
    }

    @Test("keeps the items of what stays")
    func items() throws {
        var page = try Make.page(Make.paragraph(.text("The quick brown fox jumps over the lazy dog")))
        let update = try page.write(Make.paragraph(.text("The quick red fox jumps over the very lazy dog")), client: 5)
        let change = try #require(Change(update.bytes, over: page))
        #expect(change.inserted == ["red", " very"])
        #expect(change.deletedUnits == 5)
    }

    @Test("that only gets a mark keeps every character")
    func marksOnly() throws {
        var page = try Make.page(Make.paragraph(.text("some words here")))
        let update = try page.write(
            Make.paragraph(.text("some "), Make.text("words", "bold"), .text(" here")),
            client: 5
        )
        let change = try #require(Change(update.bytes, over: page))
        #expect(change.inserted.isEmpty && change.deletedUnits == 0)
        let back = try page.write(Make.paragraph(.text("some words here")), client: 6)
        #expect(try #require(Change(back.bytes, over: page)).inserted.isEmpty)
        #expect(page.document().children.first?.children.count == 1)
    }

    @Test("grows at its start, at its end, and behind a deleted tail")
    func ends() throws {
        var page = try Make.page(Make.paragraph(.text("middle end")))
        for line in ["start middle end", "start middle", "start middle again", "", "all new", "a"] {
            _ = try page.write(Make.paragraph(line.isEmpty ? .text(" ") : .text(line)))
            #expect(page.lines == [line.isEmpty ? " " : line])
        }
        _ = try page.write(Make.paragraph())
        #expect(page.lines == [""])
        _ = try page.write(Make.paragraph(.text("back")))
        #expect(page.lines == ["back"])
    }

    @Test("in large parts keeps words that stay, whatever surrounds them")
    func fineHunks() throws {
        var page = try Make.page(Make.paragraph(.text("alpha beta gamma delta epsilon zeta eta theta")))
        let update = try page.write(Make.paragraph(.text("alpha BETA gamma DELTA epsilon zeta iota eta")), client: 5)
        let change = try #require(Change(update.bytes, over: page))
        #expect(change.inserted == ["BETA", "DELTA", "iota "] || change.inserted == ["BETA", "DELTA", " iota"])
    }
}

/// What an update contains, for the tests that look at its size.
struct Change {
    private(set) var inserted: [String] = []
    private(set) var deletedUnits = 0

    init?(_ update: [UInt8], over page: YDoc) {
        var store = page.store
        var reader = UpdateReader(update)
        guard let incoming = try? reader.read(into: &store) else { return nil }
        for section in incoming.sections {
            for entry in section.structs where entry.item.kind == .string {
                inserted.append(String(decoding: store.units(of: entry.item), as: UTF16.self))
            }
        }
        deletedUnits = incoming.deletions.reduce(0) { $0 + $1.range.end - $1.range.clock }
    }
}
