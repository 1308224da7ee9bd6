// The three-way merge and the carrying of ids and comments, on ordinary and on very long pages.

import Base
import DocumentGenerator
import JSON
import ProseMirror

func measure(_ name: String, runs: Int = 3, _ body: () -> Void) {
    var best = Duration.seconds(1_000)
    for _ in 0..<runs { best = min(best, ContinuousClock().measure(body)) }
    print(name, best)
}

func page(_ blocks: [Node]) -> Node { Node("doc", content: blocks) }

var generator = DocumentGenerator(.upstream, seed: 9)
for count in [100, 2_000, 20_000] {
    let base = (0..<count).map { _ in generator.realisticParagraph() }
    var (git, wiki) = (base, base)
    for index in stride(from: 3, to: count, by: 50) { git[index].content?[0].text = "git \(index) changed this" }
    for index in stride(from: 28, to: count, by: 50) { wiki[index].content?[0].text = "the wiki \(index) changed this" }
    let file = Canonical.shown.form(of: page(git))
    measure("\(count) blocks, every 25th changed on one side:") {
        precondition(merge(base: page(base), git: file, wiki: page(wiki)).conflicts.isEmpty)
    }
    measure("\(count) blocks, carry into an edited file:     ") { _ = Carry().carry(from: page(wiki), to: file) }
    let other = (0..<count).map { _ in generator.realisticParagraph() }
    measure("\(count) blocks, nothing in common:             ", runs: 1) {
        _ = merge(base: page(base), git: page(other), wiki: page(base.reversed()))
    }
}
