extension BlockParser {
    /// Whether the line continues an open block; consumes the marker or the indentation that says so.
    mutating func match(_ index: Int) -> LineMatch {
        switch blocks[index].kind {
        case .document, .list: .continues
        case .quote: matchQuote()
        case .item: matchItem(index)
        case .footnote: matchFootnote()
        case .fencedCallout: matchFencedCallout(index)
        case .paragraph, .table: isBlank ? .ends : .continues
        case .fencedCode: matchFence(index)
        case .math: matchMath(index)
        case .indentedCode: matchIndentedCode()
        case .html: isBlank && blocks[index].level >= 6 ? .ends : .continues
        case .heading, .rule, .definitions: .ends
        }
    }

    private mutating func matchQuote() -> LineMatch {
        guard !isIndented, !isBlank, source[nextNonspace] == ASCII.greater else { return .ends }
        takeQuoteMarker()
        return .continues
    }

    mutating func takeQuoteMarker() {
        advanceToNonspace()
        advance(bytes: 1)
        if offset < lineEnd, source[offset].isSpaceOrTab { advance(columns: 1) }
    }

    private mutating func matchItem(_ index: Int) -> LineMatch {
        if isBlank {
            // An item that began with a blank line ends at a second one.
            guard blocks[index].firstChild >= 0 || blocks[index].task != .none else { return .ends }
            advanceToNonspace()
            return .continues
        }
        guard indent >= blocks[index].offset else { return .ends }
        advance(columns: blocks[index].offset)
        return .continues
    }

    private mutating func matchFootnote() -> LineMatch {
        if isBlank {
            advanceToNonspace()
            return .continues
        }
        guard isIndented else { return .ends }
        advance(columns: 4)
        return .continues
    }

    /// The innermost open `:::` ends at a line of colons, unless that line is inside code.
    private mutating func matchFencedCallout(_ index: Int) -> LineMatch {
        guard !isIndented, isRun(of: ASCII.colon, atLeast: 3) else { return .continues }
        var inner = index
        while blocks[inner].lastChild >= 0, blocks[Int(blocks[inner].lastChild)].isOpen {
            inner = Int(blocks[inner].lastChild)
            switch blocks[inner].kind {
            case .fencedCallout, .fencedCode, .math: return .continues
            default: break
            }
        }
        while tip != index { close(tip) }
        blocks[index].isClosed = true
        close(index)
        return .endsWithLine
    }

    private mutating func matchFence(_ index: Int) -> LineMatch {
        let block = blocks[index]
        if !isIndented, isRun(of: block.marker, atLeast: block.length) {
            blocks[index].isClosed = true
            close(index)
            return .endsWithLine
        }
        advance(columns: min(indent, block.offset))
        return .continues
    }

    private mutating func matchMath(_ index: Int) -> LineMatch {
        if !isIndented, isRun(of: ASCII.dollar, atLeast: 2, atMost: 2) {
            blocks[index].isClosed = true
            close(index)
            return .endsWithLine
        }
        advance(columns: min(indent, blocks[index].offset))
        return .continues
    }

    private mutating func matchIndentedCode() -> LineMatch {
        if isIndented {
            advance(columns: 4)
            return .continues
        }
        guard isBlank else { return .ends }
        advanceToNonspace()
        return .continues
    }

    /// Whether the rest of the line is a run of one character and whitespace.
    func isRun(of marker: UInt8, atLeast minimum: Int, atMost maximum: Int = .max) -> Bool {
        var index = nextNonspace
        while index < lineEnd, source[index] == marker { index += 1 }
        let count = index - nextNonspace
        guard count >= minimum, count <= maximum else { return false }
        while index < lineEnd, source[index].isSpaceOrTab { index += 1 }
        return index == lineEnd
    }
}
