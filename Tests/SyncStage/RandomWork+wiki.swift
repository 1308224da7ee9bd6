import Base

// What people do in the wiki.
extension RandomWork {
    private func newTitle() -> String {
        let titles = [
            "Alpha", "Beta", "Gamma", "alpha", "Delta: one/two", "", "Beta", "con", "Über", ".dot", "Zeta ~9", "...",
            "über",
        ]
        return random.below(3) == 0 ? titles[random.below(titles.count)] : "Page \(random.below(40))"
    }

    private func live() throws -> [StagePage] { ordered(try stage.live()) }

    /// In an order that a repeated run finds again: ids may depend on the time.
    private func ordered(_ pages: [StagePage]) -> [StagePage] {
        pages.sorted { ($0.lines.joined(), $0.title, $0.id) < ($1.lines.joined(), $1.title, $1.id) }
    }

    func addPage() throws {
        let parent = random.below(2) == 0 ? nil : random.pick(try live())?.id
        let title = newTitle()
        let id = PageID.version7(milliseconds: 1_800_000_000_000, random: (random.next(), random.next()))
        let lines = [newLine(), newLine()]
        try stage.make(StagePage(id: id, space: stage.space, title: title, parent: parent, lines: lines))
        tell("wiki: add “\(title)”")
    }

    func editWiki() throws {
        guard let page = random.pick(try live()), random.below(5) > 0 else { return try addPage() }
        var lines = page.lines
        tell("wiki: edit “\(page.title)”: \(change(&lines))")
        try stage.setLines(of: page.id, to: lines)
    }

    /// Adds a line, or replaces one.
    func change(_ lines: inout [String]) -> String {
        let line = newLine()
        let position = random.below(lines.count + 1)
        guard random.below(4) == 0, position < lines.count else {
            lines.insert(line, at: position)
            return "+ \(line)"
        }
        let old = lines[position]
        forgive([old])
        lines[position] = line
        return "\(old) → \(line)"
    }

    func shapeWiki() throws {
        guard let page = random.pick(try live()) else { return try addPage() }
        switch random.below(10) {
        case 0..<2:
            let title = newTitle()
            try stage.setTitle(of: page.id, to: title)
            tell("wiki: retitle “\(page.title)” to “\(title)”")
        case 2..<5: try move(page)
        case 5:
            let pages = try stage.pages()
            for id in subtree(page.id, in: pages) { forgive(pages[id]?.lines ?? []) }
            try stage.trash(page.id, alone: false)
            tell("wiki: trash “\(page.title)”")
        case 6:
            let gone = try stage.pages().values.filter { $0.isTrashed && $0.space == stage.space }
            guard let back = random.pick(ordered(gone)) else { return }
            try stage.restore(back.id)
            tell("wiki: restore “\(back.title)”")
        case 7: try leave(page)
        default: try comeBack()
        }
    }

    /// Takes a page out of the repository: to another space, or out of the sight of some people.
    private func leave(_ page: StagePage) throws {
        let goesElsewhere = page.isRestricted || random.below(2) == 0
        try quietly {
            if goesElsewhere { try stage.moveElsewhere(page.id) } else { try stage.restrict(page.id, true) }
            tell("wiki: \(goesElsewhere ? "move to another space" : "restrict") “\(page.title)”")
        }
    }

    /// Brings a page back that has left so.
    private func comeBack() throws {
        let pages = try stage.pages().values.filter { page in
            let isBelow = page.parent.map { try? stage.page($0)?.space == page.space } ?? false
            return !page.isTrashed && (page.isRestricted || (page.space == stage.elsewhere && isBelow != true))
        }
        guard let page = random.pick(ordered(pages)) else { return }
        if page.space == stage.elsewhere { try stage.move(page.id, toSpace: stage.space) }
        if page.isRestricted { try stage.restrict(page.id, false) }
        tell("wiki: bring back “\(page.title)”")
    }

    /// Something that takes pages out of the repository. Text pushed to a page that is leaving stays in the history of
    /// main; this person pushes nothing then.
    private func quietly(_ work: () throws -> Void) throws {
        try cycle()
        try work()
        try cycle()
    }

    private func move(_ page: StagePage) throws {
        let below = subtree(page.id, in: try stage.pages())
        let others = try live().filter { !below.contains($0.id) }
        let parent = random.below(3) == 0 ? nil : random.pick(others)
        let work = {
            try self.stage.setParent(of: page.id, to: parent?.id)
            self.tell("wiki: move “\(page.title)” under “\(parent?.title ?? "root")”")
        }
        if let parent, try stage.isHidden(parent, in: stage.pages()) { try quietly(work) } else { try work() }
    }

    private func subtree(_ page: PageID, in pages: [PageID: StagePage]) -> Set<PageID> {
        var children: [PageID: [PageID]] = [:]
        for other in pages.values { if let parent = other.parent { children[parent, default: []].append(other.id) } }
        var found: Set<PageID> = []
        var open = [page]
        while let next = open.popLast() { if found.insert(next).inserted { open += children[next] ?? [] } }
        return found
    }
}
