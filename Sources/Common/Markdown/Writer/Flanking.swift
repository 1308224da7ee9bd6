import JSON
import ProseMirror

/// Tells which delimiters would not open or close where they stand.
struct Flanking {
    let tokens: [InlineToken]
    let spans: [MarkSpan]

    /// The spans whose delimiters would be read as text.
    func unreadable() -> Set<Int> {
        var result: Set<Int> = []
        for (index, token) in tokens.enumerated() {
            switch token {
            case .open(let span):
                guard isDelimiter(span) else { continue }
                let run = run(around: index)
                if !run.isUniform || !isLeft(before: kind(before: run.first), after: kind(after: run.last)) {
                    result.insert(span)
                }
            case .close(let span):
                guard isDelimiter(span) else { continue }
                let run = run(around: index)
                // Of a mixed run the opening marks give way.
                if !isLeft(before: kind(after: run.last), after: kind(before: run.first)) { result.insert(span) }
            case .text, .code, .node: break
            }
        }
        return result
    }

    private func isDelimiter(_ span: Int) -> Bool { !spans[span].isElement && spans[span].spelling.delimiter != nil }

    /// By symmetry also whether a run closes, with the sides exchanged.
    private func isLeft(before: CharacterKind, after: CharacterKind) -> Bool {
        after != .whitespace && (after != .punctuation || before != .other)
    }

    /// The neighbouring delimiters of the same character, which are read as one run.
    private func run(around index: Int) -> (first: Int, last: Int, isUniform: Bool) {
        guard let byte = byte(index) else { return (index, index, true) }
        var first = index
        var last = index
        while first > 0, self.byte(first - 1) == byte { first -= 1 }
        while last + 1 < tokens.count, self.byte(last + 1) == byte { last += 1 }
        let opens = tokens[first...last].filter { if case .open = $0 { true } else { false } }.count
        return (first, last, opens == 0 || opens == last - first + 1)
    }

    /// The delimiter's character at a place; nil when there is no delimiter.
    private func byte(_ index: Int) -> UInt8? {
        switch tokens[index] {
        case .open(let span), .close(let span): isDelimiter(span) ? spans[span].spelling.delimiter?.utf8.first : nil
        case .text, .code, .node: nil
        }
    }

    private func kind(before index: Int) -> CharacterKind {
        guard index > 0 else { return .whitespace }
        switch tokens[index - 1] {
        case .text(let text):
            guard let last = text.unicodeScalars.last else { return .whitespace }
            return OddCharacters.reference(last, after: nil) != nil ? .punctuation : CharacterKind(last)
        case .node(let node) where node.type == "hardBreak": return .whitespace
        case .open, .close, .code, .node: return .punctuation
        }
    }

    private func kind(after index: Int) -> CharacterKind {
        guard index + 1 < tokens.count else { return .whitespace }
        switch tokens[index + 1] {
        case .text(let text):
            guard let first = text.unicodeScalars.first else { return .whitespace }
            return OddCharacters.reference(first, after: nil) != nil ? .punctuation : CharacterKind(first)
        case .open, .close, .code, .node: return .punctuation
        }
    }
}
