/// The names of page files: from a title to a name that every file system and git can hold, and back. How siblings of
/// one name are told apart is Reconcile's (`Names`, `Layout`).
///
/// A *stem* is a file's name without `.md`, and at the same time the name of the folder of the page's children.
package enum FileName {
    /// The end of every page file's name.
    package static let suffix = ".md"

    /// The most bytes that a stem has before ` ~slug` and `.md`; file systems allow 255 for the whole name.
    package static let maximumStemBytes = 200

    /// What a page without a title is called.
    package static let untitled = "Untitled"

    /// The stem for a title. A stem made from a stem is the same stem.
    package static func stem(_ title: String) -> String {
        let composed = TextForms.composed(title)
        let replaced = TextForms.mapped(composed) { isForbidden($0) ? "-" : String($0) }
        let ended = withoutPageSuffix(trimmed(replaced))
        let safe = guarded(trimmed(ended))
        let cut = withoutPageSuffix(trimmed(truncated(safe, to: maximumStemBytes)))
        return cut.isEmpty ? untitled : cut
    }

    /// What two names must not have in common in one folder: equal for names that differ only in letter case,
    /// composition or characters without width.
    package static func collisionKey(_ name: String) -> String { TextForms.folded(name) }

    /// The title that the name of a new file says; empty for a page that is called what one without a title is.
    package static func title(ofStem stem: String) -> String {
        let said = TextForms.composed(stem)
        return said.utf8.elementsEqual(untitled.utf8) ? "" : said
    }

    // MARK: Rules

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "/", "\\", "<", ">", ":", "\"", "|", "?", "*": true
        // C0, DEL, C1; line and paragraph separators; the byte order mark; controls of writing direction, which let a
        // name look like another.
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{206F}", "\u{FEFF}",
            "\u{200E}", "\u{200F}":
            true
        default: scalar.value & 0xFFFE == 0xFFFE
        }
    }

    /// Without white space at the start, and without white space and dots at the end, which Windows would drop.
    private static func trimmed(_ text: String) -> String {
        var scalars = text.unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last == "." || last.properties.isWhitespace { scalars.removeLast() }
        return String(scalars)
    }

    /// A folder must not look like a page file: `Notes.md/` beside the page `Notes` would be its `Notes.md`.
    private static func withoutPageSuffix(_ text: String) -> String {
        var text = text
        while collisionKey(text).utf8.suffix(3).elementsEqual(suffix.utf8),
            let dot = text.unicodeScalars.lastIndex(of: ".")
        {
            text.unicodeScalars.replaceSubrange(dot...dot, with: ["-"])
        }
        return text
    }

    /// With `_` before what git or Windows would take for something of their own.
    private static func guarded(_ text: String) -> String { isReserved(text) ? "_" + text : text }

    /// Whether a stem is hidden, or a name of git's or of a Windows device.
    package static func isReserved(_ stem: String) -> Bool {
        let key = Array(collisionKey(stem).utf8)
        return key.first == UInt8(ascii: ".") || isShortNameOfGit(key) || isDevice(key)
    }

    /// `git~1`, `gitmod~1`, `gi7eba~1`: how NTFS may shorten `.git`, `.gitmodules` and the like.
    private static func isShortNameOfGit(_ key: [UInt8]) -> Bool {
        guard key.starts(with: Array("gi".utf8)), let tilde = key.firstIndex(of: UInt8(ascii: "~")), tilde <= 6,
            let digit = key[(tilde + 1)...].first
        else { return false }
        return digit &- 0x30 < 10
    }

    /// Names that Windows keeps for devices, whatever comes behind the first dot.
    private static func isDevice(_ key: [UInt8]) -> Bool {
        var name = String(decoding: key.prefix { $0 != UInt8(ascii: ".") }, as: UTF8.self)
        while name.hasSuffix(" ") { name.removeLast() }
        if ["con", "prn", "aux", "nul", "conin$", "conout$"].contains(name) { return true }
        guard name.hasPrefix("com") || name.hasPrefix("lpt"), name.count == 4, let last = name.last else {
            return false
        }
        return "0123456789¹²³".contains(last)
    }

    /// As many whole characters as fit; a first character that alone is too long is cut between its scalars.
    private static func truncated(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var end = text.startIndex
        while end < text.endIndex {
            let next = text.index(after: end)
            if text.utf8.distance(from: text.startIndex, to: next) > limit { break }
            end = next
        }
        if end > text.startIndex { return String(text[..<end]) }
        var result = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            count += UTF8.width(scalar)
            if count > limit { break }
            result.append(scalar)
        }
        return String(result)
    }
}
