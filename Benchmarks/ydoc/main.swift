// Times the Yjs part on pages of given sizes, in processor time. `Benchmarks/ydoc/run` drives it and compares with
// pycrdt.
//
//   YDocBenchmark prepare DIRECTORY          writes states, targets and what a peer is to insert
//   YDocBenchmark measure STATE TARGET N     times N rounds, prints medians as JSON (milliseconds)

import DocumentGenerator
import Foundation
import JSON
import ProseMirror
import YDoc

/// A page of about the given number of bytes of text, as people write them.
func page(bytes: Int) -> Node {
    var generator = DocumentGenerator(.upstream, seed: 42)
    generator.isNasty = false
    var blocks: [Node] = []
    var size = 0
    while size < bytes {
        let more = generator.realisticDocument(blocks: 20...20).children
        blocks += more
        size += more.reduce(0) { $0 + $1.textBytes }
    }
    return Node("doc", content: blocks)
}

extension Node {
    var textBytes: Int { (text?.utf8.count ?? 0) + children.reduce(0) { $0 + $1.textBytes } }

    /// The node with a word at the start of its first text.
    func withWord(_ word: String) -> Node? {
        if isText {
            var copy = self
            copy.text = word + (text ?? "")
            return copy
        }
        for (index, child) in children.enumerated() {
            if let changed = child.withWord(word) {
                var copy = self
                copy.content?[index] = changed
                return copy
            }
        }
        return nil
    }
}

/// The processor time of this thread.
func processorMilliseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
}

/// The most memory that this process has held.
func peakMegabytes() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) >> 10
}

/// A page of many short paragraphs.
func blocks(_ count: Int) -> Node {
    let paragraphs = (0..<count).map { number in
        Node(
            "paragraph",
            attrs: ["id": .string("block\(number)"), "indent": 0, "dir": "auto"],
            content: [.text("Block \(number) says something about \(number * 7919 % 1000).")]
        )
    }
    return Node("doc", content: paragraphs)
}

func prepare(_ directory: String) throws {
    let pages = [("30 KB", page(bytes: 30_000)), ("1 MB", page(bytes: 1_000_000)), ("20,000 blocks", blocks(20_000))]
    for (name, document) in pages {
        let state = try YDoc.new(from: document, schema: .upstream, client: 1_000).encodeState()
        var target = try YDoc(decoding: state).document()
        let middle = target.children.count / 2
        for index in middle..<target.children.count {
            guard let changed = target.children[index].withWord("edited ") else { continue }
            target.content?[index] = changed
            break
        }
        try Data(state).write(to: URL(fileURLWithPath: "\(directory)/\(name).state"))
        try Data(target.json.bytes()).write(to: URL(fileURLWithPath: "\(directory)/\(name).target"))
    }
}

func measure(_ statePath: String, _ targetPath: String, rounds: Int) throws {
    let state = [UInt8](try Data(contentsOf: URL(fileURLWithPath: statePath)))
    let target = try Node(parsing: [UInt8](try Data(contentsOf: URL(fileURLWithPath: targetPath))))
    var times: [String: [Double]] = [:]
    var updateBytes = 0
    func time<Value>(_ name: String, _ body: () throws -> Value) rethrows -> Value {
        let start = processorMilliseconds()
        let value = try body()
        times[name, default: []].append(processorMilliseconds() - start)
        return value
    }
    for _ in 0..<rounds {
        try time("total") {
            var document = try time("decode") { try YDoc(decoding: state) }
            let update = try time("diff") { try document.diff(to: target, schema: .upstream) }
            updateBytes = update.bytes.count
            _ = time("encode") { document.encodeState() }
        }
        let document = try YDoc(decoding: state)
        _ = time("read") { document.document() }
    }
    var members: [JSONObject.Member] = times.sorted { $0.key < $1.key }.compactMap { name, values in
        JSONNumber(values.sorted()[values.count / 2]).map { (name, .number($0)) }
    }
    members.append(("updateBytes", .number(JSONNumber(updateBytes))))
    members.append(("stateBytes", .number(JSONNumber(state.count))))
    members.append(("peakMegabytes", .number(JSONNumber(peakMegabytes()))))
    print(JSONValue.object(JSONObject(members)).serialized)
}

let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case "prepare" where arguments.count == 2: try prepare(arguments[2])
case "measure" where arguments.count == 4: try measure(arguments[2], arguments[3], rounds: Int(arguments[4]) ?? 20)
default:
    print("see Benchmarks/ydoc/run")
    exit(64)
}
