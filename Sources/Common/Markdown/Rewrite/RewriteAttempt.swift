import ProseMirror

/// One body on its way from an old text to a new meaning. Each attempt that reads back wrong keeps less.
struct RewriteAttempt {
    private let old: [UInt8]
    private let oldBody: Body
    private let new: Body
    private let options: MarkdownOptions
    private let canonical: Canonical
    private let lines: LineStyle
    /// For each source block that is kept, the first of its places among the new blocks; pinned ones have nil.
    private(set) var kept: [Int: Int?] = [:]
    /// The source that each new block is kept from.
    private var keptFrom: [Int: Int] = [:]
    /// Forms of the blocks that are written anew.
    private var forms: [Int: Forms] = [:]
    /// Whether definitions of links stay that stand in blocks which are written anew.
    var keepsDefinitions = true
    /// Whether the footnotes are left where they are; else all are written at the end.
    private var keepsFootnotes: Bool
    /// Forms of the footnotes and of a list that is an element, once plain ones did not read back.
    private var footnoteForms: [Forms] = []
    private var listForm = Forms.plain

    init(_ old: [UInt8], _ new: Body, _ options: MarkdownOptions, _ lines: LineStyle) {
        self.old = old
        self.new = new
        var options = options
        canonical = WrittenForm(options).canonical
        self.lines = lines
        oldBody = old.withUnsafeBufferPointer { Body.parse($0, options) }.canonical(canonical)
        options.footnoteLabels = new.labels(options.flavor)
        self.options = options
        keepsFootnotes = oldBody.footnotes == new.footnotes
        keep()
    }

    /// Whether the old text already means the new document.
    var isSame: Bool { isNew(oldBody) }

    private mutating func keep() {
        let partners = Alignment(oldBody.blocks, new.blocks, by: .full).right
        for (number, source) in oldBody.sources.enumerated() {
            guard !source.nodes.isEmpty else {
                if isPinned(source, number) { kept[number] = .some(nil) }
                continue
            }
            guard let first = partners[source.nodes.lowerBound] else { continue }
            let isWhole = source.nodes.allSatisfy { partners[$0] == first + $0 - source.nodes.lowerBound }
            guard isWhole, source.footnotes.isEmpty || keepsFootnotes else { continue }
            kept[number] = first
            for offset in 0..<source.nodes.count { keptFrom[first + offset] = number }
        }
    }

    /// Whether a stretch without nodes of its own stays: definitions of links and footnotes do.
    private func isPinned(_ source: Parsed.Block, _ number: Int) -> Bool {
        if !source.definitions.isEmpty { return source.footnotes.isEmpty || keepsFootnotes }
        return !source.footnotes.isEmpty && keepsFootnotes
    }

    // MARK: Writing

    mutating func bytes() -> [UInt8] {
        var output = RewriteOutput(old: old, sources: oldBody.sources, lines: lines)
        var position = 0
        var gap: [Int] = []
        for number in oldBody.sources.indices {
            if case .some(.some(let place)) = kept[number] {
                write(position..<place, gap: gap, before: number, to: &output)
                output.copy(number)
                position = place + oldBody.sources[number].nodes.count
                gap = []
            } else {
                gap.append(number)
            }
        }
        let ending = Ending(new.blocks)
        let isImplied = ending == .implied || ending == .empty
        let end = isImplied && keptFrom[new.blocks.count - 1] == nil ? new.blocks.count - 1 : new.blocks.count
        write(position..<max(position, end), gap: gap, before: nil, to: &output)
        finish(ending, &output)
        return output.bytes()
    }

    /// Writes new blocks where old ones stood, and copies what is pinned between those.
    private func write(_ fresh: Range<Int>, gap: [Int], before kept: Int?, to output: inout RewriteOutput) {
        let nextMarker = kept.flatMap { output.marker(of: $0) }
        let replaced = gap.filter { self.kept[$0] == nil && !oldBody.sources[$0].nodes.isEmpty }.count
        var next = fresh.lowerBound
        var seen = 0
        if replaced == 0 { writeFresh(fresh, before: nextMarker, to: &output) }
        for number in gap {
            if self.kept[number] != nil {
                output.copy(number)
                continue
            }
            let source = oldBody.sources[number]
            if keepsDefinitions, !source.definitions.isEmpty { output.add(source.definitions, marker: nil) }
            guard !source.nodes.isEmpty else { continue }
            seen += 1
            let end = seen == replaced ? fresh.upperBound : min(next + 1, fresh.upperBound)
            writeFresh(next..<max(next, end), fenceInfo: source.fenceInfo, before: nextMarker, to: &output)
            next = max(next, end)
        }
    }

