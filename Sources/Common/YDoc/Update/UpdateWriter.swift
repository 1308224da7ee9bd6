/// Writes the v1 format of updates.
struct UpdateWriter {
    private let store: Store
    private var writer = ByteWriter()

    init(_ store: Store) { self.store = store }

    /// Everything that the holder of a state vector lacks, and all deletions.
    static func state(of store: Store, beyond known: StateVector = StateVector()) -> [UInt8] {
        var writer = UpdateWriter(store)
        writer.structs(beyond: known)
        writer.deletions(of: store.allDeletions())
        return writer.writer.bytes
    }

    /// The structs beyond a state vector, and given deletions only.
    static func change(of store: Store, beyond known: StateVector, deletions: DeleteSet) -> [UInt8] {
        var writer = UpdateWriter(store)
        writer.structs(beyond: known)
        writer.deletions(of: deletions)
        return writer.writer.bytes
    }

    /// Clients in the order of the format: the highest number first.
    private var order: [ClientIndex] {
        store.clients.indices.sorted { store.clients[$0].number > store.clients[$1].number }.map(ClientIndex.init)
    }

    private mutating func structs(beyond known: StateVector) {
        let news = order.filter { store.state($0) > known[store.clients[Int($0)].number] }
        writer.varUint(news.count)
        for client in news {
            let clock = known[store.clients[Int(client)].number]
            let structs = store.clients[Int(client)].structs
            let first = store.position(ItemID(client: client, clock: clock))
            writer.varUint(structs.count - first)
            writer.varUint(Int(store.clients[Int(client)].number))
            writer.varUint(clock)
            for position in first..<structs.count {
                let item = store.items[Int(structs[position])]
                write(item, from: position == first ? clock - item.id.clock : 0)
            }
        }
    }

    private mutating func deletions(of set: DeleteSet) {
        let clients = order.filter { set.ranges[$0] != nil }
        writer.varUint(clients.count)
        for client in clients {
            let ranges = set.sorted(client)
            writer.varUint(Int(store.clients[Int(client)].number))
            writer.varUint(ranges.count)
            for range in ranges {
                writer.varUint(range.clock)
                writer.varUint(range.end - range.clock)
            }
        }
    }

    private mutating func id(_ id: ItemID) {
        writer.varUint(Int(store.clients[Int(id.client)].number))
        writer.varUint(id.clock)
    }

    private mutating func write(_ item: Item, from offset: Int) {
        guard item.kind != .collected else {
            writer.byte(0)
            writer.varUint(item.length - offset)
            return
        }
        let origin = offset > 0 ? ItemID(client: item.id.client, clock: item.id.clock + offset - 1) : item.origin
        var info = item.kind.rawValue
        if !origin.isAbsent { info |= 0x80 }
        if !item.rightOrigin.isAbsent { info |= 0x40 }
        if item.key != none { info |= 0x20 }
        writer.byte(info)
        if !origin.isAbsent { id(origin) }
        if !item.rightOrigin.isAbsent { id(item.rightOrigin) }
        if origin.isAbsent, item.rightOrigin.isAbsent { parent(of: item) }
        content(of: item, from: offset)
    }

    private mutating func parent(of item: Item) {
        let type = store.types[Int(item.parent)]
        if type.item == none {
            writer.varUint(1)
            writer.string(store.names[type.name])
        } else {
            writer.varUint(0)
            id(store.items[Int(type.item)].id)
        }
        if item.key != none { writer.string(store.names[item.key]) }
    }

    private mutating func content(of item: Item, from offset: Int) {
        let start = Int(item.payload)
        switch item.kind {
        case .collected: break
        case .deleted: writer.varUint(item.length - offset)
        case .json:
            writer.varUint(item.length - offset)
            for text in store.texts[start + offset..<start + item.length] { writer.string(text) }
        case .binary: writer.varBytes(store.blobs[start])
        case .string: writer.string(units: store.units(of: item).dropFirst(offset))
        case .embed: writer.string(store.texts[start])
        case .format:
            writer.string(store.names[item.payload])
            writer.string(store.names[item.value])
        case .type:
            let type = store.types[start]
            writer.varUint(Int(type.kind.rawValue))
            if type.kind.hasName { writer.string(store.names[type.name]) }
        case .any:
            writer.varUint(item.length - offset)
            for value in store.values[start + offset..<start + item.length] { value.write(to: &writer) }
        case .document:
            writer.string(store.documents[start].guid)
            store.documents[start].options.write(to: &writer)
        }
    }
}

extension Store {
    /// Everything that is deleted, as ranges.
    fileprivate func allDeletions() -> DeleteSet {
        var set = DeleteSet()
        for client in clients {
            for index in client.structs where items[Int(index)].isDeleted {
                set.insert(items[Int(index)].id, length: items[Int(index)].length)
            }
        }
        return set
    }
}
