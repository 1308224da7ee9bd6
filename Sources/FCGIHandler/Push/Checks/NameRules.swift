internal import GitStore
internal import PageFile

/// What a path may be. Names go to every clone, on every system.
struct NameRules {
    let pathBytes: Int

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
        // git's bytes were read as UTF-8; what was none became this character, which no name needs.
        if path.unicodeScalars.contains("\u{FFFD}") {
            return Finding(path, "its name is not UTF-8", remedy: "rename it: git mv")
        }
        if FileName.collisionKey(String(path.prefix { $0 != "/" })) == ".docmost" {
            return Finding(
                path,
                "the folder .docmost belongs to the sync engine",
                remedy: "remove it from the commit: git rm -r --cached .docmost"
            )
        }
        if path.utf8.count > pathBytes {
            return Finding(
                path,
                "its path has \(path.utf8.count) bytes, more than \(pathBytes)",
                remedy: "shorten the names of the file or its folders"
            )
        }
        for name in path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if let hazard = FileName.hazard(ofComponent: Array(name)) {
                return Finding(path, "it has \(hazard)", remedy: "rename it: git mv")
            }
        }
        return nil
    }

    /// Whether a name must not be in any commit: it is a folder's own name, or git's on some system.
    static func isReserved(_ name: some Sequence<UInt8>) -> Bool {
        switch FileName.hazard(ofComponent: Array(name)) {
        case .empty?, .dots?, .git?: true
        default: false
        }
    }
}
