/// Ranges of deleted clocks by client.
struct DeleteSet: Sendable {
    /// The clocks from `clock` up to, not including, `end`.
    struct Range: Sendable {
        var clock: Int
        var end: Int
    }

    private(set) var ranges: [ClientIndex: [Range]] = [:]

    var isEmpty: Bool { ranges.isEmpty }

    mutating func insert(_ id: ItemID, length: Int) {
        let range = Range(clock: id.clock, end: id.clock + length)
        var list = ranges.removeValue(forKey: id.client) ?? []
        // Most deletions follow each other, so that they can be joined at once.
        if let last = list.last, last.end == range.clock {
            list[list.count - 1].end = range.end
        } else {
            list.append(range)
        }
        ranges[id.client] = list
    }

    /// The ranges of a client in ascending order, neighbours joined.
    func sorted(_ client: ClientIndex) -> [Range] {
        var result: [Range] = []
        for range in (ranges[client] ?? []).sorted(by: { $0.clock < $1.clock }) {
            if let last = result.last, last.end >= range.clock {
                result[result.count - 1].end = max(last.end, range.end)
            } else {
                result.append(range)
            }
        }
        return result
    }
}
