import JSON
package import ProseMirror

/// Makes random documents that follow a schema: every node, mark and attribute, in every place where it may stand.
package struct DocumentGenerator: Sendable {
    package let schema: Schema
    package var random: SeededRandom
    /// Whether unknown nodes, marks and attributes occur too; such documents are valid when unknown parts are accepted.
    package var makesUnknown = false
    /// Whether texts and attributes are nasty; otherwise they are what people write.
    package var isNasty = true
    /// The deepest nesting below the document.
    package var depth = 4

    package init(_ flavor: Flavor, seed: UInt64) {
        schema = .of(flavor)
        random = SeededRandom(seed: seed)
    }

    /// A document of a few blocks.
    package mutating func document(blocks: ClosedRange<Int> = 1...5) -> Node {
        var children: [Node] = []
        for _ in 0..<random.number(blocks) { children.append(block()) }
        if schema.flavor == .upstream, random.chance(10) { children.append(node("footnotes", depth: 2)) }
        return Node("doc", content: children)
    }

    /// A block as it may stand at the top of a document.
    package mutating func block() -> Node {
        if makesUnknown, random.chance(5) { return unknownBlock() }
        // Half of the blocks are the ordinary ones, so that they meet each other.
        let common = [
            "paragraph", "paragraph", "heading", "bulletList", "orderedList", "taskList", "codeBlock", "table",
        ]
        if random.chance(50) { return node(random.pick(common), depth: depth) }
        return node(random.pick(DocumentGenerator.blockTypes(of: schema)), depth: depth)
    }

    /// A node of a type with random attributes and content.
    package mutating func node(_ type: String, depth: Int) -> Node {
        guard let rule = schema.node(type) else { return Node(type) }
        var node = Node(type, attrs: attributes(of: rule))
        node.content = content(of: rule, depth: depth)
        return node
    }

    // MARK: Content

    private mutating func content(of rule: NodeRule, depth: Int) -> [Node]? {
        if rule.isLeaf { return nil }
        if rule.isTextblock { return rule.isCode ? codeText() : inlineContent() }
        if rule.isInline { return random.chance(30) ? [.text("\(random.number(1...9))")] : nil }
        var children: [Node] = []
        for term in rule.content.terms {
            let least = term.isRequired ? 1 : 0
            let most = !term.isRepeated ? 1 : depth <= 0 ? least : 3
            for _ in 0..<random.number(least...max(least, most)) {
                children.append(child(of: term, depth: depth - 1))
            }
        }
        if makesUnknown, depth > 0, rule.content.admits("paragraph"), random.chance(3) {
            children.append(unknownBlock())
        }
        return children.isEmpty ? nil : children
    }

    private mutating func child(of term: ContentExpression.Term, depth: Int) -> Node {
        var types = term.types.sorted()
        if types.contains("paragraph"), depth <= 0 || random.chance(50) { types = ["paragraph"] }
        return node(random.pick(types), depth: depth)
    }

    private static func blockTypes(of schema: Schema) -> [String] {
        schema.nodeTypes.filter { schema.node($0)?.isBlock ?? false }
    }

    private mutating func codeText() -> [Node]? {
        let lines = (0..<random.number(0...4)).map { _ in text() }
        let code = lines.joined(separator: "\n") + (random.chance(20) ? "\n" : "")
        return code.isEmpty ? nil : [.text(code)]
    }

    /// A text of the chosen kind; never empty.
    mutating func text() -> String { isNasty ? random.nastyText() : random.plainText() }

    // MARK: Inline

    private mutating func inlineContent() -> [Node]? {
        var children: [Node] = []
        var marks: [Mark]?
        for _ in 0..<random.number(0...5) {
            // Marks often go on over several nodes, as they do in real text.
            if random.chance(60) { marks = self.marks() }
            if random.chance(80) {
                children.append(.text(text(), marks))
            } else if makesUnknown, random.chance(20) {
                children.append(Node("unknownInline", attrs: ["text": .string(text())]))
            } else {
                children.append(
                    node(random.pick(["hardBreak", "mathInline", "mention", "status", "footnoteReference"]), depth: 0)
                )
            }
        }
        return children.isEmpty ? nil : children
    }

    private mutating func marks() -> [Mark]? {
        guard random.chance(50) else { return nil }
        if random.chance(15) { return [Mark("code")] }
        var marks: [Mark] = []
        for type in schema.markTypes where type != "code" && random.chance(15) {
            guard let rule = schema.mark(type) else { continue }
            marks.append(Mark(type, attrs: attributes(of: rule.attributes, in: type)))
        }
        if makesUnknown, random.chance(5) { marks.append(Mark("unknownMark", attrs: ["level": 2])) }
        return marks.isEmpty ? nil : marks
    }

    private mutating func unknownBlock() -> Node {
        switch random.number(0...2) {
        case 0: Node("unknownAtom", attrs: ["a": 1, "b": [true, nil], "c": .string(text())])
        case 1: Node("unknownBox", attrs: ["kind": .string(text())], content: [node("paragraph", depth: 0)])
        default: Node("unknownVerse", content: [.text(text())])
        }
    }
}
