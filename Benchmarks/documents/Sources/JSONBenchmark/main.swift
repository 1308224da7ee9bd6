// Our JSON against Foundation's, on documents as Docmost stores them; and how much stack deep values take.

import Base
import DocumentGenerator
import Foundation
import JSON
import ProseMirror

/// The best of several runs, in milliseconds.
func milliseconds(_ runs: Int, _ body: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<runs {
        let time = try ContinuousClock().measure(body)
        best = min(best, Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1e3)
    }
    return best
}

func row(_ name: String, _ small: Double, _ large: Double) {
    print("\(name.padding(toLength: 44, withPad: " ", startingAt: 0)) \(format(small)) ms  \(format(large)) ms")
}

func format(_ value: Double) -> String { String(format: "%9.3f", value) }

/// A page of about so many bytes of JSON.
func page(bytes: Int) -> [UInt8] {
    var generator = DocumentGenerator(.upstream, seed: 7)
    var blocks: [Node] = []
    while Node("doc", content: blocks).json.bytes().count < bytes {
        for _ in 0..<max(1, bytes / 40_000) { blocks += generator.realisticDocument(blocks: 20...20).children }
    }
    return Node("doc", content: blocks).json.bytes()
}

let small = page(bytes: 30_000)
let large = page(bytes: 2_200_000)
print("pages of \(small.count) and \(large.count) bytes; best of 20 and 5 runs")

func compare(_ name: String, _ body: ([UInt8]) throws -> Void) rethrows {
    try row(name, milliseconds(20) { try body(small) }, milliseconds(5) { try body(large) })
}

try compare("read: JSONValue(parsing:)") { _ = try JSONValue(parsing: $0) }
try compare("read: Node(parsing:)") { _ = try Node(parsing: $0) }
try compare("read: JSONSerialization") { _ = try JSONSerialization.jsonObject(with: Data($0)) }

let values = try (JSONValue(parsing: small), JSONValue(parsing: large))
let objects = try (
    JSONSerialization.jsonObject(with: Data(small)), JSONSerialization.jsonObject(with: Data(large))
)
row("write: JSONValue.bytes()", milliseconds(20) { _ = values.0.bytes() }, milliseconds(5) { _ = values.1.bytes() })
try row(
    "write: JSONSerialization",
    milliseconds(20) { _ = try JSONSerialization.data(withJSONObject: objects.0) },
    milliseconds(5) { _ = try JSONSerialization.data(withJSONObject: objects.1) }
)
let nodes = try (Node(json: values.0), Node(json: values.1))
row(
    "canonical keys of all blocks",
    milliseconds(20) { _ = nodes.0.children.map(Canonical.shown.key) },
    milliseconds(5) { _ = nodes.1.children.map(Canonical.shown.key) }
)
try row(
    "validate",
    milliseconds(20) { try Schema.upstream.validate(nodes.0) },
    milliseconds(5) { try Schema.upstream.validate(nodes.1) }
)

// A value that is built and released on a stack of its own: the smallest stack that survives is found by a child each.
if CommandLine.arguments.count == 4, let megabytes = Int(CommandLine.arguments[2]),
    let depth = Int(CommandLine.arguments[3])
{
    withLargeStack(megabytes: megabytes) {
        let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let value = try? JSONValue(parsing: text, limits: JSONLimits(depth: depth))
        precondition(value == value)
    }
    exit(0)
}
for depth in [10_000, 20_000, 100_000] {
    var megabytes = 1
    while megabytes < 1024 {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
        child.arguments = ["depth", String(megabytes), String(depth)]
        child.environment = ["SWIFT_BACKTRACE": "enable=no"]
        child.standardOutput = FileHandle.nullDevice
        child.standardError = FileHandle.nullDevice
        try child.run()
        child.waitUntilExit()
        if child.terminationReason == .exit, child.terminationStatus == 0 { break }
        megabytes *= 2
    }
    print("\(depth) levels: compared and released with a stack of \(megabytes) MiB")
}
