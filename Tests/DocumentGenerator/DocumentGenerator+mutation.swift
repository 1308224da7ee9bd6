package import ProseMirror

/// What was done to a document.
package enum Mutation: Sendable, CaseIterable {
    case edit, insert, delete, move, mark, replace
}

/// Changes of a document as a person makes them, one block at a time; the result is valid when the document was.
extension DocumentGenerator {
    /// The document with one random change.
    package mutating func mutated(_ document: Node) -> Node {
        apply(random.pick(Mutation.allCases), to: document)
    }

    /// The document with one change of a kind. Where the kind cannot be applied, a block is inserted.
    package mutating func apply(_ mutation: Mutation, to document: Node) -> Node {
        var blocks = document.children
        // Footnotes stay last.
        let end = blocks.last?.type == "footnotes" ? blocks.count - 1 : blocks.count
        guard end > 0 else { return document }
        let index = random.number(0...end - 1)
        switch mutation {
        case .insert: blocks.insert(block(), at: random.number(0...end))
        case .delete where end > 1: blocks.remove(at: index)
        case .move where end > 1:
            let moved = blocks.remove(at: index)
            blocks.insert(moved, at: random.number(0...end - 1))
        case .replace: blocks[index] = block()
        case .edit, .mark:
            if let changed = changed(blocks[index], mutation) {
                blocks[index] = changed
            } else {
                blocks.insert(block(), at: index)
            }
        case .delete, .move: blocks.insert(block(), at: index)
        }
        var result = document
        result.content = blocks
        return result
    }

    /// The node with one text changed somewhere below it; nil when it holds no text.
    private mutating func changed(_ node: Node, _ mutation: Mutation) -> Node? {
        var places: [[Int]] = []
        collectTexts(node, [], &places, isMark: mutation == .mark)
        guard !places.isEmpty else { return nil }
        return changed(node, at: random.pick(places)[...], mutation)
    }

    private func collectTexts(_ node: Node, _ path: [Int], _ places: inout [[Int]], isMark: Bool) {
        if isMark, schema.node(node.type)?.isCode ?? false { return }
        for (index, child) in node.children.enumerated() {
            if child.isText {
                places.append(path + [index])
            } else {
                collectTexts(child, path + [index], &places, isMark: isMark)
            }
        }
    }

    private mutating func changed(_ node: Node, at path: ArraySlice<Int>, _ mutation: Mutation) -> Node {
        var node = node
        guard let index = path.first else {
            if mutation == .mark { node.marks = toggledMark(node.marks) } else { node.text = edited(node.text ?? "") }
            return node
        }
        guard let child = node.content?[index] else { return node }
        node.content?[index] = changed(child, at: path.dropFirst(), mutation)
        return node
    }

    private func toggledMark(_ marks: [Mark]?) -> [Mark]? {
        let marks = marks ?? []
        if marks.contains(where: { $0.type == "bold" }) { return marks.filter { $0.type != "bold" } }
        if marks.contains(where: { $0.type == "code" }) { return nil }
        return marks + [Mark("bold")]
    }

    /// A text with some scalars removed or put in at a random place; never empty.
    private mutating func edited(_ text: String) -> String {
        var scalars = Array(text.unicodeScalars)
        let start = random.number(0...scalars.count)
        if random.chance(40), scalars.count > 1 {
            scalars.removeSubrange(min(start, scalars.count - 1)..<min(start + random.number(1...3), scalars.count))
        }
        let isInsertion = scalars.isEmpty || random.chance(70)
        if isInsertion { scalars.insert(contentsOf: Array(self.text().unicodeScalars), at: min(start, scalars.count)) }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars)
        return String(result)
    }
}
