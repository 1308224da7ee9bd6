extension Store {
    /// Puts an item where its origins say, among what others inserted at the same place, and appends it to its client.
    ///
    /// This is the YATA rule as Yjs applies it. `left` and `right` are the neighbours that the writer saw.
    mutating func integrate(_ incoming: Item) throws(YDocError) -> ItemIndex {
        var item = incoming
        guard items.count < Self.sizeLimit else { throw .tooLarge("too many items") }
        item.left = try leftNeighbour(of: item)
        let index = link(item, following: try listStart(of: item))
        let type = items[Int(index)].kind == .type ? TypeIndex(items[Int(index)].payload) : none
        if type != none { types[Int(type)].item = index }
        if items[Int(index)].isDeleted { deletions.insert(item.id, length: item.length) }
        if isParentDeleted(items[Int(index)]) || (item.key != none && items[Int(index)].right != none) {
            delete(index)
        }
        return index
    }

    private func isParentDeleted(_ item: Item) -> Bool {
        let owner = types[Int(item.parent)].item
        return owner != none && items[Int(owner)].isDeleted
    }

    private mutating func listStart(of item: Item) throws(YDocError) -> ItemIndex {
        item.left == none ? try firstItem(of: item.parent, key: item.key) : none
    }

    private mutating func leftNeighbour(of item: Item) throws(YDocError) -> ItemIndex {
        if item.left != none {
            return items[Int(item.left)].right == item.right ? item.left : try resolveConflict(item)
        }
        let isFirst = item.right != none && items[Int(item.right)].left == none
        return isFirst ? none : try resolveConflict(item)
    }

    /// Finds the last of the items between `left` and `right` that goes before the new item.
    private mutating func resolveConflict(_ item: Item) throws(YDocError) -> ItemIndex {
        var left = item.left
        var other = left != none ? items[Int(left)].right : try firstItem(of: item.parent, key: item.key)
        // Ordinals of the visited items; those from `cleared` on are in conflict.
        var visited: [ItemIndex: Int] = [:]
        var cleared = 0
        while other != none, other != item.right {
            try spend(1)
            let candidate = items[Int(other)]
            visited[other] = visited.count
            if candidate.origin == item.origin {
                if clients[Int(candidate.id.client)].number < clients[Int(item.id.client)].number {
                    left = other
                    cleared = visited.count
                } else if candidate.rightOrigin == item.rightOrigin {
                    break
                }
            } else if !candidate.origin.isAbsent, let ordinal = visited[find(candidate.origin)] {
                if ordinal < cleared {
                    left = other
                    cleared = visited.count
                }
            } else {
                break
            }
            other = candidate.right
        }
        return left
    }

    private mutating func link(_ incoming: Item, following first: ItemIndex) -> ItemIndex {
        var item = incoming
        let left = item.left
        item.right = left != none ? items[Int(left)].right : first
        let index = append(item)
        if left != none {
            items[Int(left)].right = index
        } else if item.key == none {
            types[Int(item.parent)].first = index
        }
        if item.right != none {
            items[Int(item.right)].left = index
        } else if item.key != none {
            types[Int(item.parent)].setEntry(item.key, index)
            if left != none { delete(left) }
        }
        return index
    }
}
