/// Turns the text of some XmlTexts into a wanted one, item by item from left to right.
///
/// Text that stays keeps its items. Format items stay only where they bring the marks nearer to the wanted ones; so no
/// redundant ones are left, which a server would delete in a change of its own.
struct TextRewriter {
    private let writer: StoreWriter
    private let formats: FormatTable
    private let outline: Outline
    private let runs: Range<Int>
    /// Where the wanted text begins in the outline's units.
    private let base: Int

    /// The XmlText being rewritten, the last item passed, and the marks in force behind it.
    private var type: TypeIndex = none
    private var last: ItemIndex = none
    private var current: [Format] = []
    /// How much of the wanted text is done, and the run in which that ends.
    private var done = 0
    private var run: Int

    /// - Parameter wanted: a text of the target; nil for none at all.
    init(_ wanted: Outline.Entry?, of outline: Outline, formats: FormatTable, writer: StoreWriter) {
        self.writer = writer
        self.formats = formats
        self.outline = outline
        runs = wanted?.runs ?? 0..<0
        run = runs.lowerBound
        base = runs.isEmpty ? 0 : outline.runs[runs.lowerBound].units.lowerBound
    }

    /// Rewrites the XmlTexts, whose joined text has `lengths` units each, by the steps.
    mutating func rewrite(
        _ types: [(type: TypeIndex, length: Int)],
        by steps: [TextAlignment.Step],
        _ store: inout Store
    ) throws(YDocError) {
        var rest = steps[...]
        for text in types {
            type = text.type
            last = none
            current = []
            let own = Self.take(text.length, from: &rest)
            for (index, step) in own.enumerated() {
                switch step {
                case .insert(let range): try insert(range, &store)
                case .keep(let count): try keep(count, &store)
                case .delete(let count):
                    let isBeforeKept = index + 1 < own.count
                    try delete(count, isBeforeKept: isBeforeKept, &store)
                }
            }
            try finish(&store)
        }
    }

    /// The steps that concern the next `length` units of old text, and what is inserted right behind them.
    private static func take(
        _ length: Int,
        from steps: inout ArraySlice<TextAlignment.Step>
    ) -> [TextAlignment.Step] {
        var taken: [TextAlignment.Step] = []
        var left = length
        while let step = steps.first {
            steps.removeFirst()
            switch step {
            case .insert: taken.append(step)
            case .keep(let count) where count > left, .delete(let count) where count > left:
                let isKept = step == .keep(count)
                if left > 0 { taken.append(isKept ? .keep(left) : .delete(left)) }
                steps.insert(isKept ? .keep(count - left) : .delete(count - left), at: steps.startIndex)
                return taken
            case .keep(let count), .delete(let count):
                taken.append(step)
                left -= count
            }
        }
        return taken
    }

    // MARK: Steps

    private mutating func insert(
        _ range: Range<Int>,
        _ store: inout Store
    ) throws(YDocError) {
        while done < range.upperBound {
            let piece = advanceRun(to: range.upperBound)
            passHelpfulFormats(piece.formats, &store)
            try openAndClose(for: piece.formats, &store)
            let units = outline.units[base + piece.start..<base + done]
            last = try writer.insertText(units, after: last, in: type, &store)
        }
    }

    private mutating func keep(_ count: Int, _ store: inout Store) throws(YDocError) {
        let end = done + count
        while done < end {
            let piece = advanceRun(to: end)
            var left = done - piece.start
            while left > 0 {
                guard let next = try nextText(wanted: piece.formats, &store) else { return }
                try openAndClose(for: piece.formats, &store)
                left -= try take(next, atMost: left, &store)
            }
        }
    }

    private mutating func delete(
        _ count: Int,
        isBeforeKept: Bool,
        _ store: inout Store
    ) throws(YDocError) {
        let wanted = isBeforeKept && nextRun < runs.upperBound ? formats[outline.runs[nextRun].formats] : []
        var left = count
        while left > 0 {
            guard let next = try nextText(wanted: wanted, &store) else { return }
            left -= try take(next, atMost: left, &store)
            store.delete(last)
        }
    }

    /// Deals with what stands behind the text, and closes what is open.
    private mutating func finish(_ store: inout Store) throws(YDocError) {
        _ = try nextText(wanted: [], &store)
        try openAndClose(for: [], &store)
    }

    // MARK: Walking

    /// The run in which the next wanted unit lies.
    private var nextRun: Int {
        guard run < runs.upperBound, outline.runs[run].units.upperBound - base == done else { return run }
        return run + 1
    }

    /// Goes on to the end of the run or of the range, and says where that piece began and which marks it wants.
    private mutating func advanceRun(to end: Int) -> (start: Int, formats: [Format]) {
        run = nextRun
        let start = done
        done = min(end, outline.runs[run].units.upperBound - base)
        return (start, formats[outline.runs[run].formats])
    }

    private func following(_ store: Store) -> ItemIndex {
        last == none ? store.types[Int(type)].first : store.items[Int(last)].right
    }

    /// Takes up to a number of units of a text item, which is cut if it is longer.
    private mutating func take(_ item: ItemIndex, atMost count: Int, _ store: inout Store) throws(YDocError) -> Int {
        let id = store.items[Int(item)].id
        if store.items[Int(item)].length > count {
            _ = try store.itemEnding(at: ItemID(client: id.client, clock: id.clock + count - 1))
        }
        last = item
        return store.items[Int(item)].length
    }

    /// The next live text; format items on the way are kept if they help to reach the wanted marks, else deleted.
    private mutating func nextText(
        wanted: [Format],
        _ store: inout Store
    ) throws(YDocError) -> ItemIndex? {
        var next = following(store)
        while next != none {
            let item = store.items[Int(next)]
            if !item.isDeleted {
                if item.kind == .string { return next }
                if item.kind == .format, !pass(item, wanted) { store.delete(next) }
            }
            last = next
            next = item.right
        }
        return nil
    }

    /// Passes format items that help, and the deleted text before them, so that none need be written.
    private mutating func passHelpfulFormats(_ wanted: [Format], _ store: inout Store) {
        var next = following(store)
        while next != none {
            let item = store.items[Int(next)]
            if !item.isDeleted {
                guard item.kind == .format, pass(item, wanted) else { return }
                last = next
            }
            next = item.right
        }
    }

    /// Puts a format item in force if it brings its key to the wanted value.
    private mutating func pass(_ item: Item, _ wanted: [Format]) -> Bool {
        let format = formats.known(item)
        let isInForce = current.first { $0.key == item.payload }
        let isWanted = wanted.first { $0.key == item.payload }
        guard isInForce != format, isWanted == format else { return false }
        current.removeAll { $0.key == item.payload }
        if let format { current.append(format) }
        return true
    }

    /// Writes the format items that are missing between the marks in force and the wanted ones.
    private mutating func openAndClose(
        for wanted: [Format],
        _ store: inout Store
    ) throws(YDocError) {
        guard current != wanted else { return }
        let null = store.names.intern("null")
        for format in current where !wanted.contains(where: { $0.key == format.key }) {
            last = try writer.insertFormat(key: format.key, value: null, after: last, in: type, &store)
        }
        for format in wanted where !current.contains(format) {
            last = try writer.insertFormat(
                key: format.key,
                value: try formats.spelling(format, store.names),
                after: last,
                in: type,
                &store
            )
        }
        current = wanted
    }
}
