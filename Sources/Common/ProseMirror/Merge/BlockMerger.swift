/// The three-way merge of lists of blocks.
struct BlockMerger {
    let canonical: Canonical
    var conflicts: [Conflict] = []
    let carry: Carry

    init(canonical: Canonical) {
        self.canonical = canonical
        carry = Carry(canonical: canonical)
    }

    /// Merges the blocks of a page; its footnotes, which stand last, are merged for themselves.
    mutating func mergeDocument(_ base: [Node], _ git: [Node], _ wiki: [Node]) -> [Node] {
        let sides = [base, git, wiki].map { side in
            (blocks: side.filter { $0.type != "footnotes" }, notes: side.filter { $0.type == "footnotes" })
        }
        // A document that the schema does not allow is merged as it is.
        guard sides.allSatisfy({ $0.notes.count < 2 }) else { return merge(base, git, wiki) }
        var blocks = merge(sides[0].blocks, sides[1].blocks, sides[2].blocks)
        // Each side may have deleted what the other left.
        if blocks.isEmpty { blocks = [Node("paragraph")] }
        return blocks + merge(sides[0].notes, sides[1].notes, sides[2].notes, isSingle: true)
    }

    /// Merges three lists of blocks.
    ///
    /// - Parameter isSingle: each list has at most one element, and so must the result.
    mutating func merge(_ base: [Node], _ git: [Node], _ wiki: [Node], isSingle: Bool = false) -> [Node] {
        var interner = Interner<CanonicalKey>()
        func keys(_ nodes: [Node]) -> [Int] { nodes.map { interner.number(of: canonical.key(of: $0)) } }
        let (baseKeys, gitKeys, wikiKeys) = (keys(base), keys(git), keys(wiki))
        if gitKeys == baseKeys || gitKeys == wikiKeys { return wiki }
        if wikiKeys == baseKeys { return carry.carry(from: wiki, to: git) }
        if isSingle, base.isEmpty, let gitNode = git.first, let wikiNode = wiki.first {
            return [element(Node(gitNode.type), gitNode, wikiNode)]
        }
        let lists = BlockLists(
            base: base,
            git: git,
            wiki: wiki,
            keys: (baseKeys, gitKeys, wikiKeys)
        )
        var result: [Node] = []
        for index in 0...base.count {
            result += insertions(at: index, lists)
            if index < base.count { result += resolved(index, lists) }
        }
        return result
    }

    // MARK: Blocks of the base

    /// What becomes of a block of the base, at its own place.
    private mutating func resolved(_ index: Int, _ lists: BlockLists) -> [Node] {
        if lists.movedByGit[index] != nil || lists.movedByWiki[index] != nil { return [] }
        switch (lists.toGit[index], lists.toWiki[index]) {
        case (nil, nil): return []
        case (let git?, let wiki?): return [element(lists, index, git, wiki)]
        case (let git?, nil):
            guard !lists.isUnchanged(base: index, git: git) else { return [] }
            conflicts.append(Conflict(git: [lists.git[git]], wiki: [], winner: .git))
            return [lists.git[git]]
        case (nil, let wiki?):
            guard !lists.isUnchanged(base: index, wiki: wiki) else { return [] }
            conflicts.append(Conflict(git: [], wiki: [lists.wiki[wiki]], winner: .wiki))
            return [lists.wiki[wiki]]
        }
    }

    private mutating func element(_ lists: BlockLists, _ base: Int, _ git: Int, _ wiki: Int) -> Node {
        if lists.isUnchanged(base: base, git: git) || lists.gitKeys[git] == lists.wikiKeys[wiki] {
            return lists.wiki[wiki]
        }
        if lists.isUnchanged(base: base, wiki: wiki) { return carry.merged(lists.wiki[wiki], lists.git[git]) }
        return element(lists.base[base], lists.git[git], lists.wiki[wiki])
    }

    /// One block that both sides changed.
    private mutating func element(_ base: Node, _ git: Node, _ wiki: Node) -> Node {
        let reported = conflicts.count
        if let merged = merged(base, git, wiki) { return merged }
        conflicts.removeSubrange(reported...)
        conflicts.append(Conflict(git: [git], wiki: [wiki], winner: .git))
        return carry.merged(wiki, git)
    }

    // MARK: New blocks

    /// What either side put in before a block of the base: the wiki's, then git's; what both put in stands once.
    private mutating func insertions(at index: Int, _ lists: BlockLists) -> [Node] {
        let git = lists.gitInsertions[index] ?? []
        let wiki = lists.wikiInsertions[index] ?? []
        if git.isEmpty { return wiki.flatMap { inserted(wiki: $0, lists) } }
        if wiki.isEmpty { return git.flatMap { inserted(git: $0, lists) } }
        let common = Alignment(git.map { lists.gitKeys[$0] }, wiki.map { lists.wikiKeys[$0] })
        var result: [Node] = []
        var next = 0
        for place in git.indices {
            guard let partner = common.right[place] else { continue }
            result += wiki[next..<partner].flatMap { inserted(wiki: $0, lists) }
            result += gitRun(before: place, common, git, lists)
            result.append(lists.wiki[wiki[partner]])
            next = partner + 1
        }
        result += wiki[next...].flatMap { inserted(wiki: $0, lists) }
        return result + gitRun(before: git.count, common, git, lists)
    }

    /// Git's own insertions directly before a place in its list.
    private mutating func gitRun(before end: Int, _ common: Alignment, _ git: [Int], _ lists: BlockLists) -> [Node] {
        var start = end
        while start > 0, common.right[start - 1] == nil { start -= 1 }
        return git[start..<end].flatMap { inserted(git: $0, lists) }
    }

    /// A block that git put in, or moved here: then with what the wiki made of it.
    private mutating func inserted(git index: Int, _ lists: BlockLists) -> [Node] {
        guard let base = lists.gitOrigin[index] else { return [lists.git[index]] }
        if let wiki = lists.toWiki[base] ?? lists.movedByWiki[base] { return [lists.wiki[wiki]] }
        return []
    }

    /// A block that the wiki put in, or moved here. Where git moved it too, git's place counts.
    private mutating func inserted(wiki index: Int, _ lists: BlockLists) -> [Node] {
        guard let base = lists.wikiOrigin[index] else { return [lists.wiki[index]] }
        if lists.movedByGit[base] != nil { return [] }
        guard let git = lists.toGit[base] else { return [] }
        return [element(lists, base, git, index)]
    }
}
