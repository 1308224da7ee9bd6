import JSON
import ProseMirror

/// `![description|640x480](source "caption")`.
enum Images {
    static func node(source: String, description: String, title: String?) -> Node {
        var attrs: JSONObject = ["src": .string(source)]
        let parts = sized(description)
        if !parts.text.isEmpty { attrs.members.append(("alt", .string(parts.text))) }
        if let width = parts.width { attrs.members.append(("width", .number(JSONNumber(width)))) }
        if let height = parts.height { attrs.members.append(("height", .number(JSONNumber(height)))) }
        if let title { attrs.members.append(("caption", .string(title))) }
        return Node("image", attrs: attrs)
    }

    /// Splits Obsidian's size from the end of a description.
    static func sized(_ description: String) -> (text: String, width: Int?, height: Int?) {
        let bytes = Array(description.utf8)
        guard let bar = bytes.lastIndex(of: ASCII.pipe) else { return (description, nil, nil) }
        let numbers = bytes[(bar + 1)...].split(separator: UInt8(ascii: "x"), omittingEmptySubsequences: false)
        let sizes = numbers.map(size)
        guard sizes.count <= 2, let width = sizes[0], sizes.count == 1 || sizes[1] != nil else {
            return (description, nil, nil)
        }
        return (String(decoding: bytes[..<bar], as: UTF8.self), width, sizes.count == 2 ? sizes[1] : nil)
    }

    private static func size(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...6).contains(digits.count), digits.allSatisfy(\.isDigit),
            digits.first != UInt8(ascii: "0") || digits.count == 1
        else { return nil }
        return Int(String(decoding: digits, as: UTF8.self))
    }
}
