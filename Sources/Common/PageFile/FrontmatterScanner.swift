import Base

/// Goes over the lines between `---` and `---`, and finds the top-level keys that matter.
struct FrontmatterScanner {
    private let bytes: [UInt8]
    private var identities: [Frontmatter.Identity] = []
    private var malformed: PageFileError?
    /// The first line that is no property at all.
    private var stray: Int?
    private var properties = 0
    private var items = 0
    /// A quoted text or a flow collection that goes on in the next line, where any column is legal.
    private var open = Open.none

    private enum Open {
        case none
        case quote(UInt8)
        case flow(depth: Int)
    }

    init(bytes: [UInt8]) { self.bytes = bytes }

    var hasIdentity: Bool { !identities.isEmpty || malformed != nil }

    mutating func scan(_ line: Lines.Line) {
        let content = bytes[line.content]
        switch open {
        case .quote, .flow: continueOpen(content)
        case .none: scanTopLevel(line, content)
        }
    }

    /// Whether the lines are properties. Text between two rules is none, and neither is a list.
    ///
    /// - Throws: when some lines are properties and others cannot be.
    func isProperties() throws(PageFileError) -> Bool {
        if properties == 0 { return stray == nil && items == 0 }
        if let stray { throw PageFileError(.notAProperty, line: stray) }
        return true
    }

    /// The identities, which must be well-formed and agree.
    func checkedIdentities() throws(PageFileError) -> [Frontmatter.Identity] {
        if let malformed { throw malformed }
        for (index, identity) in identities.enumerated() {
            guard let earlier = identities[..<index].first(where: { $0.key == identity.key || $0.id != identity.id })
            else { continue }
            let key = identity.key.rawValue
            if earlier.key == identity.key {
                throw PageFileError(.repeatedIdentity(key: key, firstLine: earlier.line), line: identity.line)
            }
            if earlier.id != nil, identity.id != nil {
                throw PageFileError(.contradictingIdentity(key: key, firstLine: earlier.line), line: identity.line)
            }
        }
        return identities
    }

    // MARK: Lines

    private mutating func scanTopLevel(_ line: Lines.Line, _ content: ArraySlice<UInt8>) {
        guard let first = content.first, !first.isBlank, !content.isBlank, first != UInt8(ascii: "#") else { return }
        if let colon = endOfKey(content) {
            properties += 1
            readIdentity(line, content, colon)
            begin(value: content[(colon + 1)...].trimmed)
        } else if first == UInt8(ascii: "-"), content.count == 1 || content[content.startIndex + 1].isBlank {
            items += 1
        } else {
            stray = stray ?? line.number
        }
    }

    /// The index of the colon behind a key; nil for a line that is no `key: value`.
    private func endOfKey(_ content: ArraySlice<UInt8>) -> Int? {
        guard let first = content.first else { return nil }
        var index = content.startIndex
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            guard let close = content.dropFirst().firstIndex(of: first) else { return nil }
            index = close + 1
        } else if first == UInt8(ascii: "-"), content.dropFirst().first?.isBlank ?? true {
            return nil
        }
        while let colon = content[index...].firstIndex(of: UInt8(ascii: ":")) {
            if colon + 1 == content.endIndex || content[colon + 1].isBlank { return colon }
            index = colon + 1
        }
        return nil
    }

    private mutating func readIdentity(_ line: Lines.Line, _ content: ArraySlice<UInt8>, _ colon: Int) {
        let name = unquoted(content[..<colon].trimmed)
        guard let key = Frontmatter.Key.allCases.first(where: { $0.rawValue.utf8.elementsEqual(name) }) else { return }
        let value = valueRange(content, from: colon + 1)
        let text = String(decoding: unquoted(bytes[value]), as: UTF8.self)
        let id = PageID(text)
        if id == nil, !text.isEmpty, malformed == nil {
            malformed = PageFileError(.malformedIdentity(key: key.rawValue, value: text), line: line.number)
        }
        identities.append(
            Frontmatter.Identity(key: key, id: id, line: line.number, value: value, full: line.full)
        )
    }

    /// Where a value stands: without blanks around it and without a comment behind it.
    private func valueRange(_ content: ArraySlice<UInt8>, from start: Int) -> Range<Int> {
        var end = content.endIndex
        for index in content.indices[start...] where content[index] == UInt8(ascii: "#") {
            if index == start || content[index - 1].isBlank {
                end = index
                break
            }
        }
        let value = content[start..<end].trimmed
        return value.isEmpty ? start..<start : value.startIndex..<value.endIndex
    }

    private func unquoted(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard text.count >= 2, let quote = text.first, quote == text.last,
            quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
        else { return text }
        return text.dropFirst().dropLast().trimmed
    }

    // MARK: Values over several lines

    private mutating func begin(value: ArraySlice<UInt8>) {
        switch value.first {
        case UInt8(ascii: "\"")?, UInt8(ascii: "'")?:
            let quote = value[value.startIndex]
            if !closes(value.dropFirst(), quote) { open = .quote(quote) }
        case UInt8(ascii: "[")?, UInt8(ascii: "{")?:
            open = .flow(depth: 0)
            continueOpen(value)
        default: break
        }
    }

    private mutating func continueOpen(_ content: ArraySlice<UInt8>) {
        switch open {
        case .none: break
        case .quote(let quote): if closes(content, quote) { open = .none }
        case .flow(let depth):
            let depth = depth + balance(content)
            open = depth > 0 ? .flow(depth: depth) : .none
        }
    }

    private func closes(_ text: ArraySlice<UInt8>, _ quote: UInt8) -> Bool {
        var isEscaped = false
        for byte in text {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                isEscaped = true
            } else if byte == quote {
                return true
            }
        }
        return false
    }

    /// How many more brackets open than close, those in quotes left out.
    private func balance(_ text: ArraySlice<UInt8>) -> Int {
        var balance = 0
        var quote: UInt8?
        for byte in text {
            if let current = quote {
                if byte == current { quote = nil }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
            case UInt8(ascii: "["), UInt8(ascii: "{"): balance += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): balance -= 1
            default: break
            }
        }
        return balance
    }
}
