import DocumentGenerator
import JSON
import ProseMirror
import Testing

@Suite("Merging, over random documents")
struct MergePropertyTests {
    @Test(arguments: Flavor.allCases)
    func aSideThatDidNothingChangesNothing(_ flavor: Flavor) {
        var generator = DocumentGenerator(flavor, seed: 0x51)
        for _ in 0..<150 {
            let base = generator.document()
            let changed = generator.mutated(generator.mutated(base))
            let fromWiki = merge(base: base, git: base, wiki: changed)
            #expect(fromWiki.document == changed && fromWiki.conflicts.isEmpty)
            let fromGit = merge(base: base, git: changed, wiki: base)
            #expect(Canonical.shown.isSame(fromGit.document, changed) && fromGit.conflicts.isEmpty)
            let both = merge(base: base, git: Canonical.shown.form(of: changed), wiki: changed)
            #expect(both.document == changed && both.conflicts.isEmpty)
        }
    }

    @Test(arguments: Flavor.allCases)
    func noTextIsLostUnlessReported(_ flavor: Flavor) {
        var generator = DocumentGenerator(flavor, seed: 0x52)
        for round in 0..<400 {
            generator.isNasty = round.isMultiple(of: 3)
            let base = tagged(
                round.isMultiple(of: 2) ? generator.realisticDocument(blocks: 2...6) : generator.document(),
                "b",
                &generator
            )
            var (git, wiki) = (base, base)
            for _ in 0..<generator.random.number(1...3) { git = tagged(generator.mutated(git), "g", &generator) }
            for _ in 0..<generator.random.number(1...3) { wiki = tagged(generator.mutated(wiki), "w", &generator) }
            let merged = merge(base: base, git: Canonical.shown.form(of: git), wiki: wiki)
            let all = tags(merged.document)
            let reportedGit = merged.conflicts.flatMap(\.git).reduce(into: Set<String>()) { $0.formUnion(tags($1)) }
            let reportedWiki = merged.conflicts.flatMap(\.wiki).reduce(into: Set<String>()) { $0.formUnion(tags($1)) }
            let (ofBase, ofGit, ofWiki) = (tags(base), tags(git), tags(wiki))
            #expect(ofGit.subtracting(ofBase).subtracting(all).isEmpty, "git's text, round \(round)")
            #expect(
                ofWiki.subtracting(ofBase).subtracting(all).subtracting(reportedWiki).isEmpty,
                "the wiki's text, round \(round)"
            )
            let kept = ofBase.intersection(ofGit).intersection(ofWiki)
            #expect(kept.subtracting(all).subtracting(reportedGit).isEmpty, "common text, round \(round)")
            #expect(throws: Never.self, "round \(round)") {
                try generator.schema.validate(merged.document, unknown: .accepted)
            }
        }
    }

    @Test func editsOfDifferentBlocksNeverConflict() {
        var generator = DocumentGenerator(.upstream, seed: 0x53)
        for round in 0..<200 {
            let base = generator.realisticDocument(blocks: 4...12)
            let blocks = base.children
            let first = generator.random.number(0...blocks.count - 2)
            let second = generator.random.number(first + 1...blocks.count - 1)
            var (git, wiki, both) = (base, base, base)
            git.content?[first] = Node("paragraph", content: [.text("git \(round)")])
            wiki.content?[second] = Node("paragraph", content: [.text("wiki \(round)")])
            both.content?[first] = Node("paragraph", content: [.text("git \(round)")])
            both.content?[second] = Node("paragraph", content: [.text("wiki \(round)")])
            let merged = merge(base: base, git: Canonical.shown.form(of: git), wiki: wiki)
            #expect(Canonical.shown.isSame(merged.document, both) && merged.conflicts.isEmpty, "round \(round)")
            for index in blocks.indices where index != first && index != second {
                #expect(merged.document.children.contains(blocks[index]))
            }
        }
    }

    @Test func carriedDocumentsMeanWhatTheFileMeans() {
        var generator = DocumentGenerator(.upstream, seed: 0x54)
        for round in 0..<250 {
            let wiki = generator.document()
            let file = Canonical.shown.form(of: generator.mutated(generator.mutated(wiki)))
            let carried = Carry().carry(from: wiki, to: file)
            let stripped = withoutFileFacts(carried)
            #expect(Canonical.shown.isSame(stripped, withoutFileFacts(file)), "round \(round)")
            #expect(Carry().carry(from: wiki, to: Canonical.shown.form(of: wiki)) == wiki)
        }
    }

    @Test func veryLongPagesAreMerged() {
        let base = (0..<5_000).map { Node("paragraph", content: [.text("line \($0 % 700) of a long page")]) }
        var (git, wiki) = (base, base)
        for index in stride(from: 7, to: 5_000, by: 500) { git[index].content = [.text("git \(index)")] }
        for index in stride(from: 250, to: 5_000, by: 500) { wiki.remove(at: 5_000 - index) }
        let page = { Node("doc", content: $0) }
        let merged = merge(base: page(base), git: page(git), wiki: page(wiki))
        #expect(merged.conflicts.isEmpty && merged.document.children.count == 5_000 - 10)
        // Nothing in common: the work must stay bounded.
        let other = base.indices.map { Node("paragraph", content: [.text("other \($0)")]) }
        let rewritten = merge(base: page(base), git: page(other), wiki: page(base.reversed()))
        #expect(rewritten.document.children.count >= 5_000)
    }

    // MARK: Tags

    /// Gives every text without a tag a unique word of its side.
    private func tagged(_ node: Node, _ side: String, _ generator: inout DocumentGenerator) -> Node {
        var node = node
        if let text = node.text, !text.unicodeScalars.contains("‹") {
            node.text = text + " x‹\(side)\(generator.random.number(0...1 << 40) * 9_973)›"
        }
        node.content = node.content?.map { tagged($0, side, &generator) }
        return node
    }

    private func tags(_ node: Node) -> Set<String> {
        var result: Set<String> = []
        // Over all texts of a block: a comment or mark may cut a tag in two nodes.
        let text = (node.text.map { [$0] } ?? node.children.compactMap(\.text)).joined()
        if !text.isEmpty {
            // By scalars: what follows may combine with the closing sign.
            for part in text.unicodeScalars.split(separator: "‹").dropFirst() {
                let tag = String(part.prefix { $0 != "›" })
                // A tag that an edit went through is no evidence.
                if let number = Int(tag.dropFirst()), number.isMultiple(of: 9_973) { result.insert(tag) }
            }
        }
        for child in node.children { result.formUnion(tags(child)) }
        return result
    }

    private func withoutFileFacts(_ node: Node) -> Node {
        var node = node
        for name in ["attachmentId", "size", "aspectRatio"] { node.attrs?[name] = nil }
        node.content = node.content?.map(withoutFileFacts)
        return node
    }
}
