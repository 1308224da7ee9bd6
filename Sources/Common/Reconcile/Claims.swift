import Base

/// The page that a path or slug stands for, where several pages may claim one for a while: the last that came, and when
/// that leaves, the one before.
struct Claims<Key: Hashable & Sendable>: Sendable {
    private(set) var holders: [Key: PageID] = [:]
    /// Who came before the holder, the last one last. Rarely anybody.
    private var earlier: [Key: [PageID]] = [:]

    subscript(key: Key) -> PageID? { holders[key] }

    mutating func add(_ id: PageID, at key: Key) {
        guard let holder = holders.updateValue(id, forKey: key), holder != id else { return }
        earlier[key, default: []].removeAll { $0 == id }
        earlier[key, default: []].append(holder)
    }

    mutating func remove(_ id: PageID, at key: Key) {
        guard var rest = earlier[key] else {
            if holders[key] == id { holders[key] = nil }
            return
        }
        if holders[key] == id { holders[key] = rest.popLast() } else { rest.removeAll { $0 == id } }
        earlier[key] = rest.isEmpty ? nil : rest
    }
}
