import Foundation
import JSON
import ProseMirror
import TestSupport
import Testing

/// The independent Yjs peer of peer/peer.py.
enum Peer {
    struct Request {
        let base: [UInt8]
        let update: [UInt8]
        let seed: Int
        let steps: Int
    }

    struct Answer {
        /// The peer's own change, made on the base.
        let update: [UInt8]
        /// What the peer has typed; each of these occurs nowhere else.
        let tokens: [String]
        let deletesBlocks: Bool
        /// The base with our change, as the peer reads it.
        let ours: Node
        /// Both changes, in either order.
        let first: Node
        let second: Node
        /// How often the two had to exchange states until they were equal.
        let rounds: Int
        let state: [UInt8]
    }

    /// The interpreter; a missing one fails in CI and skips elsewhere.
    static let python: String? = {
        let environment = ProcessInfo.processInfo.environment
        return environment["DOCMOST_GIT_PYTHON"] ?? (environment["CI"] == nil ? nil : "python3")
    }()

    static func answers(to requests: [Request]) throws -> [Answer] {
        let python = try #require(python)
        let directory = try TemporaryDirectory()
        let lines = requests.map { request in
            let json: JSONValue = [
                "base": .string(Data(request.base).base64EncodedString()),
                "update": .string(Data(request.update).base64EncodedString()),
                "seed": .number(JSONNumber(request.seed)), "steps": .number(JSONNumber(request.steps)),
            ]
            return json.serialized + "\n"
        }
        try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: directory.file("requests")))
        try runProgram([
            python, packagePath("Tests/YDocTests/peer/peer.py"), directory.file("requests"), directory.file("answers"),
        ])
        let text = try Data(contentsOf: URL(fileURLWithPath: directory.file("answers")))
        return try text.split(separator: UInt8(ascii: "\n")).map { try answer(JSONValue(parsing: [UInt8]($0))) }
    }

    private static func answer(_ json: JSONValue) throws -> Answer {
        func bytes(_ key: String) throws -> [UInt8] {
            let text = try #require(json[key]?.string)
            return [UInt8](try #require(Data(base64Encoded: text)))
        }
        func node(_ key: String) throws -> Node {
            let value = try #require(json[key])
            return try Node(json: value)
        }
        return Answer(
            update: try bytes("peer"),
            tokens: (json["tokens"]?.array ?? []).compactMap(\.string),
            deletesBlocks: json["deletesBlocks"]?.bool ?? false,
            ours: try node("ours"),
            first: try node("first"),
            second: try node("second"),
            rounds: json["rounds"]?.int ?? 0,
            state: try bytes("state")
        )
    }
}
