/// Finds out which HTML blocks among siblings are whole: every tag of theirs has its partner in a whole block.
///
/// A block that is not whole is shown as code, and so are those whose tags were paired with its tags.
struct HTMLPairs {
    /// The parts of the whole blocks, by position among the siblings.
    private(set) var parts: [Int: [HTMLPart]]
    private var partners: [Int: [Int]] = [:]
    private var broken: [Int] = []
    private var stack: [(name: String, block: Int)] = []
    private var counts: [String: Int] = [:]

    /// - Parameter depth: how many elements may be open at once.
    init(_ blocks: [(position: Int, parts: [HTMLPart])], depth: Int) {
        parts = Dictionary(uniqueKeysWithValues: blocks.map { ($0.position, $0.parts) })
        for (position, parts) in blocks {
            for part in parts { pair(part, position, depth) }
        }
        while let open = stack.popLast() { broken.append(open.block) }
        var done: Set<Int> = []
        while let block = broken.popLast() {
            guard done.insert(block).inserted else { continue }
            parts[block] = nil
            broken += partners[block] ?? []
        }
    }

    private mutating func pair(_ part: HTMLPart, _ block: Int, _ depth: Int) {
        switch part {
        case .open(let tag):
            if stack.count >= depth { broken.append(block) }
            stack.append((tag.name, block))
            counts[tag.name, default: 0] += 1
        case .close(let name):
            guard counts[name, default: 0] > 0 else {
                broken.append(block)
                return
            }
            while let open = stack.popLast() {
                counts[open.name, default: 0] -= 1
                if open.name == name {
                    if open.block != block {
                        partners[block, default: []].append(open.block)
                        partners[open.block, default: []].append(block)
                    }
                    return
                }
                broken.append(open.block)
            }
        case .inline, .node:
            break
        }
    }
}
