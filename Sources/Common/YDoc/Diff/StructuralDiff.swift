internal import JSON
internal import ProseMirror

/// Changes a stored document into a target and touches only what differs.
///
/// Children that are equal stay; between them, an old and a new child of one type become one and are changed in turn;
/// the rest is deleted or written anew. A stack holds the pairs that are still to be compared.
struct StructuralDiff {
    private(set) var context: DiffContext
    private let writer: StoreWriter
    private let stored: Outline
    private let target: TargetOutline
    private let elements: ElementWriter
    private var work: [(old: Int, new: Int)]
    /// The ids that blocks of the target have.
    private let targetIDs: Set<UInt64>

    /// What becomes of the children of a pair, in their order.
    private enum Step {
        case keep(old: Int)
        case pair(old: Int, new: Int)
        case delete(old: Int)
        case insert(new: Int)
    }

    init(_ store: Store, root: TypeIndex, to document: Node, schema: Schema, client: UInt64?) throws(YDocError) {
        context = DiffContext(store: store, facts: SchemaFacts(schema))
        writer = StoreWriter(number: client, in: &context.store)
        stored = StoredOutline.build(root, &context)
        target = try TargetOutline(document, &context)
        elements = ElementWriter(target, writer)
        targetIDs = Set(target.outline.entries.map(\.blockID))
        work = [(stored.root, target.outline.root)]
    }

    /// The number of the client that wrote.
    var clientNumber: UInt64 { writer.number }

    /// The next clock of that client: 0 if it has written nothing.
    var clientClock: Int { context.store.state(writer.client) }

    /// Proves a change that only deletes.
    mutating func leaveTombstone(in root: TypeIndex) throws(YDocError) {
        try writer.leaveTombstone(in: root, &context.store)
    }

    mutating func run() throws(YDocError) {
        while let pair = work.popLast() {
            let (old, new) = (stored.entries[pair.old], target.outline.entries[pair.new])
            guard old.digest != new.digest else { continue }
            if pair.old != stored.root { try changeAttributes(old, new) }
            try changeChildren(old, new)
        }
    }

    // MARK: Attributes

    private mutating func changeAttributes(_ old: Outline.Entry, _ new: Outline.Entry) throws(YDocError) {
        guard old.attributes != new.attributes || old.blockID != new.blockID else { return }
        let type = stored.types[old.types.lowerBound]
        let node = target.nodes[new.node]
        let facts = context.facts.node(node.type)
        let present = context.store.attributes(of: type)
        guard present.count <= DiffContext.attributeLimit else { throw .tooLarge("a node has too many attributes") }
        for (key, value) in present {
            let name = context.store.names[key]
            let wanted = node.attrs?[name]
            // Nobody who leaves out an id, or an attribute that is unknown here, means to delete it.
            let isOwnID = facts.hasBlockID && name == "id" && !targetIDs.contains(old.blockID)
            if wanted == nil, isOwnID || !facts.names.contains(name) { continue }
            guard facts.meaning(name, value.json) != nil, facts.meaning(name, wanted) == nil else { continue }
            context.store.delete(context.store.types[Int(type)].entry(key))
        }
        for (name, value) in node.attrs?.members ?? [] {
            guard let meaning = facts.meaning(name, value) else { continue }
            let key = context.store.names.intern(name)
            let before = present.first { $0.key == key }?.value.json
            guard facts.meaning(name, before) != meaning else { continue }
            try writer.setAttribute(key, try AnyValue(checking: value), of: type, &context.store)
        }
    }

    // MARK: Children

    private mutating func changeChildren(_ old: Outline.Entry, _ new: Outline.Entry) throws(YDocError) {
        let parent = stored.types[old.types.lowerBound]
        let isTextblock = context.facts.node(context.store.names[old.name]).isTextblock
        let steps = steps(old, new)
        var keepsText = steps.contains { step in
            switch step {
            case .keep(let old), .pair(let old, _): stored.entries[old].isText
            case .insert(let new): target.outline.entries[new].isText
            case .delete: false
            }
        }
        var last: ItemIndex = none
        for step in steps {
            switch step {
            case .keep(let old): last = lastItem(of: old)
            case .pair(let old, let new):
                last = lastItem(of: old)
                if stored.entries[old].isText { try rewrite(old, new) } else { work.append((old, new)) }
            case .insert(let new): last = try elements.insert(new, after: last, in: parent, &context)
            case .delete(let old) where stored.entries[old].isText && isTextblock && !keepsText:
                // An emptied paragraph keeps its text type: what others type into it at the same time survives.
                keepsText = true
                last = lastItem(of: old)
                try rewrite(old, nil)
            case .delete(let old):
                for type in stored.entries[old].types { context.store.delete(item(of: stored.types[type])) }
            }
        }
    }

