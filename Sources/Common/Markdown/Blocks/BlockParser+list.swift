extension BlockParser {
    private struct Marker {
        var isOrdered: Bool
        var byte: UInt8
        var start: Int
        var length: Int
    }

    /// Opens an item, and a list around it when the last list is of another kind.
    mutating func openItem(in container: Int) -> BlockStart {
        guard let marker = marker(in: container) else { return .none }
        guard canNest(in: container) else { return .none }
        let markerIndent = indent
        advanceToNonspace()
        advance(bytes: marker.length)
        let padding = takePadding(afterMarkerOfLength: marker.length)
        var parent = container
        if blocks[parent].kind != .list || !matches(marker, parent) {
            // A sibling list of another kind ends; `open` finds the container around it.
            if blocks[parent].kind == .list { parent = Int(blocks[parent].parent) }
            parent = open(.list, in: parent)
            blocks[parent].isOrdered = marker.isOrdered
            blocks[parent].marker = marker.byte
            blocks[parent].level = marker.start
        }
        let item = open(.item, in: parent)
        blocks[item].offset = markerIndent + padding
        blocks[item].marker = marker.byte
        takeTaskMarker(of: item)
        if blocks[item].task != .none, !isBlank { return .leaf(openTaskParagraph(in: item)) }
        return .container(item)
    }

    private func matches(_ marker: Marker, _ list: Int) -> Bool {
        blocks[list].isOrdered == marker.isOrdered && blocks[list].marker == marker.byte
    }

    private func marker(in container: Int) -> Marker? {
        let first = source[nextNonspace]
        var marker = Marker(isOrdered: false, byte: first, start: 1, length: 1)
        if first.isDigit {
            var index = nextNonspace
            var number = 0
            while index < lineEnd, source[index].isDigit, index - nextNonspace < 9 {
                number = number * 10 + Int(source[index] - 0x30)
                index += 1
            }
            guard index < lineEnd, source[index] == ASCII.dot || source[index] == ASCII.closeParenthesis else {
                return nil
            }
            marker = Marker(isOrdered: true, byte: source[index], start: number, length: index + 1 - nextNonspace)
        } else if first != ASCII.dash, first != ASCII.asterisk, first != ASCII.plus {
            return nil
        }
        let end = nextNonspace + marker.length
        guard end == lineEnd || source[end].isSpaceOrTab else { return nil }
        // To interrupt a paragraph, a list needs text, and a number must be 1.
        if blocks[container].kind == .paragraph {
            guard marker.start == 1 || !marker.isOrdered else { return nil }
            guard source[end..<lineEnd].contains(where: { !$0.isSpaceOrTab }) else { return nil }
        }
        return marker
    }

    /// The columns from the marker to the text: at most four, and one before code or nothing.
    private mutating func takePadding(afterMarkerOfLength length: Int) -> Int {
        let savedOffset = offset
        let savedColumn = column
        repeat { advance(columns: 1) } while column - savedColumn < 5 && offset < lineEnd && source[offset].isSpaceOrTab
        let isEmpty = !source[min(offset, lineEnd)..<lineEnd].contains { !$0.isSpaceOrTab }
        let width = column - savedColumn
        guard width >= 5 || width < 1 || isEmpty else { return length + width }
        offset = savedOffset
        column = savedColumn
        isInsideTab = false
        if offset < lineEnd, source[offset].isSpaceOrTab { advance(columns: 1) }
        return length + 1
    }

    private mutating func takeTaskMarker(of item: Int) {
        findNextNonspace()
        let start = nextNonspace
        guard start + 2 < lineEnd, source[start] == ASCII.openBracket, source[start + 2] == ASCII.closeBracket,
            start + 3 == lineEnd || source[start + 3].isSpaceOrTab, !isIndented
        else { return }
        switch source[start + 1] {
        case ASCII.space: blocks[item].task = .open
        case UInt8(ascii: "x"), UInt8(ascii: "X"): blocks[item].task = .done
        default: return
        }
        offset = start + 3
        column = nextColumn + 3
        isInsideTab = false
        findNextNonspace()
    }

    /// What follows `[ ]` on its line is text, whatever it looks like.
    private mutating func openTaskParagraph(in item: Int) -> Int {
        open(.paragraph, in: item)
    }
}
