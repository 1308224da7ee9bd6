internal import JSON
internal import ProseMirror

/// Reads a root as a ProseMirror document, in the way of y-prosemirror's `yDocToProsemirrorJSON`.
struct DocumentReader {
    private let store: Store

    /// An element whose children are being read.
    private struct Frame {
        let name: String
        let attrs: JSONObject?
        var next: ItemIndex
        var children: [Node] = []
        var hasChildren = false

        func finished() -> Node { Node(name, attrs: attrs, content: hasChildren ? children : nil) }
    }

    init(_ store: Store) { self.store = store }

    /// The nodes of a root. An explicit stack, because pages nest deeper than a thread's stack allows.
    func document(root name: String) -> Node {
        guard let index = store.names.find(name), let root = store.roots[index] else { return Node("doc", content: []) }
        var stack = [Frame(name: "doc", attrs: nil, next: store.types[Int(root)].first, hasChildren: true)]
        while true {
            let top = stack.count - 1
            guard stack[top].next != none else {
                let node = stack.removeLast().finished()
                guard !stack.isEmpty else { return node }
                stack[stack.count - 1].children.append(node)
                continue
            }
            let item = store.items[Int(stack[top].next)]
            stack[top].next = item.right
            guard item.isVisible, item.kind == .type else { continue }
            stack[top].hasChildren = true
            let type = TypeIndex(item.payload)
            switch store.types[Int(type)].kind {
            case .xmlText: stack[top].children.append(contentsOf: TextReader(store).nodes(of: type))
            case .xmlElement: stack.append(frame(of: type))
            case .array, .map, .text, .xmlFragment, .xmlHook, .root: break
            }
        }
    }

    private func frame(of type: TypeIndex) -> Frame {
        let shared = store.types[Int(type)]
        let attrs = store.attributes(of: type).compactMap { entry in
            entry.value.json.map { (store.names[entry.key], $0) }
        }
        let hasEntries = shared.entries.contains { !store.items[Int($0.item)].isDeleted }
        return Frame(
            name: store.names[shared.name],
            attrs: hasEntries ? JSONObject(attrs) : nil,
            next: shared.first
        )
    }
}

extension Store {
    /// The current attributes of an element, in the order in which their keys came.
    func attributes(of type: TypeIndex) -> [(key: NameIndex, value: AnyValue)] {
        types[Int(type)].entries.compactMap { entry in
            let item = items[Int(entry.item)]
            guard !item.isDeleted, let value = lastValue(of: item) else { return nil }
            return (entry.key, value)
        }
    }

    /// The value of an attribute: the last one, because overwritten values of one client are joined in one item.
    private func lastValue(of item: Item) -> AnyValue? {
        let last = Int(item.payload) + item.length - 1
        switch item.kind {
        case .any: return values[last]
        case .json: return (try? JSONValue(parsing: texts[last])).map { AnyValue($0) }
        case .binary: return .bytes(blobs[Int(item.payload)])
        case .collected, .deleted, .string, .embed, .format, .type, .document: return nil
        }
    }
}
