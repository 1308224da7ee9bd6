/// Back from names to titles, and names that stay.
extension FileName {
    /// The stem of a page file's name; nil when the name does not end in `.md`.
    package static func stem(ofFile name: String) -> String? {
        let bytes = Array(name.utf8)
        guard bytes.count > 3, bytes.suffix(3).elementsEqual(suffix.utf8) else { return nil }
        return String(decoding: bytes.dropLast(3), as: UTF8.self)
    }

    /// Whether a stem is one that this title may have been given: its own, or with the page's slug behind it.
    package static func isForm(_ stem: String, of title: String, slugID: String) -> Bool {
        let form = composedUTF8(stem)
        if form == composedUTF8(self.stem(title)) { return true }
        let suffixed = composedUTF8(self.stem(title, slugID: slugID))
        guard form.starts(with: suffixed) else { return false }
        let rest = form[suffixed.count...]
        return rest.isEmpty
            || (rest.first == UInt8(ascii: "-") && rest.count > 1 && rest.dropFirst().allSatisfy { $0 &- 0x30 < 10 })
    }

    /// The title that a file's name says.
    ///
    /// - Parameters:
    ///   - title: the page's title until now; nil for a new page.
    ///   - slugID: the page's slug; nil for a new page.
    /// - Returns: nil when the name says nothing new: it is what we made, or would make, of the title.
    package static func title(ofStem stem: String, current title: String?, slugID: String?) -> String? {
        let said = TextForms.composed(stem)
        guard let title else { return isUntitled(said) ? "" : said }
        if isUntitled(said) || isForm(stem, of: title, slugID: slugID ?? "") { return nil }
        return said
    }

    /// The name of a page among its siblings.
    ///
    /// - Parameters:
    ///   - current: the stem that the page has; it stays as long as it is a form of the title.
    ///   - taken: the collision keys of the siblings' stems.
    package static func stem(
        _ title: String,
        slugID: String,
        current: String?,
        taken: Set<String>
    ) -> String {
        if let current, isForm(current, of: title, slugID: slugID) { return current }
        let plain = stem(title)
        if !taken.contains(collisionKey(plain)) { return plain }
        let suffixed = stem(title, slugID: slugID)
        if !taken.contains(collisionKey(suffixed)) { return suffixed }
        // Only a person can have taken a name with our slug in it.
        for number in 2... {
            let numbered = "\(suffixed)-\(number)"
            if !taken.contains(collisionKey(numbered)) { return numbered }
        }
        return suffixed
    }

    private static func isUntitled(_ stem: String) -> Bool {
        stem.isEmpty || composedUTF8(stem) == Array(untitled.utf8)
    }

    private static func composedUTF8(_ text: String) -> [UInt8] { Array(TextForms.composed(text).utf8) }
}
