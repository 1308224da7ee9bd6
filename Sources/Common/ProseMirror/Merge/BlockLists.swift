/// Three lists of blocks and how they belong together.
struct BlockLists {
    let base: [Node]
    let git: [Node]
    let wiki: [Node]
    let baseKeys: [Int]
    let gitKeys: [Int]
    let wikiKeys: [Int]
    /// For each block of the base, the same block in git and in the wiki, changed or not.
    let toGit: [Int?]
    let toWiki: [Int?]
    /// Blocks of the base that a side has, unchanged, at another place: base index to that side's index.
    let movedByGit: [Int: Int]
    let movedByWiki: [Int: Int]
    /// The other way round.
    let gitOrigin: [Int: Int]
    let wikiOrigin: [Int: Int]
    /// What each side has that the base has not, by the block of the base before which it stands.
    let gitInsertions: [Int: [Int]]
    let wikiInsertions: [Int: [Int]]

    init(base: [Node], git: [Node], wiki: [Node], keys: (base: [Int], git: [Int], wiki: [Int])) {
        (self.base, self.git, self.wiki) = (base, git, wiki)
        (baseKeys, gitKeys, wikiKeys) = keys
        let gitPairing = Pairing(base, git, keys.base, keys.git)
        let wikiPairing = Pairing(base, wiki, keys.base, keys.wiki)
        (toGit, toWiki) = (gitPairing.alignment.right, wikiPairing.alignment.right)
        movedByGit = gitPairing.moves
        movedByWiki = wikiPairing.moves
        gitOrigin = BlockLists.inverted(movedByGit)
        wikiOrigin = BlockLists.inverted(movedByWiki)
        gitInsertions = BlockLists.insertions(gitPairing.alignment)
        wikiInsertions = BlockLists.insertions(wikiPairing.alignment)
    }

    func isUnchanged(base index: Int, git: Int) -> Bool { baseKeys[index] == gitKeys[git] }
    func isUnchanged(base index: Int, wiki: Int) -> Bool { baseKeys[index] == wikiKeys[wiki] }

    private static func inverted(_ moves: [Int: Int]) -> [Int: Int] {
        Dictionary(uniqueKeysWithValues: moves.map { ($0.value, $0.key) })
    }

    private static func insertions(_ alignment: Alignment) -> [Int: [Int]] {
        var insertions: [Int: [Int]] = [:]
        var next = 0
        for (index, partner) in alignment.left.enumerated() {
            if let partner { next = partner + 1 } else { insertions[next, default: []].append(index) }
        }
        return insertions
    }
}
