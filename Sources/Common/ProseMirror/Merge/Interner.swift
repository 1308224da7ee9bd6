/// Small numbers for equal values, so that sequences are compared by number.
struct Interner<Value: Hashable> {
    private var numbers: [Value: Int] = [:]

    mutating func number(of value: Value) -> Int {
        if let number = numbers[value] { return number }
        numbers[value] = numbers.count
        return numbers.count - 1
    }
}
