package import Base

extension PageFile {
    /// The file with an id put in, replaced, or (nil) removed; every other byte is as it was.
    ///
    /// A file that has a key keeps its name, whichever of the two it is. A frontmatter that we would leave empty goes.
    package func settingID(_ id: PageID?) -> [UInt8] {
        guard id != self.id || (id == nil && !(frontmatter?.identities.isEmpty ?? true)) else { return bytes }
        guard let id else { return removingID() }
        guard let frontmatter else { return addingFrontmatter(id) }
        if frontmatter.identities.isEmpty {
            let line = Array("\(Frontmatter.Key.docmost.rawValue): \(id)".utf8) + lineEnd.bytes
            // The first line: further down a value could go on that a person has not closed.
            return replacing(frontmatter.inner.lowerBound..<frontmatter.inner.lowerBound, by: line)
        }
        var result = bytes
        for identity in frontmatter.identities.reversed()
        where identity.id != nil || identity == written(in: frontmatter) {
            let isBare = identity.value.isEmpty
            result.replaceSubrange(identity.value, with: (isBare ? " " : "").utf8 + Array(id.description.utf8))
        }
        return result
    }

    /// The line that a new value goes to when no line has one.
    private func written(in frontmatter: Frontmatter) -> Frontmatter.Identity? {
        frontmatter.id == nil ? frontmatter.identities.first : nil
    }

    private func addingFrontmatter(_ id: PageID) -> [UInt8] {
        let newline = lineEnd.bytes
        var block = Array("---".utf8) + newline
        block += Array("\(Frontmatter.Key.docmost.rawValue): \(id)".utf8) + newline + Array("---".utf8) + newline
        let start = hasByteOrderMark ? 3 : 0
        // A blank line between the block and the text, unless there is one.
        if body.lowerBound == start, !body.isEmpty { block += newline }
        return replacing(start..<start, by: block)
    }

    private func removingID() -> [UInt8] {
        guard let frontmatter else { return bytes }
        var result = bytes
        for identity in frontmatter.identities.reversed() { result.removeSubrange(identity.full) }
        let removed = frontmatter.identities.reduce(0) { $0 + $1.full.count }
        guard removed == frontmatter.inner.count else { return result }
        // An empty block stays above a text that begins with dashes, which would become the properties without it.
        if !body.isEmpty, bytes[body.lowerBound] == UInt8(ascii: "-") { return result }
        // Otherwise nothing was in it but the id: the block goes, with the blank lines that set it off.
        return replacing(frontmatter.range.lowerBound..<(body.isEmpty ? bytes.count : body.lowerBound), by: [])
    }

    private func replacing(_ range: Range<Int>, by replacement: [UInt8]) -> [UInt8] {
        Array(bytes[..<range.lowerBound]) + replacement + Array(bytes[range.upperBound...])
    }
}
