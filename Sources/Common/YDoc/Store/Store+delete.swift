extension Store {
    /// Marks an item as deleted, and with a type everything inside it.
    mutating func delete(_ index: ItemIndex) {
        var work = [index]
        while let next = work.popLast() {
            let item = items[Int(next)]
            guard !item.isDeleted else { continue }
            items[Int(next)].isDeleted = true
            deletions.insert(item.id, length: item.length)
            if item.kind == .type { work.append(contentsOf: content(of: TypeIndex(item.payload)).reversed()) }
        }
    }

    /// The children of a type and the current entries of its keys.
    private func content(of type: TypeIndex) -> [ItemIndex] {
        var result: [ItemIndex] = []
        var child = types[Int(type)].first
        while child != none {
            result.append(child)
            child = items[Int(child)].right
        }
        for entry in types[Int(type)].entries { result.append(entry.item) }
        return result
    }

    /// Deletes a range of known clocks, splitting items at its ends.
    mutating func delete(client: ClientIndex, range: DeleteSet.Range) throws(YDocError) {
        var position = position(ItemID(client: client, clock: range.clock))
        let first = items[Int(clients[Int(client)].structs[position])]
        if !first.isDeleted, first.id.clock < range.clock {
            try split(position: position, client: client, at: range.clock - first.id.clock)
            position += 1
        }
        while position < clients[Int(client)].structs.count {
            let index = clients[Int(client)].structs[position]
            let item = items[Int(index)]
            guard item.id.clock < range.end else { break }
            try spend(1)
            if !item.isDeleted {
                if range.end < item.end { try split(position: position, client: client, at: range.end - item.id.clock) }
                delete(index)
            }
            position += 1
        }
    }
}
