package import Base

/// The properties at the head of a file: a line `---`, lines of YAML, a line `---` or `...`.
///
/// Only the identity of the page is understood. All else is a person's and is kept byte for byte, which is why the
/// block is not parsed as YAML: it is scanned just far enough to be sure that it is one, and where its top-level keys are.
package struct Frontmatter: Sendable, Equatable {
    /// The names under which a page's id is read. Files of the predecessor have the second one, and keep it.
    package enum Key: String, Sendable, CaseIterable {
        case docmost = "docmost_id"
        case gitmost = "gitmost_id"
    }

    /// The line of an identity.
    package struct Identity: Sendable, Equatable {
        package let key: Key
        /// Nil for a key without a value.
        package let id: PageID?
        /// Counted from 1.
        package let line: Int
        /// The value's bytes in the file, quotes included; empty behind the colon when there is none.
        let value: Range<Int>
        /// The whole line with its end.
        let full: Range<Int>
    }

    /// From the opening line to the end of the closing one.
    package let range: Range<Int>
    /// The lines between them.
    let inner: Range<Int>
    package let identities: [Identity]

    /// The page's id; nil when there is none.
    package var id: PageID? { identities.lazy.compactMap(\.id).first }

    /// Finds the frontmatter of a file.
    ///
    /// - Parameter start: behind a byte order mark.
    /// - Returns: nil when the file has none: a first line `---` may be a rule above ordinary text.
    static func find(in bytes: [UInt8], from start: Int) throws(PageFileError) -> Frontmatter? {
        var lines = Lines(bytes, from: start)
        guard let opening = lines.next(), isDelimiter(bytes[opening.content], [0x2D]) else { return nil }
        var scanner = FrontmatterScanner(bytes: bytes)
        while let line = lines.next() {
            if isDelimiter(bytes[line.content], [0x2D, 0x2E]) {
                guard try scanner.isProperties() else { return nil }
                return Frontmatter(
                    range: opening.full.lowerBound..<line.full.upperBound,
                    inner: opening.full.upperBound..<line.full.lowerBound,
                    identities: try scanner.checkedIdentities()
                )
            }
            scanner.scan(line)
        }
        // A rule needs no partner; an identity shows that properties were meant.
        if scanner.hasIdentity { throw PageFileError(.unclosedFrontmatter, line: opening.number) }
        return nil
    }

    private static func isDelimiter(_ line: ArraySlice<UInt8>, _ marks: [UInt8]) -> Bool {
        guard line.count >= 3, let mark = line.first, marks.contains(mark), line.prefix(3).allSatisfy({ $0 == mark })
        else { return false }
        return line.dropFirst(3).allSatisfy(\.isBlank)
    }
}
