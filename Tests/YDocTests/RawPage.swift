import JSON
import ProseMirror

@testable import YDoc

/// Builds states item by item, also such as only other writers make.
struct RawPage {
    private var store = Store()
    private let writer: StoreWriter
    private let root: TypeIndex
    /// The last item at the end of each type.
    private var ends: [TypeIndex: ItemIndex] = [:]

    init(client: UInt64 = 1) {
        writer = StoreWriter(number: client, in: &store)
        root = store.root(YDoc.rootName)
    }

    mutating func element(_ name: String, in parent: TypeIndex? = nil) throws -> TypeIndex {
        let parent = parent ?? root
        let name = store.names.intern(name)
        let item = try writer.insertType(.xmlElement, name: name, after: ends[parent] ?? none, in: parent, &store)
        ends[parent] = item
        return store.items[Int(item)].payload
    }

    mutating func text(in parent: TypeIndex) throws -> TypeIndex {
        let item = try writer.insertType(.xmlText, after: ends[parent] ?? none, in: parent, &store)
        ends[parent] = item
        return store.items[Int(item)].payload
    }

    mutating func type(_ string: String, into text: TypeIndex) throws {
        ends[text] = try writer.insertText(Array(string.utf16)[...], after: ends[text] ?? none, in: text, &store)
    }

    mutating func format(_ key: String, _ value: String, in text: TypeIndex) throws {
        let (key, value) = (store.names.intern(key), store.names.intern(value))
        ends[text] = try writer.insertFormat(key: key, value: value, after: ends[text] ?? none, in: text, &store)
    }

    mutating func attribute(_ key: String, _ value: AnyValue, of type: TypeIndex) throws {
        try writer.setAttribute(store.names.intern(key), value, of: type, &store)
    }

    /// The page as another process would read it.
    func page() throws -> YDoc { try YDoc(decoding: UpdateWriter.state(of: store)) }
}

/// Short names for what the tests say all the time.
enum Make {
    static func doc(_ blocks: Node...) -> Node { Node("doc", content: blocks) }

    static func paragraph(_ texts: Node...) -> Node { Node("paragraph", content: texts.isEmpty ? nil : texts) }

    static func text(_ text: String, _ marks: String...) -> Node {
        .text(text, marks.isEmpty ? nil : marks.map { Mark($0, attrs: [:]) })
    }

    static func page(_ blocks: Node..., client: UInt64 = 1) throws -> YDoc {
        try YDoc.new(from: Node("doc", content: blocks), schema: .upstream, client: client)
    }
}

extension YDoc {
    /// The texts of the page's blocks.
    var lines: [String] { document().children.map(\.allText) }

    /// The change that leads to a document.
    mutating func write(_ blocks: Node..., client: UInt64? = nil) throws -> YUpdate {
        try diff(to: Node("doc", content: blocks), schema: .upstream, client: client)
    }
}
