extension Store {
    /// Adds an update. What depends on changes that are not here is refused; then the store is not to be used any more.
    mutating func apply(_ bytes: [UInt8]) throws(YDocError) {
        workLeft = Self.workLimit
        var reader = UpdateReader(bytes)
        var update = try reader.read(into: &self)
        for section in update.sections.indices { try place(section, of: &update) }
        for deletion in update.deletions {
            guard deletion.range.end <= state(deletion.client) else {
                throw .pending(client: clients[Int(deletion.client)].number, clock: deletion.range.end)
            }
            try delete(client: deletion.client, range: deletion.range)
        }
    }

    /// Places the structs of one section, and of others as far as they are needed for that.
    private mutating func place(_ section: Int, of update: inout IncomingUpdate) throws(YDocError) {
        var waiting = [section]
        update.sections[section].isActive = true
        while let current = waiting.last {
            guard !update.sections[current].isDone else {
                update.sections[current].isActive = false
                waiting.removeLast()
                continue
            }
            let position = update.sections[current].position
            let next = update.sections[current].structs[position]
            if let needed = try missing(for: next) {
                guard let provider = update.sectionOfClient[needed.client], !update.sections[provider].isActive,
                    !update.sections[provider].isDone
                else { throw .pending(client: clients[Int(needed.client)].number, clock: needed.clock) }
                update.sections[provider].isActive = true
                waiting.append(provider)
                continue
            }
            try place(next)
            update.sections[current].position += 1
            // Look again at the one that waits: it may need no more than this.
            if waiting.count > 1 {
                update.sections[current].isActive = false
                waiting.removeLast()
            }
        }
    }

    /// What a struct refers to and what is not here yet.
    private func missing(for incoming: IncomingUpdate.Struct) throws(YDocError) -> ItemID? {
        let item = incoming.item
        if item.id.clock > state(item.id.client) { return ItemID(client: item.id.client, clock: state(item.id.client)) }
        if try isMissing(item.origin, for: item) { return item.origin }
        if try isMissing(item.rightOrigin, for: item) { return item.rightOrigin }
        return try isMissing(incoming.parentItem, for: item) ? incoming.parentItem : nil
    }

    private func isMissing(_ needed: ItemID, for item: Item) throws(YDocError) -> Bool {
        guard !needed.isAbsent else { return false }
        guard needed.client == item.id.client else { return !isKnown(needed) }
        guard needed.clock < item.id.clock else { throw .malformed("a struct refers to a later one of its client") }
        return false
    }

    /// Integrates a struct whose references are known; of a struct that is partly known only the rest.
    private mutating func place(_ incoming: IncomingUpdate.Struct) throws(YDocError) {
        var item = incoming.item
        let known = state(item.id.client) - item.id.clock
        guard known < item.length else { return }
        if item.kind == .collected {
            item.id.clock += known
            item.length -= known
            _ = append(item)
            return
        }
        let isPlaced = try resolve(&item, parentItem: incoming.parentItem)
        if known > 0 {
            item.id.clock += known
            item.length -= known
            item.origin = ItemID(client: item.id.client, clock: item.id.clock - 1)
            item.left = try itemEnding(at: item.origin)
            cutContent(of: &item, at: known)
        }
        if isPlaced, item.left == none || items[Int(item.left)].kind != .collected {
            _ = try integrate(item)
        } else {
            _ = append(Item(id: item.id, length: item.length, kind: .collected, isDeleted: true))
        }
    }

    /// Finds neighbours and parent. False if one of them was collected: the item has no place any more.
    private mutating func resolve(_ item: inout Item, parentItem: ItemID) throws(YDocError) -> Bool {
        if !item.origin.isAbsent { item.left = try itemEnding(at: item.origin) }
        if !item.rightOrigin.isAbsent { item.right = try itemStarting(at: item.rightOrigin) }
        if item.left != none, items[Int(item.left)].kind == .collected { return false }
        if item.right != none, items[Int(item.right)].kind == .collected { return false }
        let neighbour = item.left != none ? item.left : item.right
        if neighbour != none {
            item.parent = items[Int(neighbour)].parent
            item.key = items[Int(neighbour)].key
        } else if !parentItem.isAbsent {
            let parent = items[Int(find(parentItem))]
            guard parent.kind == .type else { return false }
            item.parent = TypeIndex(parent.payload)
        }
        return true
    }
}