    private func item(of type: TypeIndex) -> ItemIndex { context.store.types[Int(type)].item }

    private func lastItem(of old: Int) -> ItemIndex { item(of: stored.types[stored.entries[old].types.upperBound - 1]) }

    private mutating func rewrite(_ old: Int, _ new: Int?) throws(YDocError) {
        let entry = stored.entries[old]
        let wanted = new.map { target.outline.entries[$0] }
        let steps = TextAlignment.steps(stored.units(of: entry), wanted.map(target.outline.units) ?? [])
        let texts = entry.types.map { (type: stored.types[$0], length: context.store.textLength(of: stored.types[$0])) }
        var rewriter = TextRewriter(wanted, of: target.outline, formats: context.formats, writer: writer)
        try rewriter.rewrite(texts, by: steps, &context.store)
    }

    // MARK: Choosing

    private func steps(_ old: Outline.Entry, _ new: Outline.Entry) -> [Step] {
        let oldChildren = Array(stored.children[old.children])
        let newChildren = Array(target.outline.children[new.children])
        let equal = Alignment.matches(
            oldChildren.map { stored.entries[$0].digest },
            newChildren.map { target.outline.entries[$0].digest }
        )
        var steps: [Step] = []
        var (oldEnd, newEnd) = (0, 0)
        for match in equal + [Alignment.Match(old: oldChildren.count, new: newChildren.count, count: 0)] {
            steps += likeSteps(oldChildren[oldEnd..<match.old], newChildren[newEnd..<match.new])
            for offset in 0..<match.count { steps.append(.keep(old: oldChildren[match.old + offset])) }
            (oldEnd, newEnd) = (match.old + match.count, match.new + match.count)
        }
        return steps
    }

    /// Between equal children: those that are equal but for ids.
    private func likeSteps(_ old: ArraySlice<Int>, _ new: ArraySlice<Int>) -> [Step] {
        guard !old.isEmpty, !new.isEmpty else { return rest(old, new, paired: []) }
        let like = Alignment.matches(
            old.map { stored.entries[$0].loose },
            new.map { target.outline.entries[$0].loose }
        )
        var steps: [Step] = []
        var (oldEnd, newEnd) = (old.startIndex, new.startIndex)
        for match in like + [Alignment.Match(old: old.count, new: new.count, count: 0)] {
            let (oldStart, newStart) = (old.startIndex + match.old, new.startIndex + match.new)
            steps += gapSteps(old[oldEnd..<oldStart], new[newEnd..<newStart])
            for offset in 0..<match.count {
                steps.append(.pair(old: old[oldStart + offset], new: new[newStart + offset]))
            }
            (oldEnd, newEnd) = (oldStart + match.count, newStart + match.count)
        }
        return steps
    }

    private func gapSteps(_ old: ArraySlice<Int>, _ new: ArraySlice<Int>) -> [Step] {
        rest(old, new, paired: GapPairing(stored: stored, target: target.outline).pairs(old, new))
    }

    private func rest(_ old: ArraySlice<Int>, _ new: ArraySlice<Int>, paired: [(old: Int, new: Int)]) -> [Step] {
        var steps: [Step] = []
        var (oldEnd, newEnd) = (old.startIndex, new.startIndex)
        for pair in paired + [(old.endIndex, new.endIndex)] {
            for index in newEnd..<pair.new { steps.append(.insert(new: new[index])) }
            for index in oldEnd..<pair.old { steps.append(removal(of: old[index])) }
            if pair.old < old.endIndex, pair.new < new.endIndex {
                steps.append(.pair(old: old[pair.old], new: new[pair.new]))
            }
            (oldEnd, newEnd) = (min(pair.old + 1, old.endIndex), min(pair.new + 1, new.endIndex))
        }
        return steps
    }

    /// Empty text is left where it is.
    private func removal(of old: Int) -> Step {
        let entry = stored.entries[old]
        return entry.isText && entry.runs.isEmpty ? .keep(old: old) : .delete(old: old)
    }
}

extension Store {
    /// The number of live units in a text.
    fileprivate func textLength(of type: TypeIndex) -> Int {
        var length = 0
        var next = types[Int(type)].first
        while next != none {
            let item = items[Int(next)]
            if item.isVisible, item.kind == .string { length += item.length }
            next = item.right
        }
        return length
    }
}
