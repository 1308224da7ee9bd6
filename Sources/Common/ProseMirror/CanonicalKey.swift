import JSON

/// The canonical form of a node as bytes: equal keys are equal meanings, exactly, without the chance of a digest.
package struct CanonicalKey: Hashable, Sendable {
    package let bytes: [UInt8]
}

extension Canonical {
    /// The key of a node and all below it.
    package func key(of node: Node) -> CanonicalKey {
        var writer = KeyWriter()
        writer.write(form(of: node))
        return CanonicalKey(bytes: writer.bytes)
    }
}

/// Writes canonical nodes; every text has its length before it, every part its tag, so no two nodes share bytes.
private struct KeyWriter {
    var bytes: [UInt8] = []

    mutating func write(_ node: Node) {
        begin("n", node.type)
        if let text = node.text { begin("t", text) }
        write(node.attrs)
        for mark in node.marks ?? [] {
            begin("m", mark.type)
            write(mark.attrs)
            write(mark.extra)
        }
        if let extra = node.extra {
            bytes.append(UInt8(ascii: "x"))
            write(extra)
        }
        if let content = node.content {
            bytes.append(UInt8(ascii: "("))
            for child in content { write(child) }
            bytes.append(UInt8(ascii: ")"))
        }
    }

    private mutating func write(_ object: JSONObject?) {
        guard let object else { return }
        bytes.append(UInt8(ascii: "{"))
        for (name, value) in object.members {
            begin("k", name)
            write(value)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func write(_ value: JSONValue) {
        switch value {
        case .null: bytes.append(UInt8(ascii: "0"))
        case .bool(let bool): bytes.append(UInt8(ascii: bool ? "+" : "-"))
        case .number(let number): begin("#", number.text)
        case .string(let text): begin("s", text)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for element in elements { write(element) }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object): write(object)
        }
    }

    private mutating func begin(_ tag: Unicode.Scalar, _ text: String) {
        bytes.append(UInt8(ascii: tag))
        var count = text.utf8.count
        while count >= 128 {
            bytes.append(UInt8(truncatingIfNeeded: count) | 128)
            count >>= 7
        }
        bytes.append(UInt8(count))
        bytes.append(contentsOf: text.utf8)
    }
}
