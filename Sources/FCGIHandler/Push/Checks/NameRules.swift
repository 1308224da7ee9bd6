internal import GitStore

/// What a path may be. Names go to every clone, on every system.
struct NameRules {
    let pathBytes: Int
    /// The longest name that common file systems hold.
    static let nameBytes = 255

    /// What is wrong with a file's path and mode; nil when nothing is.
    func finding(_ path: String, mode: String) -> Finding? {
        switch mode {
        case TreeEntry.symlink:
            return Finding(path, "it is a symbolic link", remedy: "put a copy of the file in its place")
        case TreeEntry.submodule:
            return Finding(
                path,
                "it is a submodule (another git repository)",
                remedy: "remove it: git rm --cached \"\(path)\", and add its files if they belong here"
            )
        default: return nameFinding(path)
        }
    }

    private func nameFinding(_ path: String) -> Finding? {
        if path.unicodeScalars.contains("\u{FFFD}") {
            return Finding(path, "its name is not UTF-8", remedy: "rename it: git mv")
        }
        if path.utf8.count > pathBytes {
            let length = path.utf8.count
            return Finding(
                path,
                "its path has \(length) bytes, more than \(pathBytes)",
                remedy: "shorten the names of the file or its folders"
            )
        }
        for name in path.split(separator: "/", omittingEmptySubsequences: false) {
            if let finding = segmentFinding(String(name), in: path) { return finding }
        }
        return nil
    }

    private func segmentFinding(_ name: String, in path: String) -> Finding? {
        if name.utf8.count > Self.nameBytes {
            return Finding(
                path,
                "a name in it has \(name.utf8.count) bytes, more than \(Self.nameBytes)",
                remedy: "shorten the name"
            )
        }
        if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            return Finding(path, "its name holds a control character", remedy: "rename it: git mv")
        }
        if name.utf8.contains(UInt8(ascii: "\\")) {
            return Finding(path, "its name holds a backslash, which Windows reads as a folder", remedy: "rename it")
        }
        return nil
    }

    /// Whether a name must not be in any commit: it is a folder's own name, or git's.
    static func isReserved(_ name: String) -> Bool {
        name.isEmpty || name == "." || name == ".." || isGitDirectory(name)
    }

    /// Whether a name is `.git` to some file system: any letter case; on HFS+ with characters that it ignores; on NTFS
    /// with dots and spaces at the end, with a stream (`.git::$INDEX_ALLOCATION`), or as the short name `git~1`.
    static func isGitDirectory(_ name: String) -> Bool {
        let visible = String.UnicodeScalarView(name.unicodeScalars.filter { !isIgnoredByHFS($0.value) })
        var bytes = Array(String(visible).lowercased().utf8)
        if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) { bytes.removeSubrange(colon...) }
        while let last = bytes.last, last == UInt8(ascii: ".") || last == UInt8(ascii: " ") { bytes.removeLast() }
        let text = String(decoding: bytes, as: UTF8.self)
        return text == ".git" || text == "git~1"
    }

    private static func isIgnoredByHFS(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: true
        default: false
        }
    }
}
