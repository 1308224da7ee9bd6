import DocumentGenerator
import JSON
import ProseMirror
import Testing

@testable import YDoc

@Suite("What does not change")
struct MinimalityTests {
    /// The numbers of all live items inside each top-level block, in order.
    private func blocks(of page: YDoc) -> [Set<ItemIDKey>] {
        let store = page.store
        guard let name = store.names.find(YDoc.rootName), let root = store.roots[name] else { return [] }
        var result: [Set<ItemIDKey>] = []
        var block = store.types[Int(root)].first
        while block != none {
            let item = store.items[Int(block)]
            if item.isVisible { result.append(live(block, store)) }
            block = item.right
        }
        return result
    }

    /// Every live unit counts by itself, so that joined and split items compare equal.
    private func live(_ item: ItemIndex, _ store: Store) -> Set<ItemIDKey> {
        var result: Set<ItemIDKey> = []
        var work = [item]
        while let next = work.popLast() {
            let item = store.items[Int(next)]
            guard !item.isDeleted else { continue }
            for clock in item.id.clock..<item.end {
                result.insert(ItemIDKey(store.clients[Int(item.id.client)].number, clock))
            }
            guard item.kind == .type else { continue }
            var child = store.types[Int(item.payload)].first
            while child != none {
                work.append(child)
                child = store.items[Int(child)].right
            }
            work += store.types[Int(item.payload)].entries.map(\.item)
        }
        return result
    }

    @Test("keeps every item, wherever blocks are changed, added or removed around it")
    func untouchedBlocks() throws {
        for seed in 0..<Campaign.size(150, full: 3_000) {
            var generator = DocumentGenerator(.upstream, seed: UInt64(seed))
            generator.isNasty = false
            let document = generator.realisticDocument(blocks: 4...12)
            var page = try YDoc.new(from: document, schema: .upstream)
            var target = document
            let kind = [Mutation.edit, .insert, .delete, .mark, .replace][seed % 5]
            for _ in 0..<1 + seed % 2 { target = generator.apply(kind, to: target) }
            guard Schema.upstream.isValid(target, unknown: .accepted) else { continue }
            let before = blocks(of: page)
            _ = try page.diff(to: target, schema: .upstream)
            let after = Set(blocks(of: page))
            let kept = Set(target.children.map { Canonical.full.key(of: $0) })
            for (block, items) in zip(document.children, before) {
                let key = Canonical.full.key(of: block)
                // Of equal blocks one may go; which of them is not told.
                let isUnique = document.children.count { Canonical.full.key(of: $0) == key } == 1
                guard isUnique, kept.contains(key) else { continue }
                #expect(after.contains(items), "seed \(seed): a block that stays has lost items")
            }
        }
    }

    @Test("a paragraph without an id keeps the one it has, but two never get the same")
    func ids() throws {
        let paragraph = { (text: String, id: String?) in
            Node("paragraph", attrs: id.map { ["id": .string($0)] }, content: [.text(text)])
        }
        var page = try Make.page(paragraph("one", "aaaaaaaaaaaa"), paragraph("two", "bbbbbbbbbbbb"))
        #expect(try page.write(paragraph("one", nil), paragraph("two", nil)).isEmpty)
        _ = try page.write(paragraph("one more", nil), paragraph("two", nil))
        #expect(page.document().children.map { $0.attribute("id")?.string } == ["aaaaaaaaaaaa", "bbbbbbbbbbbb"])
        _ = try page.write(paragraph("one more", nil), paragraph("new", nil), paragraph("two", "aaaaaaaaaaaa"))
        let ids = page.document().children.compactMap { $0.attribute("id")?.string }
        #expect(Set(ids).count == ids.count)
    }

    @Test("comments and facts of files stay on what stays, when they are carried")
    func carried() throws {
        let comment = Mark("comment", attrs: ["commentId": "c1", "resolved": false])
        let image = Node("image", attrs: ["src": "/files/a.png", "attachmentId": "f1", "size": 1_234])
        var page = try Make.page(
            Node(
                "paragraph",
                attrs: ["id": "aaaaaaaaaaaa"],
                content: [.text("Please check "), .text("this", [comment])]
            ),
            image
        )
        // What Markdown shows of it, with one word more.
        let shown = Make.doc(
            Make.paragraph(.text("Please do check this")),
            Node("image", attrs: ["src": "/files/a.png"])
        )
        let target = Carry().carry(from: page.document(), to: shown)
        let update = try page.diff(to: target, schema: .upstream, client: 9)
        let change = try #require(Change(update.bytes, over: page))
        #expect(change.inserted == ["do "] || change.inserted == [" do"])
        #expect(change.deletedUnits == 0)
        #expect(page.document().children.first?.children.last == .text("this", [comment]))
        #expect(page.document().children.last?.attribute("attachmentId") == "f1")
    }

    @Test("unknown nodes may stay where they are, but none is created")
    func unknown() throws {
        var raw = RawPage()
        let novelty = try raw.element("novelty")
        try raw.attribute("kind", .string("x"), of: novelty)
        try raw.type("one", into: raw.text(in: raw.element("paragraph")))
        var page = try raw.page()
        let stranger = Node("novelty", attrs: ["kind": "x"])
        _ = try page.write(stranger, Make.paragraph(.text("two")))
        #expect(page.document().children.map(\.type) == ["novelty", "paragraph"])
        let before = page.encodeState()
        let error = #expect(throws: YDocError.self) {
            try page.write(stranger, Make.paragraph(.text("two")), stranger)
        }
        #expect(error?.code == .invalidTarget)
        let mark = #expect(throws: YDocError.self) { try page.write(Make.paragraph(Make.text("two", "sparkle"))) }
        #expect(mark?.code == .invalidTarget)
        #expect(page.encodeState() == before)
    }

    @Test("a target that an editor would mend by deleting is refused, and the page stays as it is")
    func invalid() throws {
        var page = try Make.page(Make.paragraph(.text("one")))
        let before = page.encodeState()
        let broken = [
            Node("bulletList", content: [Node("listItem", content: [Node("heading", attrs: ["level": 1])])]),
            Node("table", content: [Make.paragraph()]),
            Node("codeBlock", content: [Make.text("code", "bold")]),
            Make.paragraph(.text("")),
        ]
        for block in broken {
            let error = #expect(throws: YDocError.self) { try page.write(block) }
            #expect(error?.code == .invalidTarget)
        }
        #expect(page.encodeState() == before)
    }
}
