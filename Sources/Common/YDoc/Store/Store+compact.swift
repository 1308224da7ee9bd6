extension Store {
    /// Forgets what was deleted and joins neighbours: the same compaction as Yjs's, so that states get the same bytes.
    mutating func compact() {
        collectDeleted()
        for client in clients.indices { joinNeighbours(of: client) }
    }

    /// Drops the content of deleted items. What stood inside a deleted type loses even its position.
    private mutating func collectDeleted() {
        for index in items.indices where items[index].isDeleted {
            switch items[index].kind {
            case .collected, .deleted: continue
            case .type: collectContent(of: TypeIndex(items[index].payload))
            case .json, .binary, .string, .embed, .format, .any, .document: break
            }
            items[index].kind = .deleted
            items[index].payload = none
            items[index].value = none
        }
    }

    private mutating func collectContent(of type: TypeIndex) {
        var work = [type]
        while let next = work.popLast() {
            var lists = types[Int(next)].entries.map(\.item)
            types[Int(next)].removeEntries()
            for first in lists.indices { lists[first] = firstOfHistory(lists[first]) }
            lists.append(types[Int(next)].first)
            types[Int(next)].first = none
            for var item in lists {
                while item != none {
                    let current = items[Int(item)]
                    if current.kind == .type { work.append(TypeIndex(current.payload)) }
                    items[Int(item)] = Item(id: current.id, length: current.length, kind: .collected, isDeleted: true)
                    item = current.right
                }
            }
        }
    }

    private func firstOfHistory(_ item: ItemIndex) -> ItemIndex {
        var first = item
        while items[Int(first)].left != none { first = items[Int(first)].left }
        return first
    }

    private mutating func joinNeighbours(of client: Int) {
        let structs = clients[client].structs
        var kept: [ItemIndex] = []
        kept.reserveCapacity(structs.count)
        for index in structs {
            if let last = kept.last, canJoin(last, index) { join(last, index) } else { kept.append(index) }
        }
        clients[client].structs = kept
    }

    private func canJoin(_ leftIndex: ItemIndex, _ rightIndex: ItemIndex) -> Bool {
        let left = items[Int(leftIndex)]
        let right = items[Int(rightIndex)]
        guard left.kind == right.kind, left.isDeleted == right.isDeleted, left.kind.isMergeable else { return false }
        if left.kind == .collected { return true }
        return right.origin == left.lastID && left.right == rightIndex && left.rightOrigin == right.rightOrigin
    }

    private mutating func join(_ leftIndex: ItemIndex, _ rightIndex: ItemIndex) {
        let right = items[Int(rightIndex)]
        joinContent(leftIndex, right)
        items[Int(leftIndex)].length += right.length
        guard right.kind != .collected else { return }
        items[Int(leftIndex)].right = right.right
        if right.right != none {
            items[Int(right.right)].left = leftIndex
        } else if right.key != none {
            types[Int(right.parent)].setEntry(right.key, leftIndex)
        }
    }

    /// Makes two runs of a content table one; they are copied only if they do not touch already.
    private mutating func joinContent(_ leftIndex: ItemIndex, _ right: Item) {
        let left = items[Int(leftIndex)]
        guard Int(left.payload) + left.length != Int(right.payload) else { return }
        switch left.kind {
        case .string:
            items[Int(leftIndex)].payload = Self.moveToEnd(&units, left)
            units.append(contentsOf: units[Int(right.payload)..<Int(right.payload) + right.length])
        case .any:
            items[Int(leftIndex)].payload = Self.moveToEnd(&values, left)
            values.append(contentsOf: values[Int(right.payload)..<Int(right.payload) + right.length])
        case .json:
            items[Int(leftIndex)].payload = Self.moveToEnd(&texts, left)
            texts.append(contentsOf: texts[Int(right.payload)..<Int(right.payload) + right.length])
        case .collected, .deleted, .binary, .embed, .format, .type, .document: break
        }
    }

    private static func moveToEnd<Element>(_ table: inout [Element], _ item: Item) -> Int32 {
        let start = Int(item.payload)
        guard start + item.length != table.count else { return item.payload }
        let moved = Int32(table.count)
        table.append(contentsOf: table[start..<start + item.length])
        return moved
    }
}
