import JSON
import ProseMirror
import Testing

@testable import YDoc

/// Two copies of one page change without knowing of each other; then each gets the other's change.
@Suite("Two writers at once")
struct ConcurrencyTests {
    /// Both copies after the exchange; they must be the same, by the byte.
    static func merged(_ base: YDoc, _ left: [Node], _ right: [Node]) throws -> YDoc {
        var (first, second) = (base, base)
        let ours = try first.diff(to: Node("doc", content: left), schema: .upstream, client: 100)
        let theirs = try second.diff(to: Node("doc", content: right), schema: .upstream, client: 200)
        try first.apply(theirs.bytes)
        try second.apply(ours.bytes)
        #expect(first.encodeState() == second.encodeState())
        #expect(try YDoc(decoding: first.encodeState()).encodeState() == first.encodeState())
        return first
    }

    @Test("in different blocks both keep what they wrote")
    func blocks() throws {
        let base = try Make.page(Make.paragraph(.text("one")), Make.paragraph(.text("two")))
        let merged = try Self.merged(
            base,
            [Make.paragraph(.text("one!")), Make.paragraph(.text("two"))],
            [Make.paragraph(.text("one")), Make.paragraph(.text("new")), Make.paragraph(.text("two?"))]
        )
        #expect(merged.lines == ["one!", "new", "two?"])
    }

    @Test("in different words of one paragraph both keep what they wrote")
    func words() throws {
        let base = try Make.page(Make.paragraph(.text("The quick brown fox jumps over the lazy dog")))
        let merged = try Self.merged(
            base,
            [Make.paragraph(.text("The slow brown fox jumps over the lazy cat"))],
            [Make.paragraph(.text("The quick brown wolf jumps and jumps over the lazy dog"))]
        )
        #expect(merged.lines == ["The slow brown wolf jumps and jumps over the lazy cat"])
    }

    @Test("one appends to the word that the other replaces")
    func append() throws {
        let base = try Make.page(Make.paragraph(.text("Hello world")))
        let merged = try Self.merged(
            base,
            [Make.paragraph(.text("Hello earth"))],
            [Make.paragraph(.text("Hello world, how are you"))]
        )
        #expect(merged.lines == ["Hello earth, how are you"])
    }

    @Test("one deletes the block in which the other types: the deletion stands, on both sides alike")
    func deletedBlock() throws {
        let base = try Make.page(Make.paragraph(.text("one")), Make.paragraph(.text("two")))
        let merged = try Self.merged(
            base,
            [Make.paragraph(.text("one"))],
            [Make.paragraph(.text("one")), Make.paragraph(.text("two and more"))]
        )
        #expect(merged.lines == ["one"])
    }

    @Test("one empties the paragraph in which the other types: the typing stays")
    func emptied() throws {
        let base = try Make.page(Make.paragraph(.text("some words")))
        let merged = try Self.merged(base, [Make.paragraph()], [Make.paragraph(.text("some words typed"))])
        #expect(merged.lines == [" typed"])
    }

    @Test("both set one attribute: one value wins everywhere")
    func attributes() throws {
        let heading = { (level: Int) in
            Node("heading", attrs: ["level": .number(JSONNumber(level))], content: [.text("Title")])
        }
        let base = try Make.page(heading(1))
        let merged = try Self.merged(base, [heading(2)], [heading(3)])
        let level = merged.document().children.first?.attribute("level")?.int
        // The later client in the order of numbers stands at the end of the history.
        #expect(level == 3)
    }

    @Test("one makes bold what the other makes italic")
    func marks() throws {
        let base = try Make.page(Make.paragraph(.text("plain text here")))
        let merged = try Self.merged(
            base,
            [Make.paragraph(.text("plain "), Make.text("text", "bold"), .text(" here"))],
            [Make.paragraph(Make.text("plain text", "italic"), .text(" here"))]
        )
        let target = Make.doc(
            Make.paragraph(Make.text("plain ", "italic"), Make.text("text", "bold", "italic"), .text(" here"))
        )
        #expect(Canonical.full.isSame(merged.document(), target))
    }

    @Test("of ours from one base converge, which is why writers of a page take turns")
    func twins() throws {
        let base = try Make.page(Make.paragraph(.text("one")))
        let both = [Make.paragraph(.text("one")), Make.paragraph(.text("two"))]
        let merged = try Self.merged(base, both, both)
        #expect(merged.lines == ["one", "two", "two"])
    }

    @Test("a change arrives twice, or late, or with the whole state")
    func repeated() throws {
        var first = try Make.page(Make.paragraph(.text("one")))
        let start = first
        let updates = try ["one two", "one two three", "two three"].map { line in
            try first.write(Make.paragraph(.text(line)))
        }
        var second = start
        for update in updates { try second.apply(update.bytes) }
        for update in updates.reversed() { try second.apply(update.bytes) }
        try second.apply(first.encodeState())
        #expect(second.encodeState() == first.encodeState())
        var third = start
        let late = #expect(throws: YDocError.self) { try third.apply(updates[1].bytes) }
        #expect(late?.code == .pending)
        #expect(third.encodeState() == start.encodeState())
    }

    @Test("what somebody lacks is told by a state vector, even from the middle of a text")
    func missing() throws {
        var first = try Make.page(Make.paragraph(.text("Hello")), client: 9)
        let half = first
        _ = try first.write(Make.paragraph(.text("Hello there")), client: 10)
        var second = half
        try second.apply(first.encodeState(beyond: second.stateVector))
        #expect(second.encodeState() == first.encodeState())
        // (9,0) element, (9,1) text, (9,2...6) "Hello"; the update begins inside the word.
        var known = StateVector()
        known[9] = 4
        let partial = first.encodeState(beyond: known)
        var third = half
        try third.apply(partial)
        #expect(third.encodeState() == first.encodeState())
        #expect(throws: YDocError.self) { try YDoc(decoding: partial) }
    }

    @Test("an update with a gap is taken where the gap is known")
    func gap() throws {
        // Client 1: text root "a" with "x", then "y", then "z"; the update leaves "y" out.
        let whole: [UInt8] = [1, 2, 1, 0, 4, 1, 1, 0x61, 1, 0x78, 0x84, 1, 0, 1, 0x79, 0]
        let gap: [UInt8] = [1, 3, 1, 0, 4, 1, 1, 0x61, 1, 0x78, 10, 1, 0x84, 1, 1, 1, 0x7A, 0]
        var document = try YDoc(decoding: whole)
        try document.apply(gap)
        #expect(document.encodeState() == [1, 1, 1, 0, 4, 1, 1, 0x61, 3, 0x78, 0x79, 0x7A, 0])
        let error = #expect(throws: YDocError.self) { try YDoc(decoding: gap) }
        #expect(error?.code == .pending)
    }
}
