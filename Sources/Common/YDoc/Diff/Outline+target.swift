internal import JSON
internal import ProseMirror

/// Builds the outline of a target document.
struct TargetOutline {
    private(set) var outline = Outline()
    /// The nodes that entries refer to.
    private(set) var nodes: [Node] = []

    private struct Frame {
        let entry: Int
        let content: [Node]
        var next = 0
        var children: [Int] = []
    }

    init(_ document: Node, _ context: inout DiffContext) throws(YDocError) {
        var stack = [try open(document, &context)]
        while true {
            let top = stack.count - 1
            guard stack[top].next < stack[top].content.count else {
                let done = stack.removeLast()
                outline.seal(done.entry, children: done.children)
                if stack.isEmpty {
                    outline.root = done.entry
                    return
                }
                continue
            }
            if stack[top].content[stack[top].next].isText {
                try addText(to: &stack[top], &context)
            } else {
                let frame = try open(stack[top].content[stack[top].next], &context)
                stack[top].next += 1
                stack[top].children.append(frame.entry)
                stack.append(frame)
            }
        }
    }

    private mutating func open(_ node: Node, _ context: inout DiffContext) throws(YDocError) -> Frame {
        guard (node.attrs?.members.count ?? 0) <= DiffContext.attributeLimit else {
            throw .invalidTarget("a node has more than \(DiffContext.attributeLimit) attributes")
        }
        var entry = Outline.Entry(name: context.store.names.intern(node.type), node: nodes.count)
        nodes.append(Node(node.type, attrs: node.attrs))
        let facts = context.facts.node(node.type)
        // The document's own attributes are never stored with it.
        for member in outline.entries.isEmpty ? [] : node.attrs?.members ?? [] {
            guard let meaning = facts.meaning(member.key, member.value) else { continue }
            if facts.hasBlockID, member.key == "id" {
                entry.blockID = meaning
            } else {
                entry.attributes = entry.attributes &+ Digest.of(Digest.of(member.key), meaning)
            }
        }
        outline.entries.append(entry)
        return Frame(entry: outline.entries.count - 1, content: node.children)
    }

    /// Takes the text nodes from here up to the next element as one text.
    private mutating func addText(to frame: inout Frame, _ context: inout DiffContext) throws(YDocError) {
        let first = outline.runs.count
        while frame.next < frame.content.count, frame.content[frame.next].isText {
            let node = frame.content[frame.next]
            let number = try context.formats.number(of: node.marks ?? [], in: &context.store, &context.facts)
            outline.append((node.text ?? "").utf16, formats: number, from: first)
            frame.next += 1
        }
        let runs = first..<outline.runs.count
        guard !runs.isEmpty else { return }
        let digest = outline.digest(runs: runs, context.formats)
        frame.children.append(outline.entries.count)
        outline.entries.append(Outline.Entry(name: none, runs: runs, digest: digest, loose: digest))
    }
}

/// What both sides of a comparison share.
struct DiffContext {
    var store: Store
    var formats = FormatTable()
    var facts: SchemaFacts

    /// Attributes are looked up one after the other, so that their number must not be anybody's choice.
    static let attributeLimit = 1_000
}
