/// Reads a file of `NAME=value` lines the way Docmost's own server does (the format of Node's dotenv).
///
/// - A line may begin with `export `; blank lines and lines that begin with `#` are skipped.
/// - An unquoted value ends at ` #` and loses the white space around it.
/// - 'single', "double" and `back` quotes keep everything up to the closing quote, line breaks included; only in double
///   quotes `\n` and `\r` become a line feed and a carriage return.
/// - The last of two equal names wins.
package enum EnvironmentFile {
    package static func parse(_ text: String) -> [String: String] {
        var variables: [String: String] = [:]
        var rest = text.unicodeScalars[...]
        if rest.first == "\u{FEFF}" { rest.removeFirst() }
        while !rest.isEmpty {
            if let (name, value) = assignment(&rest) { variables[name] = value }
            skipLine(&rest)
        }
        return variables
    }

    private typealias Scalars = String.UnicodeScalarView.SubSequence

    /// Reads one assignment at the start of a line; leaves `rest` in the middle of the line that ended it.
    private static func assignment(_ rest: inout Scalars) -> (String, String)? {
        skipBlanks(&rest)
        var name = take(&rest, while: isNameScalar)
        if name == "export", rest.first == " " || rest.first == "\t" {
            skipBlanks(&rest)
            name = take(&rest, while: isNameScalar)
        }
        guard !name.isEmpty else { return nil }
        skipBlanks(&rest)
        guard rest.first == "=" || rest.first == ":" else { return nil }
        rest.removeFirst()
        skipBlanks(&rest)
        return (name, value(&rest))
    }

    private static func value(_ rest: inout Scalars) -> String {
        if let quote = rest.first, quote == "\"" || quote == "'" || quote == "`" {
            let inside = rest.dropFirst()
            if let end = closing(quote, in: inside) {
                let text = String(String.UnicodeScalarView(inside[inside.startIndex..<end]))
                rest = inside[inside.index(after: end)...]
                return quote == "\"" ? text.replacing("\\n", with: "\n").replacing("\\r", with: "\r") : text
            }
        }
        var text = take(&rest) { $0 != "\n" && $0 != "\r" && $0 != "#" }
        while let last = text.unicodeScalars.last, last == " " || last == "\t" { text.unicodeScalars.removeLast() }
        return text
    }

    /// The closing quote; one behind a backslash does not close.
    private static func closing(_ quote: Unicode.Scalar, in text: Scalars) -> Scalars.Index? {
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == "\\", text.index(after: index) < text.endIndex {
                index = text.index(after: index)
            } else if text[index] == quote {
                return index
            }
            index = text.index(after: index)
        }
        return nil
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", "_", ".", "-": true
        default: false
        }
    }

    private static func take(_ rest: inout Scalars, while condition: (Unicode.Scalar) -> Bool) -> String {
        let taken = rest.prefix(while: condition)
        rest = rest[taken.endIndex...]
        return String(String.UnicodeScalarView(taken))
    }

    private static func skipBlanks(_ rest: inout Scalars) {
        while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
    }

    private static func skipLine(_ rest: inout Scalars) {
        while let first = rest.first, first != "\n" && first != "\r" { rest.removeFirst() }
        if !rest.isEmpty { rest.removeFirst() }
    }
}
