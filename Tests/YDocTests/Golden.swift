import Foundation
import JSON
import Testing

/// One page state as real y-prosemirror encoded it, with the JSON that it read back.
struct Golden: Sendable, CustomTestStringConvertible {
    let name: String
    let state: [UInt8]
    let document: JSONValue

    var testDescription: String { name }

    static let all: [Golden] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/ydoc-golden.json")
        guard let data = try? Data(contentsOf: file), let list = try? JSONValue(parsing: [UInt8](data)).array else {
            return []
        }
        return list.compactMap { entry in
            guard let name = entry["name"]?.string, let state = entry["u"]?.string, let document = entry["j"],
                let bytes = Data(base64Encoded: state)
            else { return nil }
            return Golden(name: name, state: [UInt8](bytes), document: document)
        }
    }()
}
