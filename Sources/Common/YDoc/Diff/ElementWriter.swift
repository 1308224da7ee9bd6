internal import JSON
internal import ProseMirror

/// Writes new elements with all that is in them: parents before children, attributes behind the children, as Yjs does.
struct ElementWriter {
    private let writer: StoreWriter
    private let target: TargetOutline

    private struct Frame {
        let entry: Outline.Entry
        let type: TypeIndex
        var next = 0
        var last: ItemIndex = none
    }

    init(_ target: TargetOutline, _ writer: StoreWriter) {
        self.target = target
        self.writer = writer
    }

    /// Writes an entry of the target behind an item and returns the new item.
    func insert(
        _ index: Int,
        after left: ItemIndex,
        in parent: TypeIndex,
        _ context: inout DiffContext
    ) throws(YDocError) -> ItemIndex {
        let entry = target.outline.entries[index]
        if entry.isText { return try insertText(entry, after: left, in: parent, &context) }
        let first = try insertElement(entry, after: left, in: parent, &context)
        var stack = [Frame(entry: entry, type: TypeIndex(context.store.items[Int(first)].payload))]
        while let frame = stack.last {
            let top = stack.count - 1
            guard frame.next < frame.entry.children.count else {
                stack.removeLast()
                try writeAttributes(frame, &context)
                continue
            }
            let child = target.outline.entries[target.outline.children[frame.entry.children.lowerBound + frame.next]]
            stack[top].next += 1
            if child.isText {
                stack[top].last = try insertText(child, after: frame.last, in: frame.type, &context)
            } else {
                let item = try insertElement(child, after: frame.last, in: frame.type, &context)
                stack[top].last = item
                stack.append(Frame(entry: child, type: TypeIndex(context.store.items[Int(item)].payload)))
            }
        }
        return first
    }

    private func insertElement(
        _ entry: Outline.Entry,
        after left: ItemIndex,
        in parent: TypeIndex,
        _ context: inout DiffContext
    ) throws(YDocError) -> ItemIndex {
        let name = context.store.names[entry.name]
        guard context.facts.node(name).isKnown else {
            throw .invalidTarget("a node of the type \(name.prefix(40)) is not known and cannot be created")
        }
        return try writer.insertType(.xmlElement, name: entry.name, after: left, in: parent, &context.store)
    }

    private func insertText(
        _ entry: Outline.Entry,
        after left: ItemIndex,
        in parent: TypeIndex,
        _ context: inout DiffContext
    ) throws(YDocError) -> ItemIndex {
        let item = try writer.insertType(.xmlText, after: left, in: parent, &context.store)
        var rewriter = TextRewriter(entry, of: target.outline, formats: context.formats, writer: writer)
        let count = target.outline.units(of: entry).count
        let type = TypeIndex(context.store.items[Int(item)].payload)
        try rewriter.rewrite([(type, 0)], by: [.insert(0..<count)], &context.store)
        return item
    }

    private func writeAttributes(_ frame: Frame, _ context: inout DiffContext) throws(YDocError) {
        let node = target.nodes[frame.entry.node]
        let initial = context.facts.node(node.type).initial
        for (name, value) in initial where node.attrs?[name] == nil {
            try write(name, value, frame.type, &context)
        }
        for (name, value) in node.attrs?.members ?? [] where !value.isNull {
            try write(name, value, frame.type, &context)
        }
    }

    private func write(
        _ name: String,
        _ value: JSONValue,
        _ type: TypeIndex,
        _ context: inout DiffContext
    ) throws(YDocError) {
        let key = context.store.names.intern(name)
        try writer.setAttribute(key, try AnyValue(checking: value), of: type, &context.store)
    }
}
