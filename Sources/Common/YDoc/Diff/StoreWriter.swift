/// Writes new items into a store as one client.
struct StoreWriter {
    let client: ClientIndex
    let number: UInt64

    /// Adds a client; the wished number is replaced if the document knows it.
    ///
    /// An id of which another copy may hold changes would make two different items share a name.
    init(number wished: UInt64?, in store: inout Store) {
        var number = wished ?? 0
        while number == 0 || store.clientIndices[number] != nil { number = UInt64(UInt32.random(in: 1...UInt32.max)) }
        self.number = number
        client = store.client(number)
    }

    /// The item that a new one of the given content would be, behind `left`, in a list of `parent`.
    private func item(_ kind: ContentKind, after left: ItemIndex, in parent: TypeIndex, _ store: Store) -> Item {
        var item = Item(id: ItemID(client: client, clock: store.state(client)), length: 1, kind: kind, isDeleted: false)
        item.parent = parent
        item.left = left
        if left != none { item.origin = store.items[Int(left)].lastID }
        item.right = left == none ? store.types[Int(parent)].first : store.items[Int(left)].right
        if item.right != none { item.rightOrigin = store.items[Int(item.right)].id }
        return item
    }

    func insertType(
        _ kind: SharedType.Kind,
        name: NameIndex = none,
        after left: ItemIndex,
        in parent: TypeIndex,
        _ store: inout Store
    ) throws(YDocError) -> ItemIndex {
        var item = item(.type, after: left, in: parent, store)
        item.payload = TypeIndex(store.types.count)
        store.types.append(SharedType(kind: kind, name: name))
        return try store.integrate(item)
    }

    func insertText(
        _ units: ArraySlice<UInt16>,
        after left: ItemIndex,
        in parent: TypeIndex,
        _ store: inout Store
    ) throws(YDocError) -> ItemIndex {
        var item = item(.string, after: left, in: parent, store)
        item.payload = Int32(store.units.count)
        item.length = units.count
        store.units.append(contentsOf: units)
        return try store.integrate(item)
    }

    func insertFormat(
        key: NameIndex,
        value: NameIndex,
        after left: ItemIndex,
        in parent: TypeIndex,
        _ store: inout Store
    ) throws(YDocError) -> ItemIndex {
        var item = item(.format, after: left, in: parent, store)
        item.payload = key
        item.value = value
        return try store.integrate(item)
    }

    func setAttribute(
        _ key: NameIndex,
        _ value: AnyValue,
        of parent: TypeIndex,
        _ store: inout Store
    ) throws(YDocError) {
        let current = store.types[Int(parent)].entry(key)
        var item = Item(id: ItemID(client: client, clock: store.state(client)), length: 1, kind: .any, isDeleted: false)
        item.parent = parent
        item.key = key
        item.left = current
        if current != none { item.origin = store.items[Int(current)].lastID }
        item.payload = Int32(store.values.count)
        store.values.append(value)
        _ = try store.integrate(item)
    }

    /// Leaves a deleted item, by which the presence of a change that only deletes can be proven.
    func leaveTombstone(in parent: TypeIndex, _ store: inout Store) throws(YDocError) {
        var last = store.types[Int(parent)].first
        while last != none, store.items[Int(last)].right != none { last = store.items[Int(last)].right }
        var item = item(.deleted, after: last, in: parent, store)
        item.isDeleted = true
        _ = try store.integrate(item)
    }
}
