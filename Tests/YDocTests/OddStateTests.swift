import JSON
import ProseMirror
import Testing

@testable import YDoc

/// States that no fresh editor makes but that real pages hold.
@Suite("States with a past")
struct OddStateTests {
    @Test("text spread over several XmlTexts is left alone, or changed where it lies")
    func adjacentTexts() throws {
        var raw = RawPage()
        let paragraph = try raw.element("paragraph")
        for part in ["one ", "two ", "three"] { try raw.type(part, into: raw.text(in: paragraph)) }
        var page = try raw.page()
        #expect(page.document().children.first?.children.count == 3)
        #expect(try page.write(Make.paragraph(.text("one two three"))).isEmpty)
        let update = try page.write(Make.paragraph(.text("one 2 three, four")), client: 5)
        let change = try #require(Change(update.bytes, over: page))
        #expect(change.inserted == ["2", ", four"] && change.deletedUnits == 3)
        #expect(Canonical.full.isSame(page.document(), Make.doc(Make.paragraph(.text("one 2 three, four")))))
    }

    @Test("text spread over thousands of XmlTexts takes no more than seconds")
    func manyTexts() throws {
        var raw = RawPage()
        let paragraph = try raw.element("paragraph")
        for number in 0..<5_000 { try raw.type("\(number) ", into: raw.text(in: paragraph)) }
        var page = try raw.page()
        let line = (0..<5_000).map { "\($0) " }.joined()
        let duration = try processorTime {
            #expect(try page.write(Make.paragraph(.text(line))).isEmpty)
            _ = try page.write(Make.paragraph(.text(line + "end")))
        }
        #expect(page.lines.first?.hasSuffix("end") ?? false)
        #expect(duration < LargePageTests.budget(2))
    }

    @Test("an empty text is no text, and takes new text up")
    func emptyText() throws {
        var raw = RawPage()
        _ = try raw.text(in: raw.element("paragraph"))
        var page = try raw.page()
        #expect(page.document() == Make.doc(Node("paragraph", content: [])))
        #expect(try page.write(Make.paragraph()).isEmpty)
        let update = try page.write(Make.paragraph(.text("x")), client: 5)
        #expect(update.clock == 1, "one item: no second XmlText beside the empty one")
        #expect(page.lines == ["x"])
    }

    @Test("redundant format items split the text that is read, and go when the text changes")
    func redundantFormats() throws {
        var raw = RawPage()
        let text = try raw.text(in: raw.element("paragraph"))
        try raw.format("bold", "null", in: text)
        try raw.type("one", into: text)
        try raw.format("italic", "{}", in: text)
        try raw.format("italic", "null", in: text)
        try raw.type(" two", into: text)
        try raw.format("bold", "{}", in: text)
        var page = try raw.page()
        #expect(page.document().children.first?.children == [.text("one"), .text(" two")])
        #expect(try page.write(Make.paragraph(.text("one two"))).isEmpty)
        _ = try page.write(Make.paragraph(.text("one two!")))
        #expect(page.document().children.first?.children == [.text("one two!")])
    }

    @Test("the mark value true is read as it is and means the same as no attributes")
    func markTrue() throws {
        var raw = RawPage()
        let text = try raw.text(in: raw.element("paragraph"))
        try raw.format("bold", "true", in: text)
        try raw.type("word", into: text)
        try raw.format("bold", "null", in: text)
        var page = try raw.page()
        #expect(page.document().json.serialized.contains(#"{"type":"bold","attrs":true}"#))
        #expect(try page.write(Make.paragraph(Make.text("word", "bold"))).isEmpty)
        _ = try page.write(Make.paragraph(Make.text("words", "bold")))
        #expect(Canonical.full.isSame(page.document(), Make.doc(Make.paragraph(Make.text("words", "bold")))))
    }

