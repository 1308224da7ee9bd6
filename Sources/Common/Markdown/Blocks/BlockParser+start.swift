extension BlockParser {
    /// Opens the block that starts at the next character, if one does.
    mutating func openBlock(in container: Int) -> BlockStart {
        if isBlank { return .none }
        if isIndented { return openIndentedCode(in: container) }
        switch source[nextNonspace] {
        case ASCII.greater: return openQuote(in: container)
        case ASCII.hash: return openHeading(in: container)
        case ASCII.backtick, ASCII.tilde: return openFence(in: container)
        case ASCII.less: return openHTML(in: container)
        case ASCII.dollar: return openMath(in: container)
        case ASCII.openBracket: return openFootnote(in: container)
        case ASCII.equals: return openSetextHeading(container) ?? .none
        case ASCII.colon: return openTable(container) ?? openFencedCallout(in: container)
        case ASCII.pipe: return openTable(container) ?? .none
        case ASCII.dash:
            return openSetextHeading(container) ?? openTable(container) ?? openRule(in: container)
                ?? openItem(in: container)
        case ASCII.asterisk, ASCII.underscore, ASCII.plus:
            return openRule(in: container) ?? openItem(in: container)
        case 0x30...0x39: return openItem(in: container)
        default: return .none
        }
    }

    func canNest(in container: Int) -> Bool { blocks[container].depth < limits.depth }

    private mutating func openIndentedCode(in container: Int) -> BlockStart {
        guard blocks[tip].kind != .paragraph, blocks[container].kind != .table else { return .none }
        advance(columns: 4)
        return .leaf(open(.indentedCode, in: container))
    }

    private mutating func openQuote(in container: Int) -> BlockStart {
        guard canNest(in: container) else { return .none }
        takeQuoteMarker()
        let quote = open(.quote, in: container)
        takeCalloutHeader(of: quote)
        return .container(quote)
    }

    /// `[!type|icon]+ Title` on the first line of a quote makes it a callout; the rest of the line is its title.
    private mutating func takeCalloutHeader(of quote: Int) {
        findNextNonspace()
        guard !isIndented, source.starts(with: "[!", at: nextNonspace, end: lineEnd) else { return }
        var index = nextNonspace + 2
        let type = index
        while index < lineEnd,
            source[index].isAlphanumeric || source[index] == ASCII.dash || source[index] == ASCII.underscore
        {
            index += 1
        }
        guard index > type, index < lineEnd else { return }
        if source[index] == ASCII.pipe {
            while index < lineEnd, source[index] != ASCII.closeBracket { index += 1 }
        }
        guard index < lineEnd, source[index] == ASCII.closeBracket else { return }
        // `[!x](y)` and `[!x][y]` are links.
        if index + 1 < lineEnd,
            source[index + 1] == ASCII.openParenthesis || source[index + 1] == ASCII.openBracket
                || source[index + 1] == ASCII.colon
        {
            return
        }
        blocks[quote].info = text.count
        text.append(contentsOf: source[type..<lineEnd])
        blocks[quote].infoEnd = text.count
        offset = lineEnd
        findNextNonspace()
    }

    private mutating func openHeading(in container: Int) -> BlockStart {
        var index = nextNonspace
        while index < lineEnd, source[index] == ASCII.hash { index += 1 }
        let level = index - nextNonspace
        guard level <= 6, index == lineEnd || source[index].isSpaceOrTab else { return .none }
        var range = source.trimmed(index..<lineEnd)
        var end = range.upperBound
        while end > range.lowerBound, source[end - 1] == ASCII.hash { end -= 1 }
        if end < range.upperBound, end == range.lowerBound || source[end - 1].isSpaceOrTab {
            range = source.trimmed(range.lowerBound..<end)
        }
        let heading = open(.heading, in: container)
        blocks[heading].level = level
        text.append(contentsOf: source[range])
        blocks[heading].textEnd = text.count
        offset = lineEnd
        return .leaf(heading)
    }

    private mutating func openFence(in container: Int) -> BlockStart {
        let marker = source[nextNonspace]
        var index = nextNonspace
        while index < lineEnd, source[index] == marker { index += 1 }
        let length = index - nextNonspace
        guard length >= 3 else { return .none }
        let info = source.trimmed(index..<lineEnd)
        if marker == ASCII.backtick, source[info].contains(ASCII.backtick) { return .none }
        let indentation = indent
        let fence = open(.fencedCode, in: container)
        blocks[fence].marker = marker
        blocks[fence].length = length
        blocks[fence].offset = indentation
        blocks[fence].info = text.count
        text.append(contentsOf: source[info])
        startText(of: fence)
        return .leaf(fence)
    }

    /// Ends the info of a block whose text begins on the next line.
    private mutating func startText(of block: Int) {
        blocks[block].infoEnd = text.count
        blocks[block].text = text.count
        blocks[block].textEnd = text.count
        isLineTaken = true
    }

    /// `$$` on its own line opens a formula, `$$ … $$` on one line is a whole one.
    private mutating func openMath(in container: Int) -> BlockStart {
        guard source.starts(with: "$$", at: nextNonspace, end: lineEnd) else { return .none }
        let rest = source.trimmed(nextNonspace + 2..<lineEnd)
        let indentation = indent
        if rest.isEmpty {
            let math = open(.math, in: container)
            blocks[math].offset = indentation
            startText(of: math)
            return .leaf(math)
        }
        guard rest.count >= 3, source[rest.upperBound - 1] == ASCII.dollar, source[rest.upperBound - 2] == ASCII.dollar
        else { return .none }
        let formula = source.trimmed(rest.lowerBound..<rest.upperBound - 2)
        guard !formula.isEmpty, !source[formula].contains(ASCII.dollar) else { return .none }
        let math = open(.math, in: container)
        text.append(contentsOf: source[formula])
        text.append(ASCII.newline)
        blocks[math].textEnd = text.count
        blocks[math].isClosed = true
        isLineTaken = true
        close(math)
        return .leaf(math)
    }

    /// `:::warning`, as Docmost exports callouts; read, never written.
    private mutating func openFencedCallout(in container: Int) -> BlockStart {
        var index = nextNonspace
        while index < lineEnd, source[index] == ASCII.colon { index += 1 }
        let name = source.trimmed(index..<lineEnd)
        guard index - nextNonspace >= 3, canNest(in: container), name.count <= 7 else { return .none }
        let types: [StaticString] = ["default", "info", "note", "success", "warning", "danger"]
        guard
            types.contains(where: {
                $0.utf8CodeUnitCount == name.count
                    && source.starts(with: $0, at: name.lowerBound, end: name.upperBound)
            })
        else { return .none }
        let callout = open(.fencedCallout, in: container)
        blocks[callout].depth += 1
        blocks[callout].info = text.count
        text.append(contentsOf: source[name])
        blocks[callout].infoEnd = text.count
        offset = lineEnd
        return .container(callout)
    }

    private mutating func openFootnote(in container: Int) -> BlockStart {
        guard source.starts(with: "[^", at: nextNonspace, end: lineEnd), canNest(in: container) else { return .none }
        let label = nextNonspace + 2
        var index = label
        while index < lineEnd, isFootnoteLabel(source[index]), index - label < 200 { index += 1 }
        guard index > label, source.starts(with: "]:", at: index, end: lineEnd) else { return .none }
        let name = source.text(label..<index)
        advanceToNonspace()
        advance(bytes: index + 2 - nextNonspace)
        findNextNonspace()
        advanceToNonspace()
        let footnote = open(.footnote, in: container)
        blocks[footnote].level = footnotes.count
        footnotes.append(name)
        return .container(footnote)
    }

    private mutating func openSetextHeading(_ container: Int) -> BlockStart? {
        guard blocks[container].kind == .paragraph, isRun(of: source[nextNonspace], atLeast: 1) else { return nil }
        takeDefinitions(container)
        guard blocks[container].text < blocks[container].textEnd else { return nil }
        trimTrailingWhitespace(container)
        blocks[container].kind = .heading
        blocks[container].level = source[nextNonspace] == ASCII.equals ? 1 : 2
        offset = lineEnd
        return .leaf(container)
    }

    private mutating func openRule(in container: Int) -> BlockStart? {
        let marker = source[nextNonspace]
        guard marker != ASCII.plus else { return nil }
        var count = 0
        for index in nextNonspace..<lineEnd where !source[index].isSpaceOrTab {
            guard source[index] == marker else { return nil }
            count += 1
        }
        guard count >= 3 else { return nil }
        let rule = open(.rule, in: container)
        offset = lineEnd
        return .leaf(rule)
    }
}

/// A label is written as it is spelled, so it holds nothing that would have to be escaped.
@inline(__always)
func isFootnoteLabel(_ byte: UInt8) -> Bool {
    byte > ASCII.space && byte != 127 && byte != ASCII.openBracket && byte != ASCII.closeBracket
        && byte != ASCII.backslash && byte != ASCII.backtick && byte != ASCII.less && byte != ASCII.ampersand
}
