/// How a value is spelled as JSON.
package struct JSONStyle: Sendable {
    /// One member or element a line, indented by two spaces.
    package var isPretty: Bool
    /// Spells `<`, `>`, `&`, DEL, U+2028 and U+2029 as `\uXXXX`, so that the text can stand inside Markdown and HTML.
    package var isMarkupSafe: Bool

    package init(isPretty: Bool = false, isMarkupSafe: Bool = false) {
        self.isPretty = isPretty
        self.isMarkupSafe = isMarkupSafe
    }

    package static let compact = JSONStyle()
    package static let pretty = JSONStyle(isPretty: true)
}

extension JSONValue {
    /// The value as UTF-8 JSON. Writing does not recurse.
    package func bytes(_ style: JSONStyle = .compact) -> [UInt8] {
        var writer = JSONWriter(style: style)
        writer.write(self)
        return writer.output
    }

    /// The value as JSON text.
    package func serialized(_ style: JSONStyle) -> String { String(decoding: bytes(style), as: UTF8.self) }

    /// The value as compact JSON text.
    package var serialized: String { serialized(.compact) }
}

/// Appends values to bytes; the open arrays and objects are on a stack of its own.
package struct JSONWriter {
    package private(set) var output: [UInt8] = []
    private let style: JSONStyle
    private var open: [Container] = []

    package init(style: JSONStyle = .compact) { self.style = style }

    /// Appends one value.
    package mutating func write(_ value: JSONValue) {
        begin(value)
        while let top = open.indices.last {
            guard open[top].next < open[top].count else {
                end(open.removeLast())
                continue
            }
            let index = open[top].next
            open[top].next += 1
            if index > 0 { output.append(UInt8(ascii: ",")) }
            newLine()
            if open[top].isObject {
                let member = open[top].members[index]
                write(text: member.key)
                output.append(UInt8(ascii: ":"))
                if style.isPretty { output.append(UInt8(ascii: " ")) }
                begin(member.value)
            } else {
                begin(open[top].elements[index])
            }
        }
    }

    /// Writes a scalar or an empty container at once; opens any other container.
    private mutating func begin(_ value: JSONValue) {
        switch value {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let bool): output.append(contentsOf: (bool ? "true" : "false").utf8)
        case .number(let number): output.append(contentsOf: number.text.utf8)
        case .string(let text): write(text: text)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            if elements.isEmpty { output.append(UInt8(ascii: "]")) } else { open.append(Container(elements: elements)) }
        case .object(let object):
            output.append(UInt8(ascii: "{"))
            if object.isEmpty { output.append(UInt8(ascii: "}")) } else { open.append(Container(object: object)) }
        }
    }

    private mutating func end(_ container: Container) {
        newLine()
        output.append(container.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
    }

    private mutating func newLine() {
        guard style.isPretty else { return }
        output.append(0x0A)
        output.append(contentsOf: repeatElement(0x20, count: 2 * open.count))
    }

    // MARK: Strings

    private mutating func write(text: String) {
        output.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            var plain = 0
            for index in bytes.indices {
                let byte = bytes[index]
                // Most bytes leave at the first comparison.
                guard byte < 0x20 || byte == 0x22 || byte == 0x5C || (style.isMarkupSafe && isMarkup(bytes, index))
                else { continue }
                guard index >= plain else { continue }
                output.append(contentsOf: bytes[plain..<index])
                plain = index + escape(bytes, at: index)
            }
            output.append(contentsOf: bytes[min(plain, bytes.count)...])
        }
        output.append(UInt8(ascii: "\""))
    }

    private func isMarkup(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        switch bytes[index] {
        case 0x3C, 0x3E, 0x26, 0x7F: true
        case 0xE2: index + 2 < bytes.count && bytes[index + 1] == 0x80 && bytes[index + 2] & 0xFE == 0xA8
        default: false
        }
    }

    /// Writes the escape of the character at an index and returns how many bytes it has.
    private mutating func escape(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        let letter: UInt8
        switch bytes[index] {
        case 0x22: letter = 0x22
        case 0x5C: letter = 0x5C
        case 0x08: letter = UInt8(ascii: "b")
        case 0x0C: letter = UInt8(ascii: "f")
        case 0x0A: letter = UInt8(ascii: "n")
        case 0x0D: letter = UInt8(ascii: "r")
        case 0x09: letter = UInt8(ascii: "t")
        case 0xE2:
            output.append(contentsOf: (bytes[index + 2] == 0xA8 ? "\\u2028" : "\\u2029").utf8)
            return 3
        case let byte:
            let digits = Array("0123456789abcdef".utf8)
            output.append(contentsOf: "\\u00".utf8)
            output.append(digits[Int(byte >> 4)])
            output.append(digits[Int(byte & 15)])
            return 1
        }
        output.append(UInt8(ascii: "\\"))
        output.append(letter)
        return 1
    }
}

/// An array or object that is being written.
private struct Container {
    let elements: [JSONValue]
    let members: [JSONObject.Member]
    let isObject: Bool
    var next = 0

    init(elements: [JSONValue]) {
        self.elements = elements
        members = []
        isObject = false
    }

    init(object: JSONObject) {
        elements = []
        members = object.members
        isObject = true
    }

    var count: Int { isObject ? members.count : elements.count }
}
