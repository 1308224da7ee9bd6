/// Myers' greedy search for the shortest edit script, given up when it would be too long.
struct ShortestEdit {
    /// Pairs of equal elements, in order.
    private(set) var matches: [(Int, Int)] = []

    /// The most differences that are searched for: memory grows with the square of it, time with it.
    private static let maximumDifferences = 600

    init(_ left: ArraySlice<Int>, _ right: ArraySlice<Int>) {
        let limit = min(ShortestEdit.maximumDifferences, left.count + right.count)
        var reach = Array(repeating: 0, count: 2 * limit + 3)
        var history: [[Int]] = []
        for differences in 0...limit {
            history.append(Array(reach[(limit - differences + 1)...(limit + differences + 1)]))
            for diagonal in stride(from: -differences, through: differences, by: 2) {
                let place = diagonal + limit + 1
                let goesDown =
                    diagonal == -differences || (diagonal != differences && reach[place - 1] < reach[place + 1])
                var x = goesDown ? reach[place + 1] : reach[place - 1] + 1
                while x < left.count, x - diagonal < right.count, x - diagonal >= 0,
                    left[left.startIndex + x] == right[right.startIndex + x - diagonal]
                {
                    x += 1
                }
                reach[place] = x
                if x >= left.count, x - diagonal >= right.count {
                    matches = walkBack(history, left, right)
                    return
                }
            }
        }
    }

    /// Follows the reached points back from the end; equal elements are the diagonal steps.
    private func walkBack(_ history: [[Int]], _ left: ArraySlice<Int>, _ right: ArraySlice<Int>) -> [(Int, Int)] {
        var pairs: [(Int, Int)] = []
        var (x, y) = (left.count, right.count)
        for differences in stride(from: history.count - 1, through: 0, by: -1) {
            let reach = history[differences]
            func reached(_ diagonal: Int) -> Int {
                let index = diagonal + differences
                return reach.indices.contains(index) ? reach[index] : -1
            }
            let diagonal = x - y
            let goesDown =
                diagonal == -differences || (diagonal != differences && reached(diagonal - 1) < reached(diagonal + 1))
            let start = differences == 0 ? 0 : goesDown ? reached(diagonal + 1) : reached(diagonal - 1) + 1
            while x > max(start, 0), y > 0, x > 0 {
                x -= 1
                y -= 1
                pairs.append((left.startIndex + x, right.startIndex + y))
            }
            if differences > 0 {
                let before = goesDown ? diagonal + 1 : diagonal - 1
                x = reached(before)
                y = x - before
            }
        }
        return pairs.reversed()
    }
}
