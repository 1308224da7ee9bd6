extension BlockParser {
    /// Adds the rest of the line, as it is, to the open leaf.
    mutating func addLine() {
        if isInsideTab {
            // The columns of the tab that the containers left over.
            text.append(contentsOf: repeatElement(ASCII.space, count: 4 - column % 4))
            offset += 1
            isInsideTab = false
        }
        if offset < lineEnd { text.append(contentsOf: source[offset..<lineEnd]) }
        text.append(ASCII.newline)
        blocks[tip].textEnd = text.count
    }

    mutating func addParagraphLine() {
        text.append(contentsOf: source[nextNonspace..<lineEnd])
        text.append(ASCII.newline)
        blocks[tip].textEnd = text.count
    }

    mutating func closeParagraph(_ index: Int) {
        takeDefinitions(index)
        trimTrailingWhitespace(index)
        if blocks[index].text >= blocks[index].textEnd { blocks[index].kind = .definitions }
    }

    mutating func trimTrailingWhitespace(_ index: Int) {
        var end = blocks[index].textEnd
        while end > blocks[index].text, text[end - 1].isWhitespace { end -= 1 }
        blocks[index].textEnd = end
    }

    /// Takes the reference definitions that a paragraph begins with.
    mutating func takeDefinitions(_ index: Int) {
        while blocks[index].text < blocks[index].textEnd, text[blocks[index].text] == ASCII.openBracket {
            let range = blocks[index].textRange
            let length = text.withUnsafeBufferPointer { bytes in
                ReferenceDefinition.parse(bytes, range).map { definition in
                    references.add(definition)
                    return definition.end - range.lowerBound
                }
            }
            guard let length else { return }
            definitions.append((index, range.lowerBound..<range.lowerBound + length))
            blocks[index].text += length
        }
    }

    mutating func dropTrailingBlankLines(_ index: Int) {
        var end = blocks[index].textEnd
        let start = blocks[index].text
        var lineStart = end
        // `end` always stands after a newline.
        while lineStart > start {
            var scan = lineStart - 1
            while scan > start, text[scan - 1] != ASCII.newline { scan -= 1 }
            guard text[scan..<lineStart - 1].allSatisfy({ $0.isSpaceOrTab }) else { break }
            lineStart = scan
            end = scan
        }
        blocks[index].textEnd = end
    }
}
