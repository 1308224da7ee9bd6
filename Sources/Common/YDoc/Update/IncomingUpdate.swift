/// An update as it was read: its structs by client, not yet placed, and what it deletes.
struct IncomingUpdate {
    /// A struct with what it says of its parent, if it has no neighbours.
    struct Struct {
        var item: Item
        var parentItem: ItemID = .absent
    }

    /// The structs of one client in ascending order of clocks.
    struct Section {
        let client: ClientIndex
        var structs: [Struct] = []
        /// The next struct to place.
        var position = 0
        /// Whether the placing of another section waits for this one.
        var isActive = false

        var isDone: Bool { position == structs.count }

        /// Adds the next struct. Collected ranges are joined at once: they take few bytes and could come by the million.
        mutating func append(_ next: Struct) {
            if let last = structs.last?.item, last.kind == .collected, next.item.kind == .collected,
                last.end == next.item.id.clock
            {
                structs[structs.count - 1].item.length += next.item.length
            } else {
                structs.append(next)
            }
        }
    }

    var sections: [Section] = []
    var sectionOfClient: [ClientIndex: Int] = [:]
    var deletions: [(client: ClientIndex, range: DeleteSet.Range)] = []
}
