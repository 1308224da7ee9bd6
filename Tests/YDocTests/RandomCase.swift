import DocumentGenerator
import JSON
import ProseMirror
import YDoc

/// A page with a history, and a target that somebody made of it.
struct RandomCase {
    /// What our side has typed; it occurs nowhere else.
    static let token = "⟦ours⟧"

    var base: YDoc
    var target: Node

    init?(seed: Int) throws {
        var generator = DocumentGenerator(.upstream, seed: UInt64(seed))
        generator.isNasty = seed % 3 != 0
        if seed % 4 == 0 {
            base = try YDoc(decoding: Golden.all[seed / 4 % Golden.all.count].state)
        } else {
            let document = seed % 2 == 0 ? generator.realisticDocument() : generator.document(blocks: 1...8)
            base = try YDoc.new(from: document, schema: .upstream, client: UInt64(1_000 + seed))
        }
        for _ in 0..<generator.random.number(0...3) {
            let next = generator.mutated(base.document())
            guard Schema.upstream.isValid(next, unknown: .accepted) else { continue }
            _ = try? base.diff(to: next, schema: .upstream)
        }
        target = base.document()
        for _ in 0..<generator.random.number(1...4) { target = generator.mutated(target) }
        if generator.random.chance(70) { target = Self.typed(into: target, &generator.random) ?? target }
        guard Schema.upstream.isValid(target, unknown: .accepted) else { return nil }
    }

    /// The document with the token somewhere in one of its texts.
    static func typed(into document: Node, _ random: inout SeededRandom) -> Node? {
        var paths: [[Int]] = []
        func collect(_ node: Node, _ path: [Int]) {
            for (index, child) in node.children.enumerated() {
                if child.isText { paths.append(path + [index]) } else { collect(child, path + [index]) }
            }
        }
        collect(document, [])
        guard !paths.isEmpty else { return nil }
        return typed(into: document, at: random.pick(paths)[...], &random)
    }

    private static func typed(into node: Node, at path: ArraySlice<Int>, _ random: inout SeededRandom) -> Node {
        var node = node
        guard let first = path.first else {
            let characters = Array(node.text ?? "")
            let cut = random.number(0...characters.count)
            node.text = String(characters[..<cut]) + token + String(characters[cut...])
            return node
        }
        let child = typed(into: node.children[first], at: path.dropFirst(), &random)
        node.content?[first] = child
        return node
    }
}

extension Node {
    /// All text of the document in order.
    var allText: String {
        isText ? text ?? "" : children.map(\.allText).joined(separator: "\n")
    }

    func occurrences(of token: String) -> Int { allText.components(separatedBy: token) - 1 }
}

extension String {
    /// The number of parts into which a separator cuts the text; by bytes, not by canonical equivalence.
    fileprivate func components(separatedBy separator: String) -> Int {
        let (text, part) = (Array(utf8), Array(separator.utf8))
        guard text.count >= part.count else { return 1 }
        return 1 + (0...text.count - part.count).count { text[$0..<$0 + part.count].elementsEqual(part) }
    }
}
