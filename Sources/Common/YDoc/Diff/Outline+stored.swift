internal import ProseMirror

/// Builds the outline of a stored root.
struct StoredOutline {
    private var outline = Outline()

    private struct Frame {
        let entry: Int
        var next: ItemIndex
        var children: [Int] = []
        /// The text that the next XmlText continues.
        var openText: Int?
    }

    static func build(_ root: TypeIndex, _ context: inout DiffContext) -> Outline {
        var builder = StoredOutline()
        builder.build(root, &context)
        return builder.outline
    }

    private mutating func build(_ root: TypeIndex, _ context: inout DiffContext) {
        var stack = [open(root, name: context.store.names.intern("doc"), &context)]
        while true {
            let top = stack.count - 1
            guard stack[top].next != none else {
                let done = stack.removeLast()
                sealTexts(done.children, context.formats)
                outline.seal(done.entry, children: done.children)
                if stack.isEmpty { return outline.root = done.entry }
                continue
            }
            let item = context.store.items[Int(stack[top].next)]
            stack[top].next = item.right
            guard item.isVisible, item.kind == .type else { continue }
            let type = TypeIndex(item.payload)
            switch context.store.types[Int(type)].kind {
            case .xmlText: add(text: type, to: &stack[top], &context)
            case .xmlElement:
                stack[top].openText = nil
                let frame = open(type, name: context.store.types[Int(type)].name, &context)
                stack[top].children.append(frame.entry)
                stack.append(frame)
            case .array, .map, .text, .xmlFragment, .xmlHook, .root: stack[top].openText = nil
            }
        }
    }

    private mutating func open(_ type: TypeIndex, name: NameIndex, _ context: inout DiffContext) -> Frame {
        var entry = Outline.Entry(name: name, types: outline.types.count..<outline.types.count + 1)
        outline.types.append(type)
        let typeFacts = context.facts.node(context.store.names[name])
        for (key, value) in context.store.attributes(of: type) {
            let key = context.store.names[key]
            guard let meaning = typeFacts.meaning(key, value.json) else { continue }
            if typeFacts.hasBlockID, key == "id" {
                entry.blockID = meaning
            } else {
                entry.attributes = entry.attributes &+ Digest.of(Digest.of(key), meaning)
            }
        }
        outline.entries.append(entry)
        return Frame(entry: outline.entries.count - 1, next: context.store.types[Int(type)].first)
    }

    private mutating func add(text type: TypeIndex, to frame: inout Frame, _ context: inout DiffContext) {
        let index: Int
        if let open = frame.openText {
            index = open
        } else {
            index = outline.entries.count
            let (types, runs) = (outline.types.count, outline.runs.count)
            outline.entries.append(Outline.Entry(name: none, types: types..<types, runs: runs..<runs))
            frame.children.append(index)
            frame.openText = index
        }
        outline.types.append(type)
        read(type, firstRun: outline.entries[index].runs.lowerBound, &context)
        outline.entries[index].types = outline.entries[index].types.lowerBound..<outline.types.count
        outline.entries[index].runs = outline.entries[index].runs.lowerBound..<outline.runs.count
    }

    /// Completes the texts of an element, which may each come from several types.
    private mutating func sealTexts(_ children: [Int], _ formats: FormatTable) {
        for child in children where outline.entries[child].isText {
            outline.entries[child].digest = outline.digest(runs: outline.entries[child].runs, formats)
            outline.entries[child].loose = outline.entries[child].digest
        }
    }

    private mutating func read(_ type: TypeIndex, firstRun: Int, _ context: inout DiffContext) {
        var current: [Format] = []
        var number = FormatTable.plain
        var next = context.store.types[Int(type)].first
        while next != none {
            let item = context.store.items[Int(next)]
            next = item.right
            guard !item.isDeleted else { continue }
            if item.kind == .string {
                outline.append(context.store.units(of: item), formats: number, from: firstRun)
            } else if item.kind == .format {
                current.removeAll { $0.key == item.payload }
                let format = context.formats.format(item, in: &context.store, &context.facts)
                if let format, current.count < TextReader.formatLimit { current.append(format) }
                number = context.formats.number(current)
            }
        }
    }
}
