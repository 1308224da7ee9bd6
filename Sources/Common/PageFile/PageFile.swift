package import Base

/// A page as a file: an envelope that is kept byte for byte, and the Markdown inside it.
///
/// The envelope is the byte order mark, the frontmatter, and the blank lines around the text. The title is the file's
/// name (`FileName`), the parent its folder: neither is in the file.
package struct PageFile: Sendable {
    /// How lines end.
    package enum LineEnd: Sendable {
        case lf
        case crlf

        /// The bytes of one line end.
        package var bytes: [UInt8] { self == .lf ? [0x0A] : [0x0D, 0x0A] }
    }

    /// The whole file.
    package let bytes: [UInt8]
    package let hasByteOrderMark: Bool
    package let frontmatter: Frontmatter?
    /// The text: from its first line that is not blank to the last byte that is no blank or line end.
    package let body: Range<Int>
    /// What most lines end with; LF when there is no line end at all.
    package let lineEnd: LineEnd

    /// The page's id; nil for a file that has none (yet).
    package var id: PageID? { frontmatter?.id }

    /// Reads a file.
    ///
    /// - Throws: when it is not UTF-8, or its frontmatter cannot be understood. Any text below it is a page.
    package init(_ bytes: [UInt8]) throws(PageFileError) {
        try PageFile.checkEncoding(bytes)
        self.bytes = bytes
        hasByteOrderMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        let start = hasByteOrderMark ? 3 : 0
        let frontmatter = try Frontmatter.find(in: bytes, from: start)
        self.frontmatter = frontmatter
        body = PageFile.trimmedBody(bytes, from: frontmatter?.range.upperBound ?? start)
        lineEnd = PageFile.dominantLineEnd(bytes)
    }

    /// A new file around a text; its lines end with LF.
    ///
    /// - Parameter id: nil for a file without frontmatter.
    package static func make(id: PageID?, body: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        if let id { bytes += Array("---\n\(Frontmatter.Key.docmost.rawValue): \(id)\n---\n".utf8) }
        guard !body.isBlank else { return bytes }
        if id != nil { bytes.append(0x0A) }
        bytes += body
        if body.last != 0x0A { bytes.append(0x0A) }
        return bytes
    }

    // MARK: Parts

    private static func checkEncoding(_ bytes: [UInt8]) throws(PageFileError) {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw PageFileError(.utf16, line: 1)
        }
        if String(validating: bytes, as: UTF8.self) != nil { return }
        for line in Lines(bytes) where String(validating: bytes[line.content], as: UTF8.self) == nil {
            throw PageFileError(.notUTF8, line: line.number)
        }
        throw PageFileError(.notUTF8, line: 1)
    }

    /// Blank lines are no part of the text, but the blanks that indent its first line are: they may make it code.
    private static func trimmedBody(_ bytes: [UInt8], from start: Int) -> Range<Int> {
        var end = bytes.count
        while end > start, bytes[end - 1].isBlank || bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
        var first = start
        for line in Lines(bytes, from: start) {
            guard bytes[line.content].isBlank else { break }
            first = line.full.upperBound
        }
        return first < end ? first..<end : end..<end
    }

    private static func dominantLineEnd(_ bytes: [UInt8]) -> LineEnd {
        var feeds = 0
        var pairs = 0
        for index in bytes.indices where bytes[index] == 0x0A {
            feeds += 1
            if index > 0, bytes[index - 1] == 0x0D { pairs += 1 }
        }
        return pairs * 2 > feeds ? .crlf : .lf
    }
}
