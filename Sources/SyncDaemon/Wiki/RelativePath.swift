import Reconcile

/// A link's destination in a file: a path relative to the file's folder, percent-encoded only where Markdown or a
/// browser would misread it.
struct RelativePath {
    let path: PagePath
    /// With its `#`; or empty.
    let fragment: String

    /// Reads a destination; nil for an address with a scheme, an absolute path, or one that leaves the repository.
    init?(_ destination: String, from file: PagePath) {
        let end = destination.firstIndex(of: "#") ?? destination.endIndex
        let text = destination[..<end]
        guard !text.isEmpty, !text.hasPrefix("/"), !text.contains(":"), text.hasSuffix(".md"),
            let decoded = Self.decoded(text)
        else { return nil }
        var folders = file.text.split(separator: "/").dropLast().map(String.init)
        for part in decoded.split(separator: "/", omittingEmptySubsequences: true) {
            switch part {
            case ".": continue
            case "..":
                guard folders.popLast() != nil else { return nil }
            default: folders.append(String(part))
            }
        }
        path = PagePath(folders.joined(separator: "/"))
        fragment = String(destination[end...])
    }

    /// The destination that leads from one file to another.
    static func destination(to target: PagePath, from file: PagePath) -> String {
        var from = file.text.split(separator: "/").dropLast()[...]
        var to = target.text.split(separator: "/")[...]
        while let left = from.first, let right = to.first, to.count > 1, left.utf8.elementsEqual(right.utf8) {
            from.removeFirst()
            to.removeFirst()
        }
        return encoded((from.map { _ in ".." } + to.map(String.init)).joined(separator: "/"))
    }

    /// Keeps letters of every script and blanks readable; `%`, `#` and `?` have a meaning in addresses.
    private static func encoded(_ path: String) -> String {
        path.replacing("%", with: "%25").replacing("#", with: "%23").replacing("?", with: "%3F")
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst(), let low = rest.popFirst(),
                let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
