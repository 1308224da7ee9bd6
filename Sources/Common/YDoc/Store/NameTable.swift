/// Texts that occur again and again (node names, keys, mark values), each kept once and compared by its number.
struct NameTable: Sendable {
    /// A text that is equal only to the same bytes, unlike `String`, which follows canonical equivalence.
    struct Key: Hashable, Sendable {
        let text: String

        static func == (left: Key, right: Key) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

        func hash(into hasher: inout Hasher) {
            for byte in text.utf8 { hasher.combine(byte) }
        }
    }

    private var numbers: [Key: NameIndex] = [:]
    private var texts: [String] = []

    subscript(index: NameIndex) -> String { texts[Int(index)] }

    func find(_ text: String) -> NameIndex? { numbers[Key(text: text)] }

    mutating func intern(_ text: String) -> NameIndex {
        let key = Key(text: text)
        if let number = numbers[key] { return number }
        let number = NameIndex(texts.count)
        numbers[key] = number
        texts.append(text)
        return number
    }
}
