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
    }

    var sections: [Section] = []
    var sectionOfClient: [ClientIndex: Int] = [:]
    var deletions: [(client: ClientIndex, range: DeleteSet.Range)] = []
}
