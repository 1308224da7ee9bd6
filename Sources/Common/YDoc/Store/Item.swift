/// Index of an item in the store's arena.
typealias ItemIndex = Int32
/// Index of a shared type in the store.
typealias TypeIndex = Int32
/// Index of a client in the store; not its number on the wire.
typealias ClientIndex = Int32
/// Index of an interned text.
typealias NameIndex = Int32

/// The absent index: items, types, clients and names are linked by numbers, so that nothing can form a cycle.
let none: Int32 = -1

/// Name of one unit of the document: a client and a clock of that client.
struct ItemID: Equatable, Sendable {
    var client: ClientIndex
    var clock: Int

    static let absent = ItemID(client: none, clock: 0)
    var isAbsent: Bool { client == none }
}

/// What an item holds; the raw value is its number on the wire.
enum ContentKind: UInt8, Sendable {
    /// Not an item any more: collected, with no position.
    case collected = 0
    case deleted = 1
    case json = 2
    case binary = 3
    case string = 4
    case embed = 5
    case format = 6
    case type = 7
    case any = 8
    case document = 9

    /// Whether the content takes part in the visible length of its parent.
    var isCountable: Bool {
        switch self {
        case .collected, .deleted, .format: false
        case .json, .binary, .string, .embed, .type, .any, .document: true
        }
    }

    /// Whether two neighbours of this kind can become one item.
    var isMergeable: Bool {
        switch self {
        case .collected, .deleted, .json, .string, .any: true
        case .binary, .embed, .format, .type, .document: false
        }
    }
}

/// One struct of the document: a run of content by one client, or what is left of it.
///
/// It is plain data without references; texts and values live in the store's tables.
struct Item: Sendable {
    var id: ItemID
    var length: Int
    var origin: ItemID = .absent
    var rightOrigin: ItemID = .absent
    var left: ItemIndex = none
    var right: ItemIndex = none
    var parent: TypeIndex = none
    /// The key under which a map entry stands in its parent.
    var key: NameIndex = none
    var kind: ContentKind
    var isDeleted: Bool
    /// Where the content is: the start in the table of its kind, or the interned key of a format.
    var payload: Int32 = none
    /// The interned value of a format.
    var value: NameIndex = none

    var end: Int { id.clock + length }
    var lastID: ItemID { ItemID(client: id.client, clock: end - 1) }
    /// Whether this is content that a reader sees.
    var isVisible: Bool { !isDeleted && kind.isCountable }
}

/// A shared type: the children and attributes of an element, the characters of a text, or a root.
struct SharedType: Sendable {
    /// The kinds by their number on the wire; a root does not know its kind.
    enum Kind: UInt8, Sendable {
        case array = 0
        case map = 1
        case text = 2
        case xmlElement = 3
        case xmlFragment = 4
        case xmlHook = 5
        case xmlText = 6
        case root = 255

        var hasName: Bool { self == .xmlElement || self == .xmlHook }
    }

    let kind: Kind
    /// The node name of an element, or the name of a root.
    let name: NameIndex
    /// The item that holds the type; none for a root.
    var item: ItemIndex = none
    var first: ItemIndex = none
    /// The last entry of each key, in the order in which the keys came.
    private(set) var entries: [(key: NameIndex, item: ItemIndex)] = []

    /// Positions in `entries`, kept only for types with many keys: an element has a few, a foreign map may have any.
    private var positions: [NameIndex: Int] = [:]
    private static let scanLimit = 16

    init(kind: Kind, name: NameIndex) {
        self.kind = kind
        self.name = name
    }

    func entry(_ key: NameIndex) -> ItemIndex { position(key).map { entries[$0].item } ?? none }

    mutating func setEntry(_ key: NameIndex, _ item: ItemIndex) {
        if let position = position(key) {
            entries[position].item = item
            return
        }
        entries.append((key, item))
        if entries.count == Self.scanLimit + 1 {
            for (position, entry) in entries.enumerated() { positions[entry.key] = position }
        } else if entries.count > Self.scanLimit {
            positions[key] = entries.count - 1
        }
    }

    mutating func removeEntries() {
        entries = []
        positions = [:]
    }

    private func position(_ key: NameIndex) -> Int? {
        entries.count > Self.scanLimit ? positions[key] : entries.firstIndex { $0.key == key }
    }
}
