/// What children a node may have: terms in order, each a set of alternatives and how often they occur.
///
/// That is as much of ProseMirror's grammar as Docmost's schema uses. In none of its expressions can a child belong to
/// two neighbouring terms where it matters, so matching takes each term as far as it goes.
package struct ContentExpression: Sendable {
    /// One term: `(a | b)+`.
    package struct Term: Sendable {
        /// Node types; groups are resolved.
        package let types: Set<String>
        package let isRequired: Bool
        package let isRepeated: Bool
    }

    /// As the schema spells it.
    package let text: String
    package let terms: [Term]

    /// A leaf: no children at all.
    package static let empty = ContentExpression(text: "", terms: [])

    private init(text: String, terms: [Term]) {
        self.text = text
        self.terms = terms
    }

    /// Reads an expression such as `block+ footnotes?` or `(tableCell | tableHeader)*`.
    ///
    /// - Parameter groups: the types of each group; any other word is a type.
    init(_ text: String, groups: [String: Set<String>]) {
        var terms: [Term] = []
        var types: Set<String> = []
        var word = ""
        var depth = 0
        func endWord() {
            if !word.isEmpty { types.formUnion(groups[word] ?? [word]) }
            word = ""
        }
        func endTerm(_ mark: Character) {
            endWord()
            guard !types.isEmpty else { return }
            terms.append(Term(types: types, isRequired: "1+".contains(mark), isRepeated: "*+".contains(mark)))
            types = []
        }
        for character in text {
            switch character {
            case "(": depth += 1
            case ")":
                endWord()
                depth -= 1
            case "*", "+", "?": endTerm(character)
            case "|": endWord()
            case " ": if depth == 0 { endTerm("1") }
            default: word.append(character)
            }
        }
        endTerm("1")
        self.init(text: text, terms: terms)
    }

    /// Whether any term admits the type.
    package func admits(_ type: String) -> Bool { terms.contains { $0.types.contains(type) } }

    /// Where the children stop to match; nil when all of them do and nothing is missing.
    ///
    /// An index equal to the number of children says that more are needed.
    package func mismatch(in types: [String]) -> Int? {
        var index = 0
        for term in terms {
            let start = index
            while index < types.count, term.types.contains(types[index]), term.isRepeated || index == start {
                index += 1
            }
            if term.isRequired, index == start { return index }
        }
        return index == types.count ? nil : index
    }
}
