/// Texts that occur again and again (node names, keys, mark values), each kept once and compared by its number.
struct NameTable: Sendable {
    /// A text that is equal only to the same bytes, unlike `String`, which follows canonical equivalence.
    struct Key: Hashable, Sendable {
        let text: String

        static func == (left: Key, right: Key) -> Bool {
            left.withBytes { left in
                right.withBytes { right in
                    left.count == right.count && left.elementsEqual(right)
                }
            }
        }

        func hash(into hasher: inout Hasher) {
            withBytes { hasher.combine(bytes: $0) }
        }

        private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
            // Every text that was read here is native and contiguous, so that nothing is copied.
            var text = text
            return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
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
