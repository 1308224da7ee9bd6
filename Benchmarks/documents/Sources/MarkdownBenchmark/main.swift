import Base
import DocumentGenerator
import Foundation
import JSON
import Markdown
import ProseMirror

/// Processor time of this process and of the children that it waited for, in milliseconds: the machine may be busy.
func processorTime() -> Double {
    var total = 0.0
    for who in [0, -1] as [Int32] {
        var usage = rusage()
        getrusage(who, &usage)
        for time in [usage.ru_utime, usage.ru_stime] {
            total += Double(time.tv_sec) * 1000 + Double(time.tv_usec) / 1000
        }
    }
    return total
}

/// The best of some runs, in milliseconds of processor time.
func best(of runs: Int, _ body: () -> Void) -> Double {
    var best = Double.infinity
    for _ in 0..<runs {
        let start = processorTime()
        body()
        best = min(best, processorTime() - start)
    }
    return best
}

func show(_ name: String, _ milliseconds: Double, _ note: String = "") {
    print(name, String(format: "%.1f ms", milliseconds), note, separator: " | ")
}

/// The most memory that this process ever held.
func peakMemory() -> String {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    return status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }.map(String.init) ?? "unknown"
}

/// Pages as people write them, until they are that many bytes of Markdown.
func pages(bytes: Int, seed: UInt64) -> Node {
    var generator = DocumentGenerator(.upstream, seed: seed)
    var blocks: [Node] = []
    var size = 0
    while size < bytes {
        let page = generator.realisticDocument()
        blocks += page.children
        size += MarkdownWriter.unverified(page).count
    }
    return Node("doc", content: blocks)
}

func measureLargePage() throws {
    let document = pages(bytes: 1_000_000, seed: 42)
    let text = MarkdownWriter.write(document)
    print("1 MB of ordinary pages: \(text.count) bytes, \(document.children.count) blocks")
    show("parse", best(of: 7) { _ = MarkdownDocument.parse(text) })
    let plain = best(of: 7) { _ = MarkdownWriter.unverified(document) }
    let verified = best(of: 7) { _ = MarkdownWriter.write(document) }
    show("write, unverified", plain)
    show("write, verified", verified, String(format: "%.2f times the plain one", verified / plain))
    var changed = document
    let middle = changed.children.count / 2
    changed.content?[middle] = Node("paragraph", content: [.text("changed")])
    show("rewrite one block", best(of: 5) { _ = MarkdownRewriter.rewrite(text, to: changed) })
    try measureReference(text)
}

/// cmark-gfm on the same text: parse and HTML, with the start of the program.
func measureReference(_ text: [UInt8]) throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("docmost-git-benchmark.md")
    try Data(text).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/cmark-gfm") else { return }
    show(
        "cmark-gfm, parse and HTML",
        best(of: 5) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/cmark-gfm")
            process.arguments = ["-e", "table", "-e", "strikethrough", "-e", "tasklist", "-e", "autolink", file.path]
            process.standardOutput = FileHandle.nullDevice
            try? process.run()
            process.waitUntilExit()
        }
    )
}

func measureSmallPages() {
    let texts = (0..<200).map { MarkdownWriter.write(pages(bytes: 3000, seed: UInt64($0))) }
    let bytes = texts.reduce(0) { $0 + $1.count } / texts.count
    let count = 10_000
    let read = best(of: 1) { for page in 0..<count { _ = MarkdownDocument.parse(texts[page % texts.count]) } }
    let documents = texts.map { MarkdownDocument.parse($0).document }
    let written = best(of: 1) { for page in 0..<count { _ = MarkdownWriter.write(documents[page % documents.count]) } }
    print("10,000 pages of \(bytes) bytes on average")
    show("parse", read, "\(Int(Double(count) / read * 1000)) pages a second")
    show("write, verified", written, "\(Int(Double(count) / written * 1000)) pages a second")
}

try withLargeStack {
    try measureLargePage()
    measureSmallPages()
    print("peak memory: \(peakMemory())")
}