    private func writeFresh(
        _ range: Range<Int>,
        fenceInfo: [UInt8] = [],
        before next: UInt8?,
        to output: inout RewriteOutput
    ) {
        for index in range {
            var writer = BlockWriter(options)
            let isLast = index == range.upperBound - 1
            let marker = ListMarker.of(new.blocks[index], after: output.lastMarker, before: isLast ? next : nil)
            writer.write(new.blocks[index], forms[index] ?? .plain, marker: marker, isFirst: output.isEmpty)
            var bytes = writer.out.bytes
            if index == range.lowerBound, forms[index] == nil { add(fenceInfo, to: &bytes) }
            output.add(bytes, marker: marker)
        }
    }

    /// Puts what stood after the language of the old fence behind that of the new one; reading back says if it is one.
    private func add(_ info: [UInt8], to block: inout [UInt8]) {
        let isFence = block.starts(with: "```".utf8) || block.starts(with: "~~~".utf8)
        guard !info.isEmpty, isFence, let end = block.firstIndex(of: ASCII.newline) else { return }
        block.insert(contentsOf: info, at: end)
    }

    private func finish(_ ending: Ending, _ output: inout RewriteOutput) {
        if !keepsFootnotes {
            for (index, footnote) in new.footnotes.enumerated() {
                var writer = BlockWriter(options)
                let form = index < footnoteForms.count ? footnoteForms[index] : .plain
                writer.writeDefinition(footnote, form, options.flavor)
                output.add(writer.out.bytes, marker: nil)
            }
        }
        if let list = new.list {
            var writer = BlockWriter(options)
            writer.write(list, listForm)
            output.add(writer.out.bytes, marker: nil)
        }
        if ending == .marked { output.add(Array((Body.trailingMark + "\n").utf8), marker: nil) }
    }

    // MARK: Checking

    /// Whether a text means the new document; where it does not, less is kept the next time.
    mutating func isRead(from bytes: [UInt8]) -> Bool {
        let read = read(bytes)
        if isNew(read) { return true }
        if read.footnotes != new.footnotes { keepsFootnotes ? dropFootnotes() : settleFootnotes() }
        if read.list != new.list, let list = new.list {
            var settler = Settler(options: options, canonical: canonical, budget: 1_000_000)
            listForm = settler.settle(list)
        }
        let isAligned = read.blocks.count == new.blocks.count
        let range = differing(read.blocks)
        for index in range where !isAligned || read.blocks[index] != new.blocks[index] { stepDown(index) }
        if !isAligned {
            stepDown(range.lowerBound - 1)
            stepDown(range.upperBound)
        }
        return false
    }

    private func read(_ bytes: [UInt8]) -> Body {
        var options = options
        options.footnoteLabels = nil
        return bytes.withUnsafeBufferPointer { Body.parse($0, options) }.canonical(canonical)
    }

    private func isNew(_ body: Body) -> Bool {
        body.blocks == new.blocks && body.footnotes == new.footnotes && body.list == new.list
    }

    /// A text of the whole new document, behind the definitions of the old text where it reads the same with them.
    func withDefinitions(_ bytes: [UInt8]) -> [UInt8] {
        let definitions = oldBody.sources.flatMap(\.definitions)
        guard !definitions.isEmpty else { return bytes }
        let whole = definitions + [ASCII.newline] + bytes
        return isNew(read(whole)) ? whole : bytes
    }

    private func differing(_ read: [Node]) -> Range<Int> {
        let count = min(read.count, new.blocks.count)
        let start = (0..<count).first { read[$0] != new.blocks[$0] } ?? count
        var end = 0
        while end < count - start, read[read.count - 1 - end] == new.blocks[new.blocks.count - 1 - end] { end += 1 }
        return start..<max(start, new.blocks.count - end)
    }

    private mutating func dropFootnotes() {
        keepsFootnotes = false
        for (number, source) in oldBody.sources.enumerated() where !source.footnotes.isEmpty { drop(number) }
    }

    private mutating func settleFootnotes() {
        var settler = Settler(options: options, canonical: canonical, budget: 1_000_000)
        footnoteForms = new.footnotes.map { settler.settleChildren(of: $0) }
    }

    private mutating func stepDown(_ index: Int) {
        guard new.blocks.indices.contains(index) else { return }
        if let source = keptFrom[index] {
            drop(source)
            return
        }
        switch forms[index]?.rung {
        case nil:
            var settler = Settler(options: options, canonical: canonical, budget: 1_000_000)
            forms[index] = settler.settle(new.blocks[index])
        case .plain: forms[index]?.rung = .escaped
        default: forms[index] = Forms(rung: .json)
        }
    }

    private mutating func drop(_ source: Int) {
        kept[source] = nil
        keptFrom = keptFrom.filter { $0.value != source }
    }
}

extension Body {
    /// The same parts with every node in canonical form.
    func canonical(_ canonical: Canonical) -> Body {
        var body = self
        body.blocks = blocks.map(canonical.form)
        body.footnotes = footnotes.map(canonical.form)
        body.list = list.map(canonical.form)
        return body
    }
}
