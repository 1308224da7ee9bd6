/// Myers' greedy search for the shortest edit script, given up when it would be too long.
package struct ShortestEdit {
    /// Equal stretches: where they begin in both sequences, and how long they are.
    package struct Run: Equatable, Sendable {
        package var left: Int
        package var right: Int
        package var count: Int

        package init(left: Int, right: Int, count: Int) {
            self.left = left
            self.right = right
            self.count = count
        }
    }

    /// What both have in common, last stretch first; nil when they differ too much.
    package private(set) var runs: [Run]?

    private let left: ArraySlice<Int>
    private let right: ArraySlice<Int>
    /// Of each round, how far each diagonal in reach had come before it.
    private var rounds: [[Int32]] = []

    /// - Parameter limit: the most differences that are searched for: time and memory grow with the square of it.
    package init(_ left: ArraySlice<Int>, _ right: ArraySlice<Int>, limit: Int) {
        self.left = left
        self.right = right
        let limit = min(limit, left.count + right.count)
        var reach = Array(repeating: Int32(0), count: 2 * limit + 3)
        for differences in 0...limit {
            rounds.append(Array(reach[(limit - differences)...(limit + differences + 2)]))
            for diagonal in stride(from: -differences, through: differences, by: 2) {
                let place = diagonal + limit + 1
                let goesDown = Self.goesDown(reach, place, diagonal, differences)
                let x = afterEqual(Int(goesDown ? reach[place + 1] : reach[place - 1] + 1), diagonal)
                reach[place] = Int32(x)
                if x >= left.count, x - diagonal >= right.count {
                    runs = path()
                    return
                }
            }
        }
    }

    private static func goesDown(_ reach: [Int32], _ place: Int, _ diagonal: Int, _ differences: Int) -> Bool {
        diagonal == -differences || (diagonal != differences && reach[place - 1] < reach[place + 1])
    }

    private func afterEqual(_ x: Int, _ diagonal: Int) -> Int {
        var x = x
        while x < left.count, x - diagonal < right.count,
            left[left.startIndex + x] == right[right.startIndex + x - diagonal]
        {
            x += 1
        }
        return x
    }

    /// Walks back from the end; equal elements are the diagonal steps.
    private func path() -> [Run] {
        var runs: [Run] = []
        var (x, y) = (left.count, right.count)
        for differences in stride(from: rounds.count - 1, through: 0, by: -1) {
            let reach = rounds[differences]
            let diagonal = x - y
            let place = diagonal + differences + 1
            let goesDown = Self.goesDown(reach, place, diagonal, differences)
            let before = differences == 0 ? 0 : Int(goesDown ? reach[place + 1] : reach[place - 1])
            // After the one step of this round everything was equal.
            let start = goesDown || differences == 0 ? before : before + 1
            if x > start {
                let count = x - start
                runs.append(Run(left: left.startIndex + start, right: right.startIndex + y - count, count: count))
            }
            x = before
            y = differences == 0 ? 0 : before - (goesDown ? diagonal + 1 : diagonal - 1)
        }
        return runs
    }
}

/// The indices of a longest ascending subsequence (patience sorting).
package func longestAscending(_ values: [Int]) -> [Int] {
    var tops: [Int] = []
    var previous = Array(repeating: -1, count: values.count)
    for index in values.indices {
        var (low, high) = (0, tops.count)
        while low < high {
            let middle = (low + high) / 2
            if values[tops[middle]] < values[index] { low = middle + 1 } else { high = middle }
        }
        if low > 0 { previous[index] = tops[low - 1] }
        if low == tops.count { tops.append(index) } else { tops[low] = index }
    }
    var result: [Int] = []
    var next = tops.last ?? -1
    while next >= 0 {
        result.append(next)
        next = previous[next]
    }
    return result.reversed()
}
