/// The parameters of a request (RFC 3875 §4.1), copied from the carrier.
package struct Parameters: Sendable {
    private var values: [String: [UInt8]] = [:]

    package init() {}

    /// Parameters by name, for tests.
    package init(_ texts: [String: String]) {
        values = texts.mapValues { Array($0.utf8) }
    }

    /// Copies a C array of `NAME=VALUE` texts that ends with a null pointer.
    ///
    /// Of a repeated name the first wins: a web server puts its own parameters before what came from the client.
    init(copying array: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
        guard var next = array else { return }
        while let entry = next.pointee {
            next += 1
            let bytes = UnsafeRawBufferPointer(start: entry, count: length(of: entry))
            guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = String(decoding: bytes[..<equals], as: UTF8.self)
            guard values[name] == nil else { continue }
            values[name] = Array(bytes[(equals + 1)...])
        }
    }

    /// The value's bytes; nil when absent.
    package func bytes(_ name: String) -> [UInt8]? { values[name] }

    /// The value as text; nil when absent, empty or not UTF-8.
    package func text(_ name: String) -> String? {
        guard let bytes = values[name], !bytes.isEmpty else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The names that are there, for tests and diagnostics.
    package var names: some Collection<String> { values.keys }
}

private func length(of text: UnsafePointer<CChar>) -> Int {
    var count = 0
    while text[count] != 0 { count += 1 }
    return count
}
