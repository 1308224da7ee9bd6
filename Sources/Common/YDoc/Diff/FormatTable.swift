internal import JSON
internal import ProseMirror

/// One mark on a stretch of text: the key in the document and what the value means.
struct Format: Equatable {
    let key: NameIndex
    let value: UInt64
}

/// The sets of marks that stretches of text have, each kept once and compared by its number.
struct FormatTable {
    /// The number of the empty set.
    static let plain = 0

    private var sets: [[Format]] = [[]]
    private var digests: [UInt64] = [FormatTable.digest([])]
    private var numbers: [UInt64: Int] = [FormatTable.digest([]): FormatTable.plain]
    /// How a format that the target wants is written.
    private var spellings: [Key: NameIndex] = [:]
    /// Keys with a suffix that stand for a mark of the shown name, by that name and the value.
    private var aliases: [Key: NameIndex] = [:]
    private var meanings: [Key: UInt64] = [:]

    /// A key and a value, or a key and the text of a value.
    private struct Key: Hashable {
        let name: NameIndex
        let value: UInt64
    }

    subscript(number: Int) -> [Format] { sets[number] }

    /// The number of a set, whose order says nothing.
    mutating func number(_ formats: [Format]) -> Int {
        let sorted = formats.sorted { $0.key < $1.key }
        let digest = Self.digest(sorted)
        if let number = numbers[digest] { return number }
        sets.append(sorted)
        digests.append(digest)
        numbers[digest] = sets.count - 1
        return sets.count - 1
    }

    func digest(_ number: Int) -> UInt64 { digests[number] }

    private static func digest(_ formats: [Format]) -> UInt64 {
        formats.reduce(7) { Digest.of($0, UInt64($1.key), $1.value) }
    }

    /// The interned text that opens a format of the target.
    ///
    /// - Throws: `invalidTarget` for a mark that the schema does not know: an editor would delete its text.
    func spelling(_ format: Format, _ names: NameTable) throws(YDocError) -> NameIndex {
        guard let spelling = spellings[Key(name: format.key, value: format.value)] else {
            throw .invalidTarget("the mark \(names[format.key].prefix(40)) is not known and cannot be written")
        }
        return spelling
    }

    /// The format of an item that was read before; nil if the item ends one.
    func known(_ item: Item) -> Format? {
        meanings[Key(name: item.payload, value: UInt64(item.value))].map { Format(key: item.payload, value: $0) }
    }

    /// The format that an item of the document sets; nil if it ends one.
    mutating func format(_ item: Item, in store: inout Store, _ facts: inout SchemaFacts) -> Format? {
        let text = store.names[item.value]
        if text == "null" { return nil }
        let cached = Key(name: item.payload, value: UInt64(item.value))
        if let value = meanings[cached] { return Format(key: item.payload, value: value) }
        let key = store.names[item.payload]
        let shown = MarkName.shown(key)
        let json = try? JSONValue(parsing: text)
        let value = Self.meaning(json?.object, facts.mark(shown))
        meanings[cached] = value
        if !sameText(key, shown) { aliases[Key(name: store.names.intern(shown), value: value)] = item.payload }
        return Format(key: item.payload, value: value)
    }

    /// The number of the set that a text node of the target has.
    mutating func number(
        of marks: [Mark],
        in store: inout Store,
        _ facts: inout SchemaFacts
    ) throws(YDocError) -> Int {
        guard !marks.isEmpty else { return Self.plain }
        var formats: [Format] = []
        for mark in marks {
            let name = store.names.intern(mark.type)
            let value = Self.meaning(mark.attrs, facts.mark(mark.type))
            let key = aliases[Key(name: name, value: value)] ?? name
            let format = Format(key: key, value: value)
            guard !formats.contains(where: { $0.key == key }) else {
                throw .invalidTarget("a text has two marks of the type \(mark.type.prefix(40))")
            }
            formats.append(format)
            let spelled = Key(name: key, value: value)
            if spellings[spelled] == nil, let rule = facts.markRule(mark.type) {
                spellings[spelled] = store.names.intern(Self.spelled(mark, rule))
            }
        }
        return number(formats)
    }

    private static func meaning(_ attrs: JSONObject?, _ facts: SchemaFacts.TypeFacts) -> UInt64 {
        (attrs?.members ?? []).reduce(0) { sum, member in
            guard let value = facts.meaning(member.key, member.value) else { return sum }
            return sum &+ Digest.of(Digest.of(member.key), value)
        }
    }

    /// All attributes of the mark, defaults and nulls too, as an editor writes them.
    private static func spelled(_ mark: Mark, _ rule: MarkRule) -> String {
        var members: [JSONObject.Member] = []
        for attribute in rule.attributes {
            guard let value = mark.attribute(attribute.name) ?? attribute.fallback else { continue }
            members.append((attribute.name, value))
        }
        for member in mark.attrs?.members ?? [] where rule.attribute(member.key) == nil { members.append(member) }
        return JSONValue.object(JSONObject(members)).serialized
    }
}
