/// Reads the v1 format of updates. Contents go into the tables of the store, structs are returned unplaced.
struct UpdateReader {
    private var reader: ByteReader

    init(_ bytes: [UInt8]) { reader = ByteReader(bytes) }

    mutating func read(into store: inout Store) throws(YDocError) -> IncomingUpdate {
        guard reader.remaining <= Store.byteLimit else { throw .tooLarge("an update of more than 64 MiB") }
        var update = IncomingUpdate()
        for _ in 0..<(try reader.varUint()) {
            let section = try section(into: &store)
            guard update.sectionOfClient[section.client] == nil else { throw .malformed("a client occurs twice") }
            update.sectionOfClient[section.client] = update.sections.count
            update.sections.append(section)
        }
        for _ in 0..<(try reader.varUint()) {
            let client = store.client(try clientNumber())
            for _ in 0..<(try reader.varUint()) {
                let clock = try reader.varUint()
                let length = try reader.varUint()
                guard length > 0 else { continue }
                update.deletions.append((client, DeleteSet.Range(clock: clock, end: clock + length)))
            }
        }
        guard reader.isAtEnd else { throw .malformed("bytes follow the update") }
        return update
    }

    private mutating func clientNumber() throws(YDocError) -> UInt64 { UInt64(try reader.varUint()) }

    private mutating func id(_ store: inout Store) throws(YDocError) -> ItemID {
        let client = store.client(try clientNumber())
        return ItemID(client: client, clock: try reader.varUint())
    }

    private mutating func section(into store: inout Store) throws(YDocError) -> IncomingUpdate.Section {
        let count = try reader.varUint()
        var section = IncomingUpdate.Section(client: store.client(try clientNumber()))
        var clock = try reader.varUint()
        for _ in 0..<count {
            let read = try structure(ItemID(client: section.client, clock: clock), into: &store)
            guard read.item.length > 0 else { throw .malformed("a struct of no length") }
            clock += read.item.length
            guard clock <= ByteReader.largestInteger else { throw .malformed("a clock above 2^53") }
            // A gap of a merged update shows in the clock of the next struct.
            if !read.isGap { section.append(IncomingUpdate.Struct(item: read.item, parentItem: read.parent)) }
        }
        return section
    }

    private mutating func structure(
        _ id: ItemID,
        into store: inout Store
    ) throws(YDocError) -> (item: Item, parent: ItemID, isGap: Bool) {
        let info = try reader.byte()
        let number = info & 0x1F
        if number == 0 || number == 10 {
            let length = try reader.varUint()
            return (Item(id: id, length: length, kind: .collected, isDeleted: true), .absent, number == 10)
        }
        guard let kind = ContentKind(rawValue: number) else {
            throw .unsupported("a struct of the unknown kind \(number)")
        }
        var item = Item(id: id, length: 1, kind: kind, isDeleted: kind == .deleted)
        var parent = ItemID.absent
        if info & 0x80 != 0 { item.origin = try self.id(&store) }
        if info & 0x40 != 0 { item.rightOrigin = try self.id(&store) }
        if info & 0xC0 == 0 {
            switch try reader.varUint() {
            case 0: parent = try self.id(&store)
            default: item.parent = store.root(try reader.string())
            }
            if info & 0x20 != 0 { item.key = store.names.intern(try reader.string()) }
        }
        try content(of: &item, into: &store)
        return (item, parent, false)
    }

    private mutating func content(of item: inout Item, into store: inout Store) throws(YDocError) {
        switch item.kind {
        case .collected: break
        case .deleted: item.length = try reader.varUint()
        case .json:
            item.payload = Int32(store.texts.count)
            item.length = try count()
            for _ in 0..<item.length { store.texts.append(try reader.string()) }
        case .binary:
            item.payload = Int32(store.blobs.count)
            store.blobs.append(Array(try reader.varBytes()))
        case .string:
            item.payload = Int32(store.units.count)
            try UTF16Text.append(utf8: try reader.varBytes(), to: &store.units)
            item.length = store.units.count - Int(item.payload)
        case .embed:
            item.payload = Int32(store.texts.count)
            store.texts.append(try reader.string())
        case .format:
            item.payload = store.names.intern(try reader.string())
            item.value = store.names.intern(try reader.string())
        case .type: item.payload = try type(into: &store)
        case .any:
            item.payload = Int32(store.values.count)
            item.length = try count()
            for _ in 0..<item.length { store.values.append(try AnyValue(from: &reader)) }
        case .document:
            item.payload = Int32(store.documents.count)
            let guid = try reader.string()
            store.documents.append((guid, try AnyValue(from: &reader)))
        }
    }

    /// A number of elements; each takes at least one byte.
    private mutating func count() throws(YDocError) -> Int {
        let count = try reader.varUint()
        guard count <= reader.remaining else { throw .truncated }
        return count
    }

    private mutating func type(into store: inout Store) throws(YDocError) -> TypeIndex {
        let number = try reader.varUint()
        guard number <= 6, let kind = SharedType.Kind(rawValue: UInt8(number)) else {
            throw .unsupported("a shared type of the unknown kind \(number)")
        }
        let name = kind.hasName ? store.names.intern(try reader.string()) : none
        store.types.append(SharedType(kind: kind, name: name))
        return TypeIndex(store.types.count - 1)
    }
}
