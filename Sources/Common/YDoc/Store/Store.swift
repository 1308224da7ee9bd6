/// All that is known of a document: structs by client and clock, and the lists that they form.
///
/// Every struct is an element of one array; links are indices. So a document is a value that can be copied, has no
/// reference cycles, and is released without recursion however deep it is nested.
struct Store: Sendable {
    /// The structs of one client, contiguous from clock 0.
    struct Client: Sendable {
        let number: UInt64
        var structs: [ItemIndex] = []
        /// The next clock.
        var next = 0
    }

    var items: [Item] = []
    var types: [SharedType] = []
    var clients: [Client] = []
    var clientIndices: [UInt64: ClientIndex] = [:]
    var roots: [NameIndex: TypeIndex] = [:]
    var names = NameTable()

    // Tables of content; an item holds a start in one of them and its length.
    var units: [UInt16] = []
    var values: [AnyValue] = []
    var texts: [String] = []
    var blobs: [[UInt8]] = []
    var documents: [(guid: String, options: AnyValue)] = []

    /// What the running change has deleted.
    var deletions = DeleteSet()
    /// Work that a real document never needs much of is counted, so that a crafted one ends in an error.
    var workLeft = Store.workLimit

    static let workLimit = 50_000_000
    /// A larger update than this is no page. A struct takes at least four bytes of it and about 200 here.
    static let byteLimit = 64 << 20
    /// Indices are 32 bits wide.
    static let sizeLimit = 1 << 30

    /// Counts work; an update whose integration is not about linear is refused.
    mutating func spend(_ amount: Int) throws(YDocError) {
        workLeft -= amount
        guard workLeft > 0 else { throw .tooLarge("integrating the update takes too much work") }
    }

    // MARK: Clients

    mutating func client(_ number: UInt64) -> ClientIndex {
        if let index = clientIndices[number] { return index }
        let index = ClientIndex(clients.count)
        clients.append(Client(number: number))
        clientIndices[number] = index
        return index
    }

    /// The next clock of a client.
    func state(_ client: ClientIndex) -> Int { clients[Int(client)].next }

    /// Position of the struct that holds a clock; the clock must be known.
    func position(_ id: ItemID) -> Int {
        let structs = clients[Int(id.client)].structs
        var low = 0
        var high = structs.count - 1
        if items[Int(structs[high])].id.clock <= id.clock { return high }
        while low < high {
            let middle = (low + high + 1) / 2
            if items[Int(structs[middle])].id.clock <= id.clock { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// The struct that holds a known clock.
    func find(_ id: ItemID) -> ItemIndex { clients[Int(id.client)].structs[position(id)] }

    func isKnown(_ id: ItemID) -> Bool { id.clock < state(id.client) }

    /// Puts a struct behind the last one of its client.
    mutating func append(_ item: Item) -> ItemIndex {
        let index = ItemIndex(items.count)
        items.append(item)
        clients[Int(item.id.client)].structs.append(index)
        clients[Int(item.id.client)].next = item.end
        return index
    }

    // MARK: Types

    mutating func root(_ name: String) -> TypeIndex {
        let name = names.intern(name)
        if let type = roots[name] { return type }
        let type = TypeIndex(types.count)
        types.append(SharedType(kind: .root, name: name))
        roots[name] = type
        return type
    }

    /// The first item of the list that a new item belongs to: a parent's children, or the history of one key.
    mutating func firstItem(of parent: TypeIndex, key: NameIndex) throws(YDocError) -> ItemIndex {
        guard key != none else { return types[Int(parent)].first }
        var item = types[Int(parent)].entry(key)
        while item != none, items[Int(item)].left != none {
            item = items[Int(item)].left
            try spend(1)
        }
        return item
    }

    /// The text of a string item.
    func units(of item: Item) -> ArraySlice<UInt16> { units[Int(item.payload)..<Int(item.payload) + item.length] }
}
