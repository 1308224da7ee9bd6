import JSON
import ProseMirror

extension InlineParser {
    /// A tag, an autolink, or a construct of HTML that stays text; else `<` itself.
    mutating func takeLess(isHTML: Bool) {
        if let end = unreadableEnd() {
            addRaw(end)
            return
        }
        if !isHTML, takeAngleLink() { return }
        guard index + 1 < limit, bytes[index + 1].isLetter || bytes[index + 1] == ASCII.slash,
            let tag = HTMLTag.parse(bytes, at: index, limit: limit)
        else {
            addText(index, index + 1)
            return
        }
        guard InlineElement.isKnown(tag.name) else {
            addRaw(tag.end)
            return
        }
        pieces.append(Piece(kind: .tag, start: index, end: tag.end, payload: tags.count))
        tags.append(tag)
        index = tag.end
    }

    /// Text as it stands, in which nothing is looked for.
    private mutating func addRaw(_ end: Int) {
        pieces.append(Piece(kind: .text, start: index, end: end))
        index = end
    }

    /// Where a comment, an instruction, a declaration or CDATA ends; each kind is given up after one vain search.
    private mutating func unreadableEnd() -> Int? {
        guard index + 2 < limit else { return nil }
        switch bytes[index + 1] {
        case ASCII.question:
            return find("?>", from: index + 2, unless: &noInstructionAfter)
        case ASCII.bang:
            if bytes.starts(with: "<!-->", at: index, end: limit) { return index + 5 }
            if bytes.starts(with: "<!--->", at: index, end: limit) { return index + 6 }
            if bytes.starts(with: "--", at: index + 2, end: limit) {
                return find("-->", from: index + 4, unless: &noCommentAfter)
            }
            if bytes.starts(with: "[CDATA[", at: index + 2, end: limit) {
                return find("]]>", from: index + 9, unless: &noCDATAAfter)
            }
            return bytes[index + 2].isLetter ? find(">", from: index + 3, unless: &noDeclarationAfter) : nil
        default:
            return nil
        }
    }

    private func find(_ word: StaticString, from start: Int, unless isVain: inout Bool) -> Int? {
        guard !isVain else { return nil }
        var scan = start
        while scan < limit {
            if bytes[scan] == word.utf8Start[0], bytes.starts(with: word, at: scan, end: limit) {
                return scan + word.utf8CodeUnitCount
            }
            scan += 1
        }
        isVain = true
        return nil
    }

    /// What each tag turned out to be, once its partner is known.
    mutating func resolveTags() -> [TagRole] {
        var roles = Array(repeating: TagRole.text, count: tags.count)
        var open: [String: [Int]] = [:]
        for (place, piece) in pieces.enumerated() where piece.kind == .tag {
            let tag = tags[piece.payload]
            if tag.isClosing {
                guard let opener = open[tag.name]?.popLast() else { continue }
                resolve(opener..<place, &roles)
            } else if let node = InlineElement.voidNode(tag) {
                roles[piece.payload] = .atom(node)
            } else if !tag.isSelfClosed {
                open[tag.name, default: []].append(place)
            }
        }
        return roles
    }

    private func resolve(_ element: Range<Int>, _ roles: inout [TagRole]) {
        let opener = pieces[element.lowerBound].payload
        let closer = pieces[element.upperBound].payload
        switch InlineElement.meaning(of: tags[opener], options: options) {
        case .mark(let mark):
            roles[opener] = .open(mark, id: opener)
            roles[closer] = .close(id: opener)
        case .atom(let node) where holdsText(element.dropFirst()):
            roles[opener] = .openAtom(node)
            roles[closer] = .closeAtom
        case .atom, .nothing:
            break
        }
    }

    /// Whether an atom's element holds nothing but text: with anything else it is none of ours, and stays text itself.
    private func holdsText(_ range: Range<Int>) -> Bool {
        pieces[range].allSatisfy { piece in
            switch piece.kind {
            case .text, .decoded, .bracket, .delimiter, .code, .softBreak, .hardBreak: true
            case .linkOpen, .linkClose, .tag, .atom: false
            }
        }
    }
}

/// What a tag does to the text around it.
enum TagRole {
    case text
    case atom(Node)
    case open(Mark, id: Int)
    case close(id: Int)
    /// The element is one node; the text inside is its own, or for readers elsewhere.
    case openAtom(Node)
    case closeAtom
}
