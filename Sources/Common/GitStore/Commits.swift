/// Who made a commit, and when.
///
/// git breaks on `<`, `>`, line breaks and NUL in names, and refuses empty ones: they are cleaned here, so that a
/// hostile or empty name never breaks a commit.
package struct Signature: Sendable, Hashable {
    package let name: String
    package let email: String
    /// Seconds since 1970; written with the zone +0000.
    package let seconds: Int

    package init(name: String, email: String, seconds: Int) {
        self.name = Self.cleaned(name) ?? Self.cleaned(email) ?? "Unknown"
        self.email = Self.cleaned(email)?.replacing(" ", with: "-") ?? "unknown@invalid"
        // git's date parser does not take years before 1970, and a far future date would confuse every log.
        self.seconds = min(max(0, seconds), 4_102_444_800)
    }

    /// The form in a commit object: `Name <email> seconds +0000`.
    package var text: String { "\(name) <\(email)> \(seconds) +0000" }

    private static func cleaned(_ text: String) -> String? {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let unusable = scalar.value < 32 || scalar.value == 127 || scalar == "<" || scalar == ">"
            scalars.append(unusable ? " " : scalar)
        }
        // git drops this punctuation at both ends of a name itself (ident.c); an empty rest is refused there.
        let crud: Set<Character> = [" ", ".", ",", ":", ";", "\"", "\\", "'"]
        var rest = Substring(String(scalars))
        while let first = rest.first, crud.contains(first) { rest.removeFirst() }
        while let last = rest.last, crud.contains(last) { rest.removeLast() }
        // Scalars, not characters: one character may have a million of them.
        return rest.isEmpty ? nil : String(String.UnicodeScalarView(rest.unicodeScalars.prefix(200)))
    }
}

/// A commit as read from the object store.
package struct Commit: Sendable {
    package let tree: ObjectID
    package let parents: [ObjectID]
    /// The author line as written: `Name <email> seconds zone`.
    package let author: String
    package let message: String

    package init(parsing bytes: [UInt8]) throws(GitError) {
        var tree: ObjectID?
        var parents: [ObjectID] = []
        var author = ""
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
            rest = rest[(end + 1)...]
            if line.isEmpty { break }
            if line.hasPrefix("tree ") { tree = ObjectID(line.dropFirst(5)) }
            if line.hasPrefix("parent "), let parent = ObjectID(line.dropFirst(7)) { parents.append(parent) }
            if line.hasPrefix("author ") { author = String(line.dropFirst(7)) }
        }
        guard let tree else { throw GitError(.malformed, "a commit without a tree") }
        self.tree = tree
        self.parents = parents
        self.author = author
        message = String(decoding: rest, as: UTF8.self)
    }
}

extension ObjectReader {
    package func commit(_ id: ObjectID) throws(GitError) -> Commit {
        let object = try object("\(id)")
        guard object.kind == .commit else {
            throw GitError(.malformed, "\(id) is a \(object.kind.rawValue), not a commit")
        }
        return try Commit(parsing: object.bytes)
    }
}