    @Test("the hash behind a mark's name is no part of the name, and stays")
    func hashedMark() throws {
        var raw = RawPage()
        let text = try raw.text(in: raw.element("paragraph"))
        try raw.format("comment--AbCd12+/", #"{"commentId":"c1","resolved":false}"#, in: text)
        try raw.type("word", into: text)
        try raw.format("comment--AbCd12+/", "null", in: text)
        var page = try raw.page()
        let comment = Mark("comment", attrs: ["commentId": "c1", "resolved": false])
        #expect(page.document().children.first?.children == [.text("word", [comment])])
        #expect(try page.write(Make.paragraph(.text("word", [comment]))).isEmpty)
        _ = try page.write(Make.paragraph(.text("words", [comment]), .text(" more")))
        #expect(page.document().children.first?.children == [.text("words", [comment]), .text(" more")])
        #expect(MarkName.shown("plain--name") == "plain--name")
    }

    @Test("attribute values of every kind are read as a browser reads them, and written as it writes them")
    func attributes() throws {
        var raw = RawPage()
        let element = try raw.element("image")
        let values: [(String, AnyValue)] = [
            ("alt", .undefined), ("n", .null), ("width", .float32(0.5)), ("whole", .float32(2)),
            ("size", .float64(1e300)),
            ("big", .bigint(7)), ("yes", .bool(true)), ("list", .array([.integer(150), .null, .undefined])),
            ("object", .object([("b", .integer(-1)), ("a", .undefined)])), ("zero", .float64(-0.0)),
            ("src", .string("x")),
        ]
        for (name, value) in values { try raw.attribute(name, value, of: element) }
        let page = try raw.page()
        let shown = page.document().children.first?.attrs?.members.map { "\($0.key)=\($0.value.serialized)" }
        #expect(
            shown == [
                "n=null", "width=0.5", "whole=2", "size=1e+300", "big=7", "yes=true", "list=[150,null,null]",
                #"object={"b":-1}"#, "zero=0", #"src="x""#,
            ]
        )
        let encoded: [(JSONValue, [UInt8])] = [
            (2, [125, 2]), (-1, [125, 0x41]), (64, [125, 0x80, 1]), (3_000_000_000, [124, 0x4F, 0x32, 0xD0, 0x5E]),
            (.number(JSONNumber(unchecked: "0.5")), [124, 0x3F, 0, 0, 0]),
            (.number(JSONNumber(unchecked: "0.1")), [123, 0x3F, 0xB9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9A]),
            (2_147_483_647, [125, 0xBF, 0xFF, 0xFF, 0xFF, 0x0F]), (true, [120]), (nil, [126]),
        ]
        for (value, bytes) in encoded {
            var writer = ByteWriter()
            AnyValue(value).write(to: &writer)
            #expect(writer.bytes == bytes, "\(value.serialized)")
        }
    }

    @Test("an attribute written again and again, deleted and set again, has its last value")
    func attributeHistory() throws {
        let heading = { (level: Int?) in
            Node("heading", attrs: level.map { ["level": .number(JSONNumber($0))] }, content: [.text("T")])
        }
        var page = try Make.page(heading(2))
        for level in [3, 4, nil, 2, nil, 6] {
            var peer = page
            let update = try page.write(heading(level))
            #expect(Canonical.full.isSame(page.document(), Make.doc(heading(level))))
            try peer.apply(update.bytes)
            #expect(peer.encodeState() == page.encodeState())
        }
        var raw = RawPage()
        let element = try raw.element("heading")
        for level in 1...4 { try raw.attribute("level", .integer(level), of: element) }
        let state = try raw.page()
        #expect(state.document().children.first?.attribute("level") == 4)
        #expect(try YDoc(decoding: state.encodeState()).encodeState() == state.encodeState())
    }

    @Test("other roots stay by the byte")
    func foreignRoots() throws {
        // A map root "meta" with key "k", and a text root "notes", by client 7.
        let foreign: [UInt8] = [
            1, 2, 7, 0, 0x28, 1, 4, 0x6D, 0x65, 0x74, 0x61, 1, 0x6B, 1, 0x77, 1, 0x76, 4, 1, 5, 0x6E, 0x6F, 0x74, 0x65,
            0x73, 2, 0x68, 0x69, 0,
        ]
        var page = try YDoc(decoding: foreign)
        #expect(page.encodeState() == foreign)
        #expect(page.document() == Node("doc", content: []))
        _ = try page.write(Make.paragraph(.text("x")), client: 3)
        #expect(page.lines == ["x"])
        #expect(page.encodeState().dropFirst().starts(with: foreign[1..<foreign.count - 1]))
    }

    @Test("an empty update changes nothing, an empty page can be written, a whole page can be replaced")
    func empty() throws {
        var page = try YDoc(decoding: [0, 0])
        #expect(page.encodeState() == [0, 0])
        #expect(page.document() == Node("doc", content: []))
        try page.apply([0, 0])
        _ = try page.write(Make.paragraph(.text("one")), Make.paragraph(.text("two")))
        _ = try page.write(Node("heading", attrs: ["level": 2], content: [.text("Other")]), Node("horizontalRule"))
        #expect(page.document().children.map(\.type) == ["heading", "horizontalRule"])
    }

    @Test("a client number that the document knows is not used again")
    func collision() throws {
        var page = try Make.page(Make.paragraph(.text("one")), client: 42)
        let update = try page.write(Make.paragraph(.text("one two")), client: 42)
        #expect(update.client != 42)
        #expect(page.contains(client: update.client, clock: update.clock))
        #expect(!page.contains(client: update.client, clock: update.clock + 1))
    }

    @Test("a change that only deletes can be found again in a later state")
    func tombstone() throws {
        let base = try Make.page(Make.paragraph(.text("one")), Make.paragraph(.text("two")))
        var page = base
        let update = try page.write(Make.paragraph(.text("one")))
        #expect(update.clock == 1)
        #expect(page.contains(client: update.client, clock: update.clock))
        #expect(!base.contains(client: update.client, clock: update.clock))
        #expect(page.lines == ["one"])
        var peer = base
        try peer.apply(update.bytes)
        #expect(peer.encodeState() == page.encodeState())
    }
}
