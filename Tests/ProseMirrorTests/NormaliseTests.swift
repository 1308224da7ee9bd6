import DocumentGenerator
import JSON
import ProseMirror
import Testing

@Suite("Normalising to the schema")
struct NormaliseTests {
    @Test("leaves every real document alone", arguments: Fixture.all)
    func identityOnFixtures(_ fixture: Fixture) {
        #expect(Schema.of(fixture.flavor ?? .upstream).normalised(fixture.document) == fixture.document)
    }

    @Test("leaves generated documents alone", arguments: Flavor.allCases)
    func identityOnGenerated(_ flavor: Flavor) throws {
        var generator = DocumentGenerator(flavor, seed: 0x21)
        for round in 0..<200 {
            generator.makesUnknown = round.isMultiple(of: 3)
            let document = generator.document()
            try generator.schema.validate(document, unknown: generator.makesUnknown ? .accepted : .refused)
            #expect(generator.schema.normalised(document) == document, "round \(round)")
            try generator.schema.validate(generator.mutated(document), unknown: .accepted)
        }
    }

    @Test("makes any tree valid and keeps all its text", arguments: Flavor.allCases)
    func scrambledTrees(_ flavor: Flavor) throws {
        var generator = DocumentGenerator(flavor, seed: 0x22)
        for round in 0..<400 {
            let scrambled = scramble(generator.document(), &generator)
            let normal = generator.schema.normalised(scrambled)
            #expect(throws: Never.self, "round \(round)") { try generator.schema.validate(normal) }
            #expect(texts(normal).sorted() == texts(scrambled).sorted(), "round \(round)")
            #expect(generator.schema.normalised(normal) == normal, "round \(round)")
        }
    }

    @Test(
        "repairs",
        arguments: [
            ("[T]", "[paragraph[T]]"), ("[]", "[paragraph]"),
            ("[paragraph[T,image,T]]", "[paragraph[T],image,paragraph[T]]"),
            ("[paragraph[image]]", "[image]"),
            ("[bulletList[listItem[heading[T]]]]", "[bulletList[listItem[paragraph,heading[T]]]]"),
            ("[bulletList[listItem[T]]]", "[bulletList[listItem[paragraph[T]]]]"),
            ("[bulletList[listItem]]", "[bulletList[listItem[paragraph]]]"),
            (
                "[bulletList[listItem[paragraph],taskItem[paragraph],listItem[paragraph]]]",
                "[bulletList[listItem[paragraph]],taskList[taskItem[paragraph]],bulletList[listItem[paragraph]]]"
            ),
            ("[blockquote]", "[blockquote[paragraph]]"), ("[bulletList]", "[paragraph]"), ("[table]", "[paragraph]"),
            ("[callout[T,paragraph]]", "[callout[paragraph[T],paragraph]]"),
            ("[table[tableRow[tableCell[T]]]]", "[table[tableRow[tableCell[paragraph[T]]]]]"),
            ("[table[tableRow[tableCell[horizontalRule]]]]", "[table[tableRow[tableCell[paragraph]]],horizontalRule]"),
            (
                "[table[tableRow[tableCell[table[tableRow[tableCell[T]]]]]]]",
                "[table[tableRow[tableCell[paragraph[T]]]]]"
            ),
            ("[details[paragraph[T]]]", "[details[detailsSummary,detailsContent[paragraph[T]]]]"),
            ("[details[detailsSummary[T],paragraph]]", "[details[detailsSummary[T],detailsContent[paragraph]]]"),
            ("[columns[paragraph]]", "[columns[column[paragraph]]]"), ("[column[paragraph]]", "[column[paragraph]]"),
            ("[footnotes,paragraph]", "[paragraph,footnotes]"),
            ("[listItem[paragraph],listItem[paragraph]]", "[bulletList[listItem[paragraph],listItem[paragraph]]]"),
            ("[transclusionSource[transclusionSource[paragraph]]]", "[transclusionSource[paragraph]]"),
        ]
    )
    func repairs(_ tree: String, _ expected: String) {
        let document = Node("doc", content: parse(tree))
        #expect(show(Schema.upstream.normalised(document)) == expected)
    }

    @Test func anOrderedListThatIsCutGoesOnCounting() {
        var list = parse("[orderedList[listItem[paragraph],taskItem[paragraph],listItem[paragraph]]]")
        list[0].attrs = ["start": 5]
        let normal = Schema.upstream.normalised(Node("doc", content: list))
        #expect(normal.children.map { $0.attribute("start")?.int } == [5, nil, 7])
    }

    @Test func anOrderedListThatIsCutCountsNoFurtherThanANumberGoes() {
        var list = parse("[orderedList[listItem[paragraph],taskItem[paragraph],listItem[paragraph]]]")
        list[0].attrs = ["start": .number(JSONNumber(Int.max))]
        let normal = Schema.upstream.normalised(Node("doc", content: list))
        #expect(normal.children.map { $0.attribute("start")?.int } == [.max, nil, .max])
    }

    @Test func codeDrivesOutOtherMarks() {
        #expect(Schema.upstream.exclusive([Mark("link"), Mark("code"), Mark("bold")]) == [Mark("code")])
        let links = [Mark("link", attrs: ["href": "a"]), Mark("bold"), Mark("link", attrs: ["href": "b"])]
        #expect(Schema.upstream.exclusive(links) == Array(links[1...]))
    }

    // MARK: Trees as text

    private func parse(_ tree: String) -> [Node] {
        var stack: [[Node]] = [[]]
        var names: [String] = []
        var name = ""
        func leaf(_ name: String) -> Node { name == "T" ? .text("text") : Node(name) }
        for character in tree.dropFirst() {
            switch character {
            case "[":
                names.append(name)
                stack.append([])
                name = ""
            case "]", ",":
                if !name.isEmpty { stack[stack.count - 1].append(leaf(name)) }
                name = ""
                guard character == "]", let parent = names.popLast() else { continue }
                let content = stack.removeLast()
                stack[stack.count - 1].append(Node(parent, content: content))
            default: name.append(character)
            }
        }
        return stack[0]
    }

    private func show(_ node: Node) -> String {
        "["
            + node.children.map { $0.isText ? "T" : $0.type + ($0.children.isEmpty ? "" : show($0)) }.joined(
                separator: ","
            ) + "]"
    }

    private func texts(_ node: Node) -> [String] {
        (node.text.map { [$0] } ?? []) + node.children.flatMap(texts)
    }

    /// Puts subtrees of a document into places where they need not fit.
    private func scramble(_ document: Node, _ generator: inout DocumentGenerator) -> Node {
        let types = generator.schema.nodeTypes.filter {
            $0 != "doc" && $0 != "text" && generator.schema.node($0)?.isInline == false
        }
        func visit(_ node: Node) -> Node {
            var node = node
            guard generator.schema.node(node.type)?.isLeaf == false,
                generator.schema.node(node.type)?.isInline == false,
                generator.schema.node(node.type)?.isCode == false
            else { return node }
            var children = node.children.map(visit)
            if generator.random.chance(20) {
                let type = generator.random.pick(types)
                let index = generator.random.number(0...children.count)
                children.insert(
                    generator.random.chance(30) ? .text("loose") : generator.node(type, depth: 1),
                    at: index
                )
            }
            if generator.random.chance(5), children.count > 1 { children.shuffle(using: &generator.random) }
            node.content = children
            return node
        }
        return visit(document)
    }
}
