internal import JSON
internal import ProseMirror

/// Reads a text type as ProseMirror text nodes. Text is joined up to the next format item, even if that changes nothing.
struct TextReader {
    private let store: Store
    private var formats: [(key: NameIndex, value: NameIndex)] = []
    private var units: [UInt16] = []
    private var nodes: [Node] = []
    /// Marks that were made before, by key and value.
    private var marks: [UInt64: Mark] = [:]
    /// No editor knows more marks than a dozen; what goes beyond this is left out.
    static let formatLimit = 32

    init(_ store: Store) { self.store = store }

    consuming func nodes(of type: TypeIndex) -> [Node] {
        var next = store.types[Int(type)].first
        while next != none {
            let item = store.items[Int(next)]
            next = item.right
            guard !item.isDeleted else { continue }
            switch item.kind {
            case .string: units.append(contentsOf: store.units(of: item))
            case .format:
                flush()
                set(item.payload, item.value)
            case .type, .embed: flush()
            case .collected, .deleted, .json, .binary, .any, .document: break
            }
        }
        flush()
        return nodes
    }

    private mutating func set(_ key: NameIndex, _ value: NameIndex) {
        let position = formats.firstIndex { $0.key == key }
        if store.names[value] == "null" {
            if let position { formats.remove(at: position) }
        } else if let position {
            formats[position].value = value
        } else if formats.count < Self.formatLimit {
            formats.append((key, value))
        }
    }

    private mutating func flush() {
        guard !units.isEmpty else { return }
        let marks = formats.map { mark($0.key, $0.value) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(units.count)
        UTF16Text.appendUTF8(units[...], to: &bytes)
        nodes.append(.text(String(decoding: bytes, as: UTF8.self), marks.isEmpty ? nil : marks))
        units.removeAll(keepingCapacity: true)
    }

    private mutating func mark(_ key: NameIndex, _ value: NameIndex) -> Mark {
        let number = UInt64(UInt32(key)) << 32 | UInt64(UInt32(value))
        if let mark = marks[number] { return mark }
        let mark = Self.mark(store.names[key], store.names[value])
        marks[number] = mark
        return mark
    }

    /// Older servers write `true` for a mark without attributes; it is shown as it is.
    private static func mark(_ key: String, _ value: String) -> Mark {
        let name = MarkName.shown(key)
        if value == "{}" { return Mark(name, attrs: JSONObject()) }
        guard let json = try? JSONValue(parsing: value) else { return Mark(name) }
        guard case .object(let attrs) = json else { return Mark(name, extra: ["attrs": json]) }
        return Mark(name, attrs: attrs)
    }
}

/// Names of marks in a text's formats.
enum MarkName {
    /// The name without the suffix `--` and eight characters of base64 that tells marks of one type apart.
    static func shown(_ key: String) -> String {
        let bytes = Array(key.utf8)
        guard bytes.count > 10, bytes[bytes.count - 10] == 0x2D, bytes[bytes.count - 9] == 0x2D else { return key }
        let isSuffix = bytes.suffix(8).allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2F, 0x3D: true
            default: false
            }
        }
        return isSuffix ? String(decoding: bytes.dropLast(10), as: UTF8.self) : key
    }
}
