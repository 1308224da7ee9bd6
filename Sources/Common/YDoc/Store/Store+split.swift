extension Store {
    /// The item that ends exactly at a clock; it is split if it goes on. A collected struct is never split.
    mutating func itemEnding(at id: ItemID) throws(YDocError) -> ItemIndex {
        let position = position(id)
        let index = clients[Int(id.client)].structs[position]
        let item = items[Int(index)]
        if item.kind != .collected, item.end - 1 != id.clock {
            try split(position: position, client: id.client, at: id.clock + 1 - item.id.clock)
        }
        return index
    }

    /// The item that starts exactly at a clock; it is split if it begins earlier.
    mutating func itemStarting(at id: ItemID) throws(YDocError) -> ItemIndex {
        let position = position(id)
        let index = clients[Int(id.client)].structs[position]
        let item = items[Int(index)]
        guard item.kind != .collected, item.id.clock != id.clock else { return index }
        return try split(position: position, client: id.client, at: id.clock - item.id.clock)
    }

    /// Cuts an item in two and returns the right half.
    @discardableResult
    mutating func split(position: Int, client: ClientIndex, at offset: Int) throws(YDocError) -> ItemIndex {
        let leftIndex = clients[Int(client)].structs[position]
        var right = items[Int(leftIndex)]
        try spend(1 + (clients[Int(client)].structs.count - position) / 512)
        guard items.count < Self.sizeLimit else { throw .tooLarge("too many items") }
        right.origin = ItemID(client: client, clock: right.id.clock + offset - 1)
        right.id.clock += offset
        right.length -= offset
        right.left = leftIndex
        cutContent(of: &right, at: offset)
        let rightIndex = ItemIndex(items.count)
        items.append(right)
        items[Int(leftIndex)].length = offset
        items[Int(leftIndex)].right = rightIndex
        clients[Int(client)].structs.insert(rightIndex, at: position + 1)
        if right.right != none {
            items[Int(right.right)].left = rightIndex
        } else if right.key != none, right.parent != none {
            types[Int(right.parent)].setEntry(right.key, rightIndex)
        }
        return rightIndex
    }

    /// Moves the start of an item's content; a surrogate pair that is cut becomes two U+FFFD, as in every Yjs peer.
    mutating func cutContent(of item: inout Item, at offset: Int) {
        switch item.kind {
        case .string:
            item.payload += Int32(offset)
            let start = Int(item.payload)
            if UTF16Text.isHighSurrogate(units[start - 1]), UTF16Text.isLowSurrogate(units[start]) {
                units[start - 1] = 0xFFFD
                units[start] = 0xFFFD
            }
        case .json, .any: item.payload += Int32(offset)
        case .collected, .deleted, .binary, .embed, .format, .type, .document: break
        }
    }
}
