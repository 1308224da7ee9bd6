import Foundation
package import JSON
package import ProseMirror
import TestSupport

/// A document of `Tests/Fixtures/fixtures.json`: every node, every mark, every hard case of the editor.
package struct Fixture: Sendable, CustomStringConvertible {
    package let name: String
    package let json: JSONValue
    package let document: Node

    package var description: String { name }

    /// The flavour whose schema the document follows; nil for documents with unknown parts.
    package var flavor: Flavor? {
        if name.hasPrefix("unknown-") { return nil }
        return name.hasPrefix("fork-") ? .fork : .upstream
    }

    /// All of them, in the order of the file.
    package static let all: [Fixture] = {
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: packagePath("Tests/Fixtures/fixtures.json")))
            return try (JSONValue(parsing: Array(data)).array ?? []).map(Fixture.init)
        } catch {
            preconditionFailure("the fixtures cannot be read: \(error)")
        }
    }()

    /// The fixture of a name.
    package static func named(_ name: String) -> Fixture? { all.first { $0.name == name } }

    private init(_ entry: JSONValue) throws {
        name = entry["name"]?.string ?? ""
        json = entry["doc"] ?? .null
        document = try Node(json: json)
    }
}
