/// The path of a file in the repository, from its root, compared byte for byte.
///
/// A page file ends in `.md` and lies in no dot folder. Both `P.md` and `P/P.md` are the page of folder `P`.
package struct PagePath: Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    package let text: String

    package init(_ text: String) { self.text = text }

    package init(stringLiteral text: String) { self.text = text }

    /// A file name inside a folder; the root is the empty folder.
    package init(folder: String, name: String) {
        text = folder.isEmpty ? name : "\(folder)/\(name)"
    }

    package var description: String { text }

    /// Whether the file is a page: `*.md`, and no segment begins with a dot.
    package var isPage: Bool {
        let bytes = text.utf8
        guard bytes.count > 3, PagePath.endsInMD(text) else { return false }
        var atStart = true
        for byte in bytes {
            if atStart, byte == UInt8(ascii: ".") { return false }
            atStart = byte == UInt8(ascii: "/")
        }
        return true
    }

    /// The folder the file lies in; empty for the root.
    package var folder: String {
        guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        return String(text[..<slash])
    }

    package var name: String { PagePath.lastSegment(of: text) }

    /// The name without `.md`.
    package var stem: String {
        let name = name
        return PagePath.endsInMD(name) ? String(name.utf8.dropLast(3)) ?? name : name
    }

    /// Whether the file is the note of the folder it lies in: `P/P.md`.
    package var isNote: Bool {
        let folder = folder
        return !folder.isEmpty && sameBytes(PagePath.lastSegment(of: folder), stem)
    }

    /// The folder in which this page's children lie.
    package var childrenFolder: String {
        isNote ? folder : PagePath(folder: folder, name: stem).text
    }

    /// The folder that holds this page beside its siblings: of a note, the folder around its own.
    package var siblingsFolder: String {
        isNote ? PagePath(folder).folder : folder
    }

    /// The other file that is read as the same page: `P.md` for `P/P.md` and the reverse.
    package var otherForm: PagePath { PagePath(in: siblingsFolder, stem: stem, isNote: !isNote) }

    /// The file of a page with that stem among its siblings.
    package init(in siblings: String, stem: String, isNote: Bool) {
        let folder = isNote ? PagePath(folder: siblings, name: stem).text : siblings
        self.init(folder: folder, name: stem + ".md")
    }

    /// The files that can be this page's parent, nearest first.
    package var parentCandidates: [PagePath] {
        var candidates: [PagePath] = []
        var folder = siblingsFolder
        while !folder.isEmpty {
            let own = PagePath(folder)
            let name = own.name
            candidates.append(PagePath(folder: folder, name: name + ".md"))
            candidates.append(PagePath(folder + ".md"))
            folder = own.folder
        }
        return candidates
    }

    /// The folders around the file, innermost first, without the root.
    package var folders: [String] {
        var result: [String] = []
        var folder = folder
        while !folder.isEmpty {
            result.append(folder)
            folder = PagePath(folder).folder
        }
        return result
    }

    /// Whether the file lies somewhere below that folder.
    package func isBelow(_ folder: String) -> Bool {
        folder.isEmpty
            || (text.utf8.count > folder.utf8.count && text.utf8.starts(with: folder.utf8)
                && Array(text.utf8.dropFirst(folder.utf8.count).prefix(1)) == [UInt8(ascii: "/")])
    }

    /// `hasSuffix` would not see the dot behind a sign that joins what follows it, such as U+0600.
    private static func endsInMD(_ text: String) -> Bool { text.utf8.suffix(3).elementsEqual(".md".utf8) }

    private static func lastSegment(of text: String) -> String {
        guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return text }
        return String(text[text.index(after: slash)...])
    }
}

extension PagePath: Hashable, Comparable {
    package static func == (left: Self, right: Self) -> Bool { sameBytes(left.text, right.text) }

    package static func < (left: Self, right: Self) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// Whether two texts are the same bytes; `==` would call "é" and "e" + U+0301 equal.
@inline(__always)
func sameBytes(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }
