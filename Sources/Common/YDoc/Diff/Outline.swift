/// A document as the comparison sees it: a flat tree of elements and texts with their fingerprints.
///
/// The stored document and the target get the same form, so that one piece of code compares them.
struct Outline {
    /// A stretch of text with one set of marks; neighbours differ in their sets.
    struct Run {
        var units: Range<Int>
        let formats: Int
    }

    /// An element, or all neighbouring text in an element.
    struct Entry {
        /// None for text.
        let name: NameIndex
        /// Of the stored document: the types, several for text that is spread over several XmlTexts.
        var types: Range<Int> = 0..<0
        /// Of the target: the node.
        var node = 0
        /// Indices in `children`, for an element.
        var children: Range<Int> = 0..<0
        /// Indices in `runs`, for text.
        var runs: Range<Int> = 0..<0
        /// The fingerprint of all that the entry is and holds.
        var digest: UInt64 = 0
        /// The same without the ids of blocks.
        var loose: UInt64 = 0
        /// The fingerprint of the block's id; 0 without one.
        var blockID: UInt64 = 0
        /// The fingerprint of the attributes alone.
        var attributes: UInt64 = 0

        var isText: Bool { name == none }
    }

    var entries: [Entry] = []
    var children: [Int] = []
    var runs: [Run] = []
    var units: [UInt16] = []
    var types: [TypeIndex] = []
    /// The entry of the document itself.
    var root = 0

    /// The units of a text, which lie together.
    func units(of entry: Entry) -> ArraySlice<UInt16> {
        guard let first = entry.runs.first, let last = entry.runs.last else { return [] }
        return units[runs[first].units.lowerBound..<runs[last].units.upperBound]
    }

    /// Appends text to the run being built, or begins a new one.
    mutating func append(_ text: some Sequence<UInt16>, formats: Int, from firstRun: Int) {
        let start = units.count
        units.append(contentsOf: text)
        guard units.count > start else { return }
        if runs.count > firstRun, runs[runs.count - 1].formats == formats {
            runs[runs.count - 1].units = runs[runs.count - 1].units.lowerBound..<units.count
        } else {
            runs.append(Run(units: start..<units.count, formats: formats))
        }
    }

    /// Fingerprint of a text: its runs. Empty text has none of its own.
    func digest(runs range: Range<Int>, _ formats: FormatTable) -> UInt64 {
        var hasher = Hasher()
        for run in range {
            hasher.combine(formats.digest(runs[run].formats))
            hasher.combine(runs[run].units.count)
            units[runs[run].units].withUnsafeBytes { hasher.combine(bytes: $0) }
        }
        return Digest.finish(hasher)
    }

    /// Completes an element whose children are complete. Empty text does not count.
    mutating func seal(_ index: Int, children list: [Int]) {
        children.append(contentsOf: list)
        entries[index].children = children.count - list.count..<children.count
        var digest = Digest.of(UInt64(entries[index].name), entries[index].attributes)
        var loose = digest
        digest = Digest.of(digest, entries[index].blockID)
        for child in list where !(entries[child].isText && entries[child].runs.isEmpty) {
            digest = Digest.of(digest, entries[child].digest)
            loose = Digest.of(loose, entries[child].loose)
        }
        entries[index].digest = digest
        entries[index].loose = loose
    }
}
