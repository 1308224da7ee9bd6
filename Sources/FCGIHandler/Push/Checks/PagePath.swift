/// Which files are pages, and where their folders are.
enum PagePath {
    /// A page is a `.md` file outside of folders that begin with a dot.
    static func isPage(_ path: String) -> Bool {
        path.utf8.count > 3 && path.hasSuffix(".md") && !path.hasPrefix(".") && !path.contains("/.")
    }

    /// `A/B/C.md` → `A/B/C`; the folder whose page the file is, when it lies beside that folder.
    static func stem(_ path: String) -> String { String(path.dropLast(3)) }

    /// The folder of a path; empty for the root.
    static func parent(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    static func name(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// The folder that a page stands for: `P.md` and `P/P.md` are the page of the folder `P`.
    static func folder(of path: String) -> String {
        let stem = stem(path)
        let parent = parent(stem)
        return !parent.isEmpty && name(parent) == name(stem) ? parent : stem
    }
}
