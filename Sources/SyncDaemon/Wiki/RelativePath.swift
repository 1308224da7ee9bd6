import Base
import Reconcile

/// A link's destination in a file: a path relative to the file's folder, percent-encoded only where Markdown or a
/// browser would misread it.
struct RelativePath {
    let path: PagePath
    /// With its `#`; or empty.
    let fragment: String

    /// Reads a destination; nil for an address with a scheme, an absolute path, or one that leaves the repository.
    init?(_ destination: String, from file: PagePath) {
        // By bytes: a name may begin or end with a sign that Unicode joins with a neighbour.
        let bytes = destination.utf8
        let end = bytes.firstIndex(of: UInt8(ascii: "#")) ?? bytes.endIndex
        let text = bytes[..<end]
        guard !text.isEmpty, text.first != UInt8(ascii: "/"), !text.contains(UInt8(ascii: ":")),
            text.suffix(3).elementsEqual(".md".utf8), let decoded = Self.decoded(text)
        else { return nil }
        var path = PagePath(file.folder)
        for part in decoded.utf8.split(separator: UInt8(ascii: "/")) {
            if part.elementsEqual(".".utf8) { continue }
            if part.elementsEqual("..".utf8) {
                guard !path.text.isEmpty else { return nil }
                path = PagePath(path.folder)
            } else {
                path = PagePath(folder: path.text, name: String(Substring(part)))
            }
        }
        self.path = path
        fragment = String(destination[end...])
    }

    /// The destination that leads from one file to another.
    static func destination(to target: PagePath, from file: PagePath) -> String {
        var from = file.text.utf8.split(separator: UInt8(ascii: "/")).dropLast()[...]
        var to = target.text.utf8.split(separator: UInt8(ascii: "/"))[...]
        while let left = from.first, let right = to.first, to.count > 1, left.elementsEqual(right) {
            from.removeFirst()
            to.removeFirst()
        }
        return encoded((from.map { _ in ".." } + to.map { String(Substring($0)) }).joined(separator: "/"))
    }

    /// Keeps letters of every script and blanks readable; `%`, `#` and `?` have a meaning in addresses.
    private static func encoded(_ path: String) -> String {
        path.replacing("%", with: "%25").replacing("#", with: "%23").replacing("?", with: "%3F")
    }

    private static func decoded(_ text: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
