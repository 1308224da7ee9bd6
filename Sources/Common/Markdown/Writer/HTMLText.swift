import JSON

/// Text as HTML holds it.
enum HTMLText {
    /// The value of an attribute: nothing in it can end the tag, a table's cell, a formula or a code span.
    static func attribute(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case ASCII.ampersand: result += Array("&amp;".utf8)
            case ASCII.quote: result += Array("&quot;".utf8)
            case ASCII.less: result += Array("&lt;".utf8)
            case ASCII.greater: result += Array("&gt;".utf8)
            case ASCII.backtick, ASCII.dollar, ASCII.pipe, 0..<32, 127: result += Array("&#\(byte);".utf8)
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    static func tag(_ name: String, _ attributes: [(String, String)]) -> String {
        var tag = "<" + name
        for (name, value) in attributes { tag += " " + name + "=\"" + attribute(value) + "\"" }
        return tag + ">"
    }

    /// The attribute that holds what has no spelling of its own.
    static func rest(_ attrs: JSONObject) -> [(String, String)] {
        attrs.isEmpty ? [] : [("data-attrs", JSONValue.object(attrs).serialized)]
    }
}
